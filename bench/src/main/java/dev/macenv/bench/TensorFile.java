package dev.macenv.bench;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Named arrays in the plainest form that another language reads in a few lines: for each a line {@code name type dimension...} with type {@code f}
 * (32-bit floating point), {@code i} (32-bit integer) or {@code b} (a byte, 0 or 1), then its elements, little-endian, rows one after the other.
 */
final class TensorFile implements Closeable {
    private final OutputStream out;

    TensorFile(Path path) throws IOException {
        out = new BufferedOutputStream(Files.newOutputStream(path));
    }

    void write(String name, float[] data, int... shape) throws IOException {
        int size = header(name, "f", shape);
        ByteBuffer bytes = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(data, 0, size);
        out.write(bytes.array());
    }

    void write(String name, int[] data, int... shape) throws IOException {
        int size = header(name, "i", shape);
        ByteBuffer bytes = ByteBuffer.allocate(size * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(data, 0, size);
        out.write(bytes.array());
    }

    void write(String name, boolean[] data, int... shape) throws IOException {
        int size = header(name, "b", shape);
        for (int i = 0; i < size; i++) {
            out.write(data[i] ? 1 : 0);
        }
    }

    private int header(String name, String type, int... shape) throws IOException {
        String dimensions = Arrays.stream(shape).mapToObj(d -> " " + d).collect(Collectors.joining());
        out.write((name + " " + type + dimensions + "\n").getBytes(StandardCharsets.US_ASCII));
        return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
