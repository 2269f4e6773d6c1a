package dev.macenv.avf.algorithm;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What one update did. Learners with several losses report means over them.
 *
 * @param rows squeezed rows learnt from
 * @param loss the loss that was minimised, weights included
 * @param meanValue mean of Q_tot over the rows
 * @param maxValue largest Q_tot; one far above any possible return announces a collapse thousands of episodes ahead
 * @param meanTarget mean of the targets y
 * @param gradientNorm L2 norm of the gradient before clipping
 * @param hysteresisWeight weight of rows with y &lt; Q_tot in this update
 */
public record UpdateMetrics(
        int rows,
        double loss,
        double meanValue,
        double maxValue,
        double meanTarget,
        double gradientNorm,
        double hysteresisWeight) {

    /** Means over learners that learnt side by side, with the rows of all of them and the largest value of any; empty for none. */
    static Optional<UpdateMetrics> mean(List<UpdateMetrics> metrics) {
        if (metrics.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UpdateMetrics(
                metrics.stream().mapToInt(UpdateMetrics::rows).sum(),
                mean(metrics, UpdateMetrics::loss),
                mean(metrics, UpdateMetrics::meanValue),
                metrics.stream().mapToDouble(UpdateMetrics::maxValue).max().orElseThrow(),
                mean(metrics, UpdateMetrics::meanTarget),
                mean(metrics, UpdateMetrics::gradientNorm),
                mean(metrics, UpdateMetrics::hysteresisWeight)));
    }

    private static double mean(List<UpdateMetrics> metrics, ToDoubleFunction<UpdateMetrics> component) {
        return metrics.stream().mapToDouble(component).average().orElseThrow();
    }
}
