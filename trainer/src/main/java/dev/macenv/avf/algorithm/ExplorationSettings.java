package dev.macenv.avf.algorithm;

/**
 * Epsilon-greedy exploration (section {@code exploration}).
 *
 * @param start epsilon until training starts, 0..1
 * @param end epsilon after {@code length} units, 0..1
 * @param length units over which epsilon goes linearly from start to end, at least 1
 * @param unit what the length is counted in: {@code EPISODES} finished since training started, as the authors' code for
 *     macro-actions has it; {@code TICKS} of all finished episodes from the very first on, as pymarl has it
 * @param memoryless whether training roll-outs decide each time as if the episode had just begun
 */
public record ExplorationSettings(double start, double end, int length, ProgressUnit unit, boolean memoryless) {
    /** Checks the ranges. */
    public ExplorationSettings {
        Checks checks = new Checks();
        checks.range("start", start, 0, 1);
        checks.range("end", end, 0, 1);
        checks.atLeast("length", length, 1);
        checks.report();
    }

    /** Returns epsilon after so many units; negative before the schedule begins. */
    public double epsilon(double units) {
        double progress = Math.min(1, Math.max(0, units) / length);
        return start + progress * (end - start);
    }
}
