package dev.macenv.avf.engine;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Single precision in one of ND4J's buffers. Views of it are made once for each shape in use: making one costs as much as a small product. */
final class Nd4jStorage implements Storage {
    /** Activations take ever new numbers of rows: then all views are made anew, rather than kept for good. */
    private static final int MOST_VIEWS = 256;

    private final int size;
    private final DataBuffer buffer;
    private final Map<View, INDArray> views = new HashMap<>();

    private record View(int offset, int rows, int columns, int stride) {}

    Nd4jStorage(int size) {
        this.size = size;
        // ND4J has no empty buffers; and storage outlives every workspace
        buffer = Nd4j.createBufferDetached(new float[Math.max(1, size)]);
    }

    /** {@code rows x columns} elements, of which rows begin {@code stride} apart. */
    INDArray view(int offset, int rows, int columns, int stride) {
        if (views.size() >= MOST_VIEWS) {
            views.clear();
        }
        return views.computeIfAbsent(new View(offset, rows, columns, stride), this::make);
    }

    private INDArray make(View view) {
        return Nd4j.create(
                buffer,
                new long[] {view.rows(), view.columns()},
                new long[] {view.stride(), 1},
                view.offset(),
                'c',
                DataType.FLOAT);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public int bytesPerElement() {
        return Float.BYTES;
    }

    @Override
    public double get(int index) {
        return buffer.getFloat(checked(index));
    }

    @Override
    public void set(int index, double value) {
        buffer.put(checked(index), (float) value);
    }

    @Override
    public void read(int from, float[] target, int targetOffset, int count) {
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = buffer.getFloat(checked(from + i));
        }
    }

    @Override
    public void write(int to, float[] source, int sourceOffset, int count) {
        for (int i = 0; i < count; i++) {
            buffer.put(checked(to + i), source[sourceOffset + i]);
        }
    }

    private long checked(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index: " + index + " (expected: 0.." + (size - 1) + ")");
        }
        return index;
    }
}
