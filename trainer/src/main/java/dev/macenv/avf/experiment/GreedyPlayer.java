package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.experience.Ending;
import dev.macenv.client.Decisions;
import dev.macenv.client.Events;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Plays episodes greedily, with macro-histories, on a session of its own: one lane, reset by hand. Nothing of it touches
 * training. The caller closes the session.
 */
final class GreedyPlayer {

    /** Looks on while an episode is played. */
    interface Spectator {

        /** Looks at nothing. */
        Spectator NONE = new Spectator() {};

        /** A row has come: a start, a decision or an end. */
        default void saw(Events events, int row) {}

        /** An agent has chosen, after the last row. */
        default void chose(int agent, int macroAction) {}
    }

    /**
     * What an episode came to.
     *
     * @param undiscountedReturn sum of its rewards
     * @param discountedReturn sum of gamma^t r_t
     * @param ticks its length
     * @param ending how it ended
     * @param lastReward reward of its last tick
     */
    record Result(double undiscountedReturn, double discountedReturn, int ticks, Ending ending, double lastReward) {}

    private final LastingSession session;
    private final double discount;

    /** @param session one lane, manual reset, with states and reward traces */
    GreedyPlayer(LastingSession session, double discount) {
        this.session = session;
        this.discount = discount;
    }

    /**
     * Plays one episode, without exploring.
     *
     * @param seed lane seed, from which the server derives the episode's; also of what a stochastic policy draws
     */
    Result play(TeamPolicy policy, long seed, Spectator spectator) {
        session.reset(List.of(seed));
        Tally tally = new Tally();
        Lane lane = new Lane(TeamShapes.of(session.spec()), policy.newMemory());
        RandomGenerator random = RandomStream.named(seed, "policy");
        Decisions decisions = new Decisions();
        while (tally.ending == Ending.NONE) {
            Events events = session.step(decisions);
            decisions.clear();
            for (int row = 0; row < events.rows(); row++) {
                spectator.saw(events, row);
                receive(events, row, lane, tally);
            }
            if (lane.awaitsDecisions()) {
                decide(lane, policy, random, decisions, spectator);
            }
        }
        return new Result(tally.undiscounted, tally.discounted, tally.ticks, tally.ending, tally.lastReward);
    }

    private void receive(Events events, int row, Lane lane, Tally tally) {
        switch (events.kind(row)) {
            case START -> lane.start(events, row);
            case DECISION -> tally.add(events.rewardTrace(row), lane.advance(events, row, Ending.NONE));
            case END_TERMINATED -> {
                tally.add(events.rewardTrace(row), lane.advance(events, row, Ending.TERMINATED));
                tally.ending = Ending.TERMINATED;
            }
            case END_TRUNCATED -> {
                tally.add(events.rewardTrace(row), lane.advance(events, row, Ending.TRUNCATED));
                tally.ending = Ending.TRUNCATED;
            }
            case TICK_LIMIT -> throw new AssertionError("TICK_LIMIT without a limit of ticks: " + events);
            case FAULT -> throw new LaneFailedException(events.faults());
        }
    }

    private static void decide(
            Lane lane, TeamPolicy policy, RandomGenerator random, Decisions decisions, Spectator spectator) {
        policy.choose(List.of(lane.point()), 0, false, random);
        lane.decide((agent, macroAction) -> {
            spectator.chose(agent, macroAction);
            decisions.add(0, agent, macroAction);
        });
    }

    /** Sums over the episode. */
    private final class Tally {
        private double undiscounted;
        private double discounted;
        private double lastReward;
        private int ticks;
        private Ending ending = Ending.NONE;

        void add(double[] rewards, int count) {
            for (int i = 0; i < count; i++) {
                undiscounted += rewards[i];
                discounted += Math.pow(discount, ticks) * rewards[i];
                lastReward = rewards[i];
                ticks++;
            }
        }
    }
}
