package dev.macenv.avf.algorithm;

/**
 * Epsilon-greedy exploration (section {@code exploration}).
 *
 * @param start epsilon until training starts, 0..1
 * @param end epsilon after {@code episodes} episodes of training, 0..1
 * @param episodes episodes over which epsilon goes linearly from start to end, at least 1
 * @param memoryless whether training roll-outs decide each time as if the episode had just begun
 */
public record ExplorationSettings(double start, double end, int episodes, boolean memoryless) {
    /** Checks the ranges. */
    public ExplorationSettings {
        Checks checks = new Checks();
        checks.range("start", start, 0, 1);
        checks.range("end", end, 0, 1);
        checks.atLeast("episodes", episodes, 1);
        checks.report();
    }

    /** Returns epsilon so many episodes after training started; negative before it. */
    public double epsilon(double episodesSinceStart) {
        double progress = Math.min(1, Math.max(0, episodesSinceStart) / episodes);
        return start + progress * (end - start);
    }
}
