package dev.macenv.env;

/** Gives back what a {@link SnapshotWriter} took, in the same order. Reading past the end throws {@link SnapshotException}. */
public final class SnapshotReader {

    private final byte[] bytes;
    private final int end;
    private int next;

    /** Reads {@code bytes[start..end)}. */
    public SnapshotReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.next = start;
        this.end = end;
    }

    public boolean getBoolean() {
        return getByte() != 0;
    }

    public int getInt() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | getByte();
        }
        return value;
    }

    public long getLong() {
        long high = getInt();
        return high << 32 | (getInt() & 0xFFFFFFFFL);
    }

    public double getDouble() {
        return Double.longBitsToDouble(getLong());
    }

    public void getInts(int[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = getInt();
        }
    }

    public void getBytes(byte[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) getByte();
        }
    }

    public void getDoubles(double[] values) {
        for (int i = 0; i < values.length; i++) {
            values[i] = getDouble();
        }
    }

    /** How many bytes are left to read. */
    public int remaining() {
        return end - next;
    }

    private int getByte() {
        if (next == end) {
            throw new SnapshotException(SnapshotException.Reason.CORRUPT, "snapshot: ends early");
        }
        return bytes[next++] & 0xFF;
    }
}
