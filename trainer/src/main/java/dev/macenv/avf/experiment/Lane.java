package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.DecisionPoint;
import dev.macenv.avf.algorithm.TeamMemory;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.client.AgentStatus;
import dev.macenv.client.Events;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * One lane of a session as the trainer sees it: what its agents hold, what they remember, the episode so far. Arrays are filled
 * anew from each row of events, so that playing allocates nothing.
 */
final class Lane {

    private final TeamShape shape;
    private final TeamMemory memory;
    private final DecisionPoint point;
    private final EpisodeBuilder builder;
    private final float[][] observations; // [agent, element]
    private final boolean[][] legal; // [agent, macro-action]
    private final boolean[] ended; // [agent]
    private final float[] state;
    private double[] rewards = new double[16]; // [tick since the last row]
    private double episodeReturn;

    Lane(TeamShape shape, TeamMemory memory) {
        this.shape = shape;
        this.memory = memory;
        this.builder = new EpisodeBuilder(shape);
        int agents = shape.agents();
        this.observations = new float[agents][];
        this.legal = new boolean[agents][];
        for (int agent = 0; agent < agents; agent++) {
            observations[agent] = new float[shape.observationSize(agent)];
            legal[agent] = new boolean[shape.actionCount(agent)];
        }
        this.point = new DecisionPoint(memory, observations, legal);
        this.ended = new boolean[agents];
        this.state = new float[shape.stateSize()];
    }

    /** Takes a START row. */
    void start(Events events, int row) {
        point.start();
        begin(events, row);
    }

    /** Takes the START row of an episode that goes on from the middle: what the agents remember stays. */
    void startOver(Events events, int row) {
        point.startOver();
        begin(events, row);
    }

    private void begin(Events events, int row) {
        episodeReturn = 0;
        Arrays.fill(ended, true);
        readMoment(events, row);
        builder.start(observations, legal, state);
        readPending(events, row);
    }

    /**
     * Takes a row that ends an interval.
     *
     * @return the ticks of the interval
     */
    int advance(Events events, int row, Ending ending) {
        int ticks = events.jointTau(row);
        if (rewards.length < ticks) {
            rewards = new double[2 * ticks];
        }
        events.rewardTrace(row, rewards, 0);
        for (int tick = 0; tick < ticks; tick++) {
            episodeReturn += rewards[tick];
        }
        for (int agent = 0; agent < shape.agents(); agent++) {
            AgentStatus status = events.status(row, agent);
            ended[agent] = status == AgentStatus.DONE || status == AgentStatus.FAILED;
        }
        readMoment(events, row);
        builder.advance(ticks, rewards, ended, observations, legal, state, ending);
        readPending(events, row);
        return ticks;
    }

    private void readMoment(Events events, int row) {
        for (int agent = 0; agent < shape.agents(); agent++) {
            if (ended[agent]) { // all others hold what they had
                events.observation(row, agent, observations[agent], 0);
                events.legal(row, agent, legal[agent]);
            }
        }
        if (state.length > 0) {
            events.state(row, state, 0);
        }
    }

    private void readPending(Events events, int row) {
        for (int agent = 0; agent < shape.agents(); agent++) {
            point.setPending(agent, events.pending(row, agent));
        }
    }

    /** Whether anybody has to choose before the lane can go on. */
    boolean awaitsDecisions() {
        return point.anyPending();
    }

    /** Where the policy decides for this lane. */
    DecisionPoint point() {
        return point;
    }

    /** Receives the decisions of a lane. */
    interface Decided {

        /** An agent begins a macro-action. */
        void macroAction(int agent, int macroAction);
    }

    /** Records what the policy has decided, and hands it on. */
    void decide(Decided decisions) {
        for (int agent = 0; agent < shape.agents(); agent++) {
            if (point.pending(agent)) {
                record(agent, point.macroAction(agent));
                decisions.macroAction(agent, point.macroAction(agent));
            }
        }
    }

    /** Records what was decided in an earlier life of the lane. */
    void decideAgain(int agent, int macroAction) {
        point.decideAgain(agent, macroAction);
        record(agent, macroAction);
    }

    private void record(int agent, int macroAction) {
        builder.decide(agent, macroAction);
        point.setPending(agent, false);
    }

    /** The episode that has just ended, with an interval of this many ticks. */
    FinishedEpisode finish(int ticks) {
        return new FinishedEpisode(builder.build(), episodeReturn, rewards[ticks - 1]);
    }

    /** Writes what the agents remember: alone of all that is here, it does not follow from the rows and the decisions. */
    void saveMemory(DataOutput out) throws IOException {
        memory.save(out);
    }

    /** Goes back to what {@link #saveMemory} wrote. */
    void loadMemory(DataInput in) throws IOException {
        memory.load(in);
    }
}
