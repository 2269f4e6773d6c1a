package dev.macenv.env;

import java.util.random.RandomGenerator;

/**
 * A random stream with 64 bits of state that can be read and set, so that a snapshot can hold it.
 *
 * <p>The algorithm is SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014) with its fixed
 * increment. The derived draws are written out here instead of inherited, so that a seed gives the same episode on every Java version.
 */
public final class SplitMix64 implements RandomGenerator {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /** The first output of a stream with this seed: a bijection that spreads nearby seeds apart. */
    public static long mix(long seed) {
        long z = seed + GOLDEN_GAMMA;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** What {@link #setState} takes to continue this stream from here. */
    public long state() {
        return state;
    }

    /** Continues as the stream whose {@link #state} this was; a seed begins a new stream. */
    public void setState(long state) {
        this.state = state;
    }

    /** A stream of its own, for a component named by {@code key}; draws one number from this one. */
    public SplitMix64 split(long key) {
        return new SplitMix64(mix(nextLong() ^ mix(key)));
    }

    @Override
    public long nextLong() {
        long value = mix(state);
        state += GOLDEN_GAMMA;
        return value;
    }

    @Override
    public int nextInt() {
        return (int) (nextLong() >>> 32);
    }

    /** Uniform in 0 .. bound-1, without bias, by Lemire's multiplication with rejection. */
    @Override
    public int nextInt(int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound: " + bound + " (expected: > 0)");
        }
        long product = (nextInt() & 0xFFFFFFFFL) * bound;
        if ((product & 0xFFFFFFFFL) < bound) {
            long threshold = (-bound & 0xFFFFFFFFL) % bound;
            while ((product & 0xFFFFFFFFL) < threshold) {
                product = (nextInt() & 0xFFFFFFFFL) * bound;
            }
        }
        return (int) (product >>> 32);
    }

    /** Uniform in [0, 1), a multiple of 2^-53. */
    @Override
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    @Override
    public boolean nextBoolean() {
        return nextLong() < 0;
    }
}
