package dev.macenv.avf.experiment;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;

/**
 * A random generator whose whole state is one number, so that a checkpoint can hold it: SplitMix64 (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014). Streams are split from a run's seed by name, so that a component
 * which draws more does not disturb the others.
 */
final class RandomStream implements RandomGenerator {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    private RandomStream(long state) {
        this.state = state;
    }

    /** The stream of this name of the run with this seed. */
    static RandomStream named(long seed, String name) {
        long state = mix(seed + GOLDEN_GAMMA);
        for (byte letter : name.getBytes(StandardCharsets.UTF_8)) {
            state = mix(state + GOLDEN_GAMMA + (letter & 0xff));
        }
        return new RandomStream(state);
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    /** The protocol's hash of seeds: the first number of the stream with this state. */
    static long splitMix64(long x) {
        return mix(x + GOLDEN_GAMMA);
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(state);
    }

    void load(DataInput in) throws IOException {
        state = in.readLong();
    }

    private static long mix(long z) {
        long y = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        long x = (y ^ (y >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
