package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.UpdateMetrics;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Sums over the episodes and updates between two measurements. */
final class IntervalTally implements Checkpoint.Part {

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

    /** Begins anew; the weight at the last update stays known. */
    void clear() {
        episodes = 0;
        bestOutcomes = 0;
        returns = 0;
        ticks = 0;
        updates = 0;
        losses = 0;
        values = 0;
        norms = 0;
        maxValue = Double.NEGATIVE_INFINITY;
    }

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

    long updates() {
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

    /** The weight at the last update of the run; NaN before the first. */
    double hysteresisWeight() {
        return hysteresisWeight;
    }

    long ticks() {
        return ticks;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeInt(episodes);
        out.writeInt(bestOutcomes);
        out.writeDouble(returns);
        out.writeLong(ticks);
        out.writeInt(updates);
        out.writeDouble(losses);
        out.writeDouble(values);
        out.writeDouble(norms);
        out.writeDouble(maxValue);
        out.writeDouble(hysteresisWeight);
    }

    @Override
    public void load(DataInput in) throws IOException {
        episodes = in.readInt();
        bestOutcomes = in.readInt();
        returns = in.readDouble();
        ticks = in.readLong();
        updates = in.readInt();
        losses = in.readDouble();
        values = in.readDouble();
        norms = in.readDouble();
        maxValue = in.readDouble();
        hysteresisWeight = in.readDouble();
    }
}
