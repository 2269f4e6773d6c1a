package dev.macenv.avf.experience;

/**
 * The replay buffer and how it is sampled (section {@code replay}).
 *
 * @param episodes capacity in full episodes; the oldest goes first
 * @param batch windows (or episodes) per update
 * @param window length L of a window in ticks; unused by {@link Sampling#EPISODE}
 * @param sampling what is drawn
 */
public record ReplaySettings(int episodes, int batch, int window, Sampling sampling) {
    /** What one draw from the buffer is. */
    public enum Sampling {
        /** A window of L ticks, uniform over all edge-padded windows of the buffer. */
        WINDOW,
        /** A whole episode, uniform over the episodes. */
        EPISODE
    }

    /** Checks the ranges. */
    public ReplaySettings {
        Checks.atLeast("episodes", episodes, 1);
        Checks.atLeast("batch", batch, 1);
        Checks.atLeast("window", window, 1);
    }
}
