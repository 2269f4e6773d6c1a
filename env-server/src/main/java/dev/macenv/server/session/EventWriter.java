package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes rows of standing lanes, as one grant may see them, straight into byte slabs.
 *
 * <p>The slabs keep their capacity from answer to answer; {@link #build} copies them once into the arrays that the answer
 * owns. What belongs to agents that the grant may not see stays zero.
 */
final class EventWriter implements EventSink {
    private static final byte[] NOTHING = new byte[0];

    private final TeamShape shape;
    private final View view;
    private final boolean[] visible;
    private final boolean allVisible;

    private int rows;
    private int[] lane = new int[8];
    private int[] episode = new int[8];
    private int[] tick = new int[8];
    private int[] jointTau = new int[8];
    private double[] jointReward = new double[8];
    private final ByteSlab kind = new ByteSlab();
    private final ByteSlab status = new ByteSlab();
    private final ByteSlab[] observations;
    private final ByteSlab[] legal;
    private final ByteSlab agentReward = new ByteSlab();
    private final ByteSlab agentTau = new ByteSlab();
    private final ByteSlab state = new ByteSlab();
    private final ByteSlab macroState = new ByteSlab();
    private final ByteSlab currentAction = new ByteSlab();
    private final ByteSlab rewardTrace = new ByteSlab();
    private final List<EpisodeSummary> ended = new ArrayList<>();
    private final List<LaneFault> faults = new ArrayList<>();
    private final List<EpisodeStart> started = new ArrayList<>();

    /**
     * @param visible per agent, whether the grant may see it
     */
    EventWriter(TeamShape shape, View view, boolean[] visible) {
        this.shape = shape;
        this.view = view;
        this.visible = visible.clone();
        boolean all = true;
        for (boolean one : visible) {
            all &= one;
        }
        allVisible = all;
        observations = slabs(shape.groups());
        legal = slabs(shape.groups());
    }

    private static ByteSlab[] slabs(int count) {
        ByteSlab[] slabs = new ByteSlab[count];
        for (int i = 0; i < count; i++) {
            slabs[i] = new ByteSlab();
        }
        return slabs;
    }

    /** Forgets all rows. */
    void clear() {
        rows = 0;
        kind.clear();
        status.clear();
        for (int group = 0; group < observations.length; group++) {
            observations[group].clear();
            legal[group].clear();
        }
        agentReward.clear();
        agentTau.clear();
        state.clear();
        macroState.clear();
        currentAction.clear();
        rewardTrace.clear();
        ended.clear();
        faults.clear();
        started.clear();
    }

    int rows() {
        return rows;
    }

    /** Appends the row of the event at which the lane stands. */
    @Override
    public void event(Lane from) {
        if (rows == lane.length) {
            grow();
        }
        lane[rows] = from.index();
        episode[rows] = from.episode();
        tick[rows] = from.tick();
        jointTau[rows] = from.jointTau();
        jointReward[rows] = from.jointReward();
        rows++;
        kind.appendByte(from.kind().code());
        for (int agent = 0; agent < shape.agents(); agent++) {
            agent(from, agent);
        }
        if (view.state()) {
            state.append(from.state(), 0, from.state().length);
        }
        if (view.rewardTrace()) {
            for (int t = 0; t < from.jointTau(); t++) {
                rewardTrace.appendDouble(from.rewardTrace()[t]);
            }
        }
        sparse(from);
    }

    private void agent(Lane from, int agent) {
        ByteSlab observation = observations[shape.group(agent)];
        ByteSlab mask = legal[shape.group(agent)];
        int stateBytes = from.state().length;
        if (visible[agent]) {
            status.appendByte(from.status(agent));
            observation.append(from.observation(agent), 0, from.observation(agent).length);
            mask.append(from.legalMask(agent), 0, from.legalMask(agent).length);
            agentReward.appendDouble(from.agentReward(agent));
            agentTau.appendInt(from.agentTau(agent));
            if (view.macroState()) {
                macroState.append(from.macroStates(), agent * stateBytes, stateBytes);
            }
            if (view.currentActions()) {
                currentAction.appendInt(from.currentAction(agent));
            }
        } else {
            status.appendByte((byte) 0);
            observation.appendZeros(from.observation(agent).length);
            mask.appendZeros(from.legalMask(agent).length);
            agentReward.appendDouble(0);
            agentTau.appendInt(0);
            if (view.macroState()) {
                macroState.appendZeros(stateBytes);
            }
            if (view.currentActions()) {
                currentAction.appendInt(-1);
            }
        }
    }

    private void sparse(Lane from) {
        switch (from.kind()) {
            case START -> started.add(from.startOfEpisode());
            case END_TERMINATED, END_TRUNCATED -> ended.add(from.summary(allVisible));
            case FAULT -> faults.add(from.fault());
            case DECISION, TICK_LIMIT -> {}
        }
    }

    private void grow() {
        int capacity = 2 * rows;
        lane = Arrays.copyOf(lane, capacity);
        episode = Arrays.copyOf(episode, capacity);
        tick = Arrays.copyOf(tick, capacity);
        jointTau = Arrays.copyOf(jointTau, capacity);
        jointReward = Arrays.copyOf(jointReward, capacity);
    }

    /** The rows since {@link #clear}, in arrays of their own. */
    EventBatch build() {
        return new EventBatch(
                rows,
                Arrays.copyOf(lane, rows),
                Arrays.copyOf(episode, rows),
                Arrays.copyOf(tick, rows),
                kind.copy(),
                status.copy(),
                copies(observations),
                copies(legal),
                Arrays.copyOf(jointReward, rows),
                Arrays.copyOf(jointTau, rows),
                agentReward.copy(),
                agentTau.copy(),
                view.state() ? state.copy() : NOTHING,
                view.macroState() ? macroState.copy() : NOTHING,
                view.currentActions() ? currentAction.copy() : NOTHING,
                view.rewardTrace() ? rewardTrace.copy() : NOTHING,
                List.copyOf(ended),
                List.copyOf(faults),
                List.copyOf(started));
    }

    private static List<byte[]> copies(ByteSlab[] slabs) {
        byte[][] copies = new byte[slabs.length][];
        for (int i = 0; i < slabs.length; i++) {
            copies[i] = slabs[i].copy();
        }
        return List.of(copies);
    }
}
