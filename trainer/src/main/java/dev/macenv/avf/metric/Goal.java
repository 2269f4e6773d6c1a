package dev.macenv.avf.metric;

import java.util.List;
import java.util.OptionalLong;

/**
 * When a task counts as solved: {@code streak} consecutive evaluations at or above {@code fraction} of the known optimum. One
 * good evaluation means nothing: greedy returns flicker long before a policy is learned.
 *
 * @param optimum the best undiscounted return that the task allows
 * @param fraction how near is near enough, in (0, 1]
 * @param streak how many evaluations in a row
 */
public record Goal(double optimum, double fraction, int streak) {

    /** Checks the ranges. */
    public Goal {
        if (!(fraction > 0 && fraction <= 1)) {
            throw new IllegalArgumentException("fraction: " + fraction + " (expected: in (0, 1])");
        }
        if (streak < 1) {
            throw new IllegalArgumentException("streak: " + streak + " (expected: 1 or more)");
        }
    }

    /** The return from which an evaluation counts; for a negative optimum, a little below it. */
    public double threshold() {
        return optimum - (1 - fraction) * Math.abs(optimum);
    }

    /** Whether an evaluation reached the goal; rounding of sums of rewards does not matter. */
    public boolean reachedBy(Measurement measurement) {
        return measurement.evaluationReturn() >= threshold() - 1e-9;
    }

    /** Episodes trained when the first streak was complete; empty if it never was. */
    public OptionalLong solvedAt(List<Measurement> measurements) {
        int inARow = 0;
        for (Measurement measurement : measurements) {
            inARow = reachedBy(measurement) ? inARow + 1 : 0;
            if (inARow == streak) {
                return OptionalLong.of(measurement.episodes());
            }
        }
        return OptionalLong.empty();
    }

    /** Whether the run ended inside a complete streak: solved, and not lost again. */
    public boolean keptToTheEnd(List<Measurement> measurements) {
        return measurements.size() >= streak
                && measurements.subList(measurements.size() - streak, measurements.size()).stream()
                        .allMatch(this::reachedBy);
    }
}
