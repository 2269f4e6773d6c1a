package dev.macenv.conform;

/** The seed formula of session.proto, and draws that follow from it. Seeds are unsigned. */
final class Seeds {
    private static final long G = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    static long splitMix64(long x) {
        long z = x + G;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    static long episode(long laneSeed, long episode) {
        return splitMix64(laneSeed + episode * G);
    }

    /** Of a session with one seed. */
    static long lane(long seed, int lane) {
        return lane == 0 ? seed : splitMix64(seed + lane * G);
    }

    /** What ABSENCE_KIND_RANDOM_LEGAL draws of {@code legal} macro-actions. */
    static int lot(long episodeSeed, int seat, int tick, int legal) {
        long u = splitMix64(splitMix64(episodeSeed + (seat + 1) * G) + (tick + 1) * G);
        return (int) (((u >>> 32) * legal) >>> 32);
    }
}
