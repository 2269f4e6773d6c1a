package dev.macenv.server.session;

import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;

/** Adds up sum of gamma^k r_k over the tau ticks since it was restarted; k counts from 0 at the first of them. */
final class RewardClock {
    private final double gamma;
    private double reward;
    private double discount = 1;
    private int tau;

    RewardClock(double gamma) {
        this.gamma = gamma;
    }

    void restart() {
        reward = 0;
        discount = 1;
        tau = 0;
    }

    void tick(double r) {
        reward += discount * r;
        discount *= gamma;
        tau++;
    }

    /** What it would show after these ticks too. */
    double rewardAfter(double[] rewards, int count) {
        double sum = reward;
        double factor = discount;
        for (int i = 0; i < count; i++) {
            sum += factor * rewards[i];
            factor *= gamma;
        }
        return sum;
    }

    void save(SnapshotWriter out) {
        out.putDouble(reward);
        out.putDouble(discount);
        out.putInt(tau);
    }

    void load(SnapshotReader in) {
        reward = in.getDouble();
        discount = in.getDouble();
        tau = in.getInt();
    }

    double reward() {
        return reward;
    }

    int tau() {
        return tau;
    }
}
