package dev.macenv.env;

import java.util.Arrays;

/** Collects the numbers of a snapshot, big-endian, in the order of the calls. */
public final class SnapshotWriter {

    private byte[] bytes = new byte[256];
    private int size;

    public void putBoolean(boolean value) {
        putByte(value ? 1 : 0);
    }

    public void putInt(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            putByte(value >>> shift);
        }
    }

    public void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    public void putDouble(double value) {
        putLong(Double.doubleToLongBits(value));
    }

    public void putInts(int[] values) {
        for (int value : values) {
            putInt(value);
        }
    }

    public void putDoubles(double[] values) {
        for (double value : values) {
            putDouble(value);
        }
    }

    public void putBytes(byte[] values) {
        for (byte value : values) {
            putByte(value);
        }
    }

    /** How many bytes there are so far. */
    public int size() {
        return size;
    }

    /** The bytes so far, freshly allocated. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void putByte(int value) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = (byte) value;
    }
}
