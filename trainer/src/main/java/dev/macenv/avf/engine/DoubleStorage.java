package dev.macenv.avf.engine;

/** Double precision in a Java array. */
final class DoubleStorage implements Storage {
    final double[] data;

    DoubleStorage(int size) {
        data = new double[size];
    }

    @Override
    public int size() {
        return data.length;
    }

    @Override
    public int bytesPerElement() {
        return Double.BYTES;
    }

    @Override
    public double get(int index) {
        return data[index];
    }

    @Override
    public void set(int index, double value) {
        data[index] = value;
    }

    @Override
    public void read(int from, float[] target, int targetOffset, int count) {
        for (int i = 0; i < count; i++) {
            target[targetOffset + i] = (float) data[from + i];
        }
    }

    @Override
    public void write(int to, float[] source, int sourceOffset, int count) {
        for (int i = 0; i < count; i++) {
            data[to + i] = source[sourceOffset + i];
        }
    }
}
