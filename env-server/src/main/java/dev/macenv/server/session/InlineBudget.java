package dev.macenv.server.session;

/**
 * Learns what it costs to run one lane to its next event, and so whether a step may run on the thread that brought it
 * (an event loop, which serves other clients too) or must go to the pool.
 *
 * <p>Starts out expecting the worst; the first steps of a session go to the pool.
 */
final class InlineBudget {
    /** About what a hand-over to another thread and back costs on a busy machine. */
    private static final double BUDGET_NANOS = 200_000;

    private static final double WEIGHT_OF_NEWEST = 0.2;

    private volatile double nanosPerLane = BUDGET_NANOS;

    /** Whether running so many lanes is expected to stay within the budget. */
    boolean cheap(int lanes) {
        return nanosPerLane * lanes < BUDGET_NANOS;
    }

    /** Takes note of what running so many lanes took; called by one thread at a time. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    void took(long nanos, int lanes) {
        double sample = (double) nanos / lanes;
        nanosPerLane = nanosPerLane + WEIGHT_OF_NEWEST * (sample - nanosPerLane);
    }
}
