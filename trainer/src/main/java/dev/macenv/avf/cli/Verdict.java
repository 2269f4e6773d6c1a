package dev.macenv.avf.cli;

import dev.macenv.avf.experiment.Experiment;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.ReturnText;
import java.util.List;
import java.util.Locale;

/** Says in a sentence or two what a run has come to, no better than it is. */
final class Verdict {

    private Verdict() {}

    static String of(Experiment.Result result) {
        List<Measurement> measurements = result.measurements();
        Measurement last = measurements.get(measurements.size() - 1);
        String reached = String.format(
                Locale.ROOT,
                "greedy return %s (%s) after %d episodes, %d ticks, %d updates, %.0f s",
                ReturnText.of(last.evaluationReturn()),
                last.evaluationOutcome(),
                last.episodes(),
                last.ticks(),
                last.updates(),
                last.seconds());
        return (result.interrupted() ? "interrupted: " : "")
                + reached
                + result.goal()
                        .map(goal -> ". " + compared(result, goal, last))
                        .orElse(". The optimum of this scenario is not known.");
    }

    private static String compared(Experiment.Result result, Goal goal, Measurement last) {
        double missing = goal.optimum() - last.evaluationReturn();
        String distance = goal.reachedBy(last)
                ? "The optimum is " + ReturnText.of(goal.optimum()) + ": reached"
                : "The optimum is " + ReturnText.of(goal.optimum()) + ": NOT reached, "
                        + ReturnText.of(missing, goal.optimum()) + " short";
        if (result.solvedAt().isEmpty()) {
            double best = result.measurements().stream()
                    .mapToDouble(Measurement::evaluationReturn)
                    .max()
                    .orElse(Double.NaN);
            return distance
                    + String.format(
                            Locale.ROOT,
                            ". Not solved: there were never %d evaluations in a row at %s or more; the best single one was %s.",
                            goal.streak(),
                            ReturnText.of(goal.threshold()),
                            ReturnText.of(best));
        }
        return distance + ". Solved at episode " + result.solvedAt().getAsLong()
                + (goal.keptToTheEnd(result.measurements()) ? " and kept to the end." : ", but LOST again afterwards.");
    }
}
