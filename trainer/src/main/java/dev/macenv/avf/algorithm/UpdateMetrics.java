package dev.macenv.avf.algorithm;

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
        double hysteresisWeight) {}
