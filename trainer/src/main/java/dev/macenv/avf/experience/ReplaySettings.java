package dev.macenv.avf.experience;

/**
 * The replay buffer and how it is sampled (section {@code replay}).
 *
 * @param episodes capacity in full episodes; the oldest goes first
 * @param batch windows (or episodes) per update
 * @param window length L of a window; unused by {@link Sampling#EPISODE}
 * @param unit what the window's length counts
 * @param sampling what is drawn
 * @param balance whether good episodes are drawn more often
 */
public record ReplaySettings(int episodes, int batch, int window, Unit unit, Sampling sampling, Balance balance) {
    /** What the length of a window counts. */
    public enum Unit {
        /** Ticks, before squeezing. */
        TICKS,
        /**
         * Joint rows, after squeezing: ticks in which anybody's macro-action ends, and the last one of a terminated episode.
         * A window begins behind the row before its first, and ends with its last.
         */
        SQUEEZED
    }

    /** What one draw from the buffer is. */
    public enum Sampling {
        /** A window of L ticks, uniform over all edge-padded windows of the buffer. */
        WINDOW,
        /** A whole episode, uniform over the episodes. */
        EPISODE
    }

    /**
     * Success-balanced replay: part of every batch is drawn from the best episodes of the buffer alone, so that rare
     * successes are not averaged away before they are understood. The squared errors themselves stay as they are.
     *
     * @param share of the batch that is drawn from the best episodes, 0..1; 0 draws from all alike
     * @param best how many count as the best: this fraction of the episodes in the buffer, at least one, by undiscounted
     *     return, the newest first among equals; above 0, at most 1
     */
    public record Balance(double share, double best) {
        /** Checks the ranges. */
        public Balance {
            if (!(share >= 0 && share <= 1)) {
                throw new IllegalArgumentException("share: %s (expected: 0.0..1.0)".formatted(share));
            }
            if (!(best > 0 && best <= 1)) {
                throw new IllegalArgumentException("best: %s (expected: more than 0.0, up to 1.0)".formatted(best));
            }
        }
    }

    /** Checks the ranges. */
    public ReplaySettings {
        Checks.atLeast("episodes", episodes, 1);
        Checks.atLeast("batch", batch, 1);
        Checks.atLeast("window", window, 1);
    }
}
