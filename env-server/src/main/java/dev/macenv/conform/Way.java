package dev.macenv.conform;

/**
 * How requests are put; trajectories must not depend on it.
 *
 * @param seatBySeat one decision in a request
 */
record Way(int maxTicks, int minReady, boolean seatBySeat, Path path) {

    /** What requests travel on. */
    enum Path {
        UNARY,
        PLAY,
        /** Calls and streams in turn, each stream given up with its last answer unread or unfinished. */
        CHANGING
    }

    static final Way PLAIN = new Way(0, 0, false, Path.UNARY);

    Way on(Path other) {
        return new Way(maxTicks, minReady, seatBySeat, other);
    }

    static Way ready(int lanes) {
        return new Way(0, lanes, false, Path.UNARY);
    }

    static Way ticks(int most) {
        return new Way(most, 0, false, Path.UNARY);
    }

    static Way oneByOne() {
        return new Way(0, 0, true, Path.UNARY);
    }
}
