package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.UpdateMetrics;

/** Sums over the episodes and updates between two measurements. */
final class IntervalTally {

    private int episodes;
    private int bestOutcomes;
    private double returns;
    private long ticks;
    private int updates;
    private double losses;
    private double values;
    private double norms;
    private double maxValue = Double.NEGATIVE_INFINITY;
    private double hysteresisWeight = Double.NaN;

    void episode(double episodeReturn, int length, boolean bestOutcome) {
        episodes++;
        returns += episodeReturn;
        ticks += length;
        bestOutcomes += bestOutcome ? 1 : 0;
    }

    void update(UpdateMetrics metrics) {
        updates++;
        losses += metrics.loss();
        values += metrics.meanValue();
        norms += metrics.gradientNorm();
        maxValue = Math.max(maxValue, metrics.maxValue());
        hysteresisWeight = metrics.hysteresisWeight();
    }

    int updates() {
        return updates;
    }

    double meanReturn() {
        return returns / episodes; // NaN where there were none
    }

    double meanLength() {
        return (double) ticks / episodes;
    }

    double bestOutcomeShare() {
        return (double) bestOutcomes / episodes;
    }

    double meanLoss() {
        return losses / updates;
    }

    double meanValue() {
        return values / updates;
    }

    double meanGradientNorm() {
        return norms / updates;
    }

    double maxValue() {
        return updates == 0 ? Double.NaN : maxValue;
    }

    /** The weight at the last update. */
    double hysteresisWeight() {
        return hysteresisWeight;
    }

    long ticks() {
        return ticks;
    }
}
