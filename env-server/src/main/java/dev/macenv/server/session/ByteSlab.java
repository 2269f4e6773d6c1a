package dev.macenv.server.session;

import java.util.Arrays;

/** A growing run of bytes that keeps its capacity from answer to answer. */
final class ByteSlab {
    private byte[] bytes = new byte[64];
    private int size;

    void clear() {
        size = 0;
    }

    /** Makes room for {@code count} bytes, whose content is undefined, and returns their offset. */
    int extend(int count) {
        int offset = size;
        size += count;
        if (size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
        }
        return offset;
    }

    void append(byte[] source, int from, int count) {
        int offset = extend(count);
        System.arraycopy(source, from, bytes, offset, count);
    }

    void append(ByteSlab other) {
        append(other.bytes, 0, other.size);
    }

    void appendZeros(int count) {
        int offset = extend(count);
        Arrays.fill(bytes, offset, offset + count, (byte) 0);
    }

    void appendByte(byte value) {
        int offset = extend(1);
        bytes[offset] = value;
    }

    void appendInt(int value) {
        int offset = extend(Integer.BYTES);
        LittleEndian.putInt(bytes, offset, value);
    }

    void appendDouble(double value) {
        int offset = extend(Double.BYTES);
        LittleEndian.putDouble(bytes, offset, value);
    }

    byte[] copy() {
        return Arrays.copyOf(bytes, size);
    }
}
