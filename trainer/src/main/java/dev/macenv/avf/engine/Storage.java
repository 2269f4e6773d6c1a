package dev.macenv.avf.engine;

/**
 * A flat, fixed-size run of numbers that belongs to one {@link Engine}; what it really is (a Java array, native memory) only the engine knows.
 *
 * <p>The accessors here are for setting up, copying in and out, and tests; arithmetic goes through the engine. Values pass through
 * {@code double}, which is exact for every storage. Not thread-safe.
 */
public interface Storage {
    /** Number of elements. */
    int size();

    /** Bytes per element: 4 for single, 8 for double precision. */
    int bytesPerElement();

    /** The element at {@code index}. */
    double get(int index);

    /** Sets the element at {@code index}, rounded to the storage's precision. */
    void set(int index, double value);

    /** Copies {@code count} elements from {@code from} on into {@code target}. */
    void read(int from, float[] target, int targetOffset, int count);

    /** Copies {@code count} elements of {@code source} to {@code to} on. */
    void write(int to, float[] source, int sourceOffset, int count);
}
