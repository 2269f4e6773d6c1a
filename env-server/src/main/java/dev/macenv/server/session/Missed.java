package dev.macenv.server.session;

import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.util.Arrays;

/**
 * The ticks that lie between the previous row that a reader received from a lane and the tick at which the lane last began
 * to run: what the reader's joint clock shows beyond the lane's own.
 *
 * <p>Empty for a reader who is told of every event. The rewards are added one by one and not stop by stop, so the sum does
 * not depend, in any bit, on how often the lane stopped for others.
 */
final class Missed {
    /** Nothing missed. */
    static final Missed NOTHING = new Missed(1, false);

    private static final double[] NO_REWARDS = new double[0];

    private final RewardClock clock;
    private final boolean keepsTrace;
    private double[] trace = NO_REWARDS;

    /** @param keepsTrace whether every single reward is wanted */
    Missed(double gamma, boolean keepsTrace) {
        this.clock = new RewardClock(gamma);
        this.keepsTrace = keepsTrace;
    }

    void restart() {
        clock.restart();
    }

    /** Adds the ticks that led to the event where the lane stands. */
    void add(Lane lane) {
        int count = lane.jointTau();
        if (keepsTrace && clock.tau() + count > trace.length) {
            trace = Arrays.copyOf(trace, Math.max(clock.tau() + count, 2 * trace.length));
        }
        for (int t = 0; t < count; t++) {
            double reward = lane.rewardTrace()[t];
            if (keepsTrace) {
                trace[clock.tau()] = reward;
            }
            clock.tick(reward);
        }
    }

    int tau() {
        return clock.tau();
    }

    /** The discounted reward of the ticks missed and of those that led to the event where the lane stands. */
    double rewardUpTo(Lane lane) {
        return clock.tau() == 0 ? lane.jointReward() : clock.rewardAfter(lane.rewardTrace(), lane.jointTau());
    }

    /** Whether the reward of each tick missed is known. */
    boolean keptAll() {
        return keepsTrace || clock.tau() == 0;
    }

    void save(SnapshotWriter out) {
        clock.save(out);
        for (int t = 0; keepsTrace && t < clock.tau(); t++) {
            out.putDouble(trace[t]);
        }
    }

    void load(SnapshotReader in) {
        clock.load(in);
        if (keepsTrace) {
            trace = new double[SavedSession.count(in, clock.tau(), Double.BYTES)];
            in.getDoubles(trace);
        }
    }

    /** The reward of each tick missed; valid up to {@link #tau}, and only if they are kept. */
    double[] trace() {
        return trace;
    }
}
