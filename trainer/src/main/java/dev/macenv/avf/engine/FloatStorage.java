package dev.macenv.avf.engine;

/** Single precision in a Java array. */
final class FloatStorage implements Storage {
    final float[] data;

    FloatStorage(int size) {
        data = new float[size];
    }

    @Override
    public int size() {
        return data.length;
    }

    @Override
    public int bytesPerElement() {
        return Float.BYTES;
    }

    @Override
    public double get(int index) {
        return data[index];
    }

    @Override
    public void set(int index, double value) {
        data[index] = (float) value;
    }

    @Override
    public void read(int from, float[] target, int targetOffset, int count) {
        System.arraycopy(data, from, target, targetOffset, count);
    }

    @Override
    public void write(int to, float[] source, int sourceOffset, int count) {
        System.arraycopy(source, sourceOffset, data, to, count);
    }
}
