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
final class EventWriter {
    private static final byte[] NOTHING = new byte[0];

    private final TeamShape shape;
    private final View view;
    private final boolean[] visible;
    private final boolean allVisible;
    private final boolean seedsVisible;

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
    private final ByteSlab absent = new ByteSlab();
    private boolean anyAbsent;
    private boolean traceLost; // of ticks that a spectator missed, whose rewards nobody keeps
    private final List<EpisodeSummary> ended = new ArrayList<>();
    private final List<LaneFault> faults = new ArrayList<>();
    private final List<EpisodeStart> started = new ArrayList<>();

    /**
     * @param visible per agent, whether the grant may see it
     * @param seedsVisible whether the grant may know the seeds of episodes, with which anybody can play them in advance
     */
    EventWriter(TeamShape shape, View view, boolean[] visible, boolean seedsVisible) {
        this.shape = shape;
        this.view = view;
        this.visible = visible.clone();
        this.seedsVisible = seedsVisible;
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
        absent.clear();
        anyAbsent = false;
        traceLost = false;
        ended.clear();
        faults.clear();
        started.clear();
    }

    int rows() {
        return rows;
    }

    /**
     * Appends the row of the event at which the lane stands.
     *
     * @param as the kind of event that it is for the grant
     * @param since what the grant has missed since its previous row of this episode
     */
    void event(Lane from, EventKind as, Missed since) {
        if (rows == lane.length) {
            grow();
        }
        lane[rows] = from.index();
        episode[rows] = from.episode();
        tick[rows] = from.tick();
        jointTau[rows] = since.tau() + from.jointTau();
        jointReward[rows] = since.rewardUpTo(from);
        rows++;
        kind.appendByte(as.code());
        for (int agent = 0; agent < shape.agents(); agent++) {
            agent(from, agent);
        }
        if (view.state()) {
            state.append(from.state(), 0, from.state().length);
        }
        if (view.rewardTrace() && !since.keptAll()) {
            traceLost = true;
        } else if (view.rewardTrace()) {
            appendTrace(since.trace(), since.tau());
            appendTrace(from.rewardTrace(), from.jointTau());
        }
        sparse(from, as);
    }

    private void appendTrace(double[] rewards, int count) {
        for (int t = 0; t < count; t++) {
            rewardTrace.appendDouble(rewards[t]);
        }
    }

    /** The results of the episodes whose END rows were written since {@link #clear}. */
    List<EpisodeSummary> ended() {
        return ended;
    }

    /** Appends results of episodes whose END rows are left out. */
    void alsoEnded(List<EpisodeSummary> others) {
        ended.addAll(others);
    }

    /** Appends the rows of another writer for the same grant. */
    void append(EventWriter other) {
        for (int row = 0; row < other.rows; row++) {
            if (rows == lane.length) {
                grow();
            }
            lane[rows] = other.lane[row];
            episode[rows] = other.episode[row];
            tick[rows] = other.tick[row];
            jointTau[rows] = other.jointTau[row];
            jointReward[rows] = other.jointReward[row];
            rows++;
        }
        kind.append(other.kind);
        status.append(other.status);
        for (int group = 0; group < observations.length; group++) {
            observations[group].append(other.observations[group]);
            legal[group].append(other.legal[group]);
        }
        agentReward.append(other.agentReward);
        agentTau.append(other.agentTau);
        state.append(other.state);
        macroState.append(other.macroState);
        currentAction.append(other.currentAction);
        rewardTrace.append(other.rewardTrace);
        absent.append(other.absent);
        anyAbsent |= other.anyAbsent;
        traceLost |= other.traceLost;
        ended.addAll(other.ended);
        faults.addAll(other.faults);
        started.addAll(other.started);
    }

    /** Appends rows that another writer for the same grant has built. */
    void append(EventBatch built) {
        while (lane.length < rows + built.rows()) {
            grow();
        }
        System.arraycopy(built.lane(), 0, lane, rows, built.rows());
        System.arraycopy(built.episode(), 0, episode, rows, built.rows());
        System.arraycopy(built.tick(), 0, tick, rows, built.rows());
        System.arraycopy(built.jointTau(), 0, jointTau, rows, built.rows());
        System.arraycopy(built.jointReward(), 0, jointReward, rows, built.rows());
        rows += built.rows();
        append(kind, built.kind());
        append(status, built.status());
        for (int group = 0; group < observations.length; group++) {
            append(observations[group], built.observations().get(group));
            append(legal[group], built.legal().get(group));
        }
        append(agentReward, built.agentReward());
        append(agentTau, built.agentTau());
        append(state, built.state());
        append(macroState, built.macroState());
        append(currentAction, built.currentAction());
        append(rewardTrace, built.rewardTrace());
        if (built.absent().length == 0) {
            absent.appendZeros(built.rows() * shape.agents());
        } else {
            append(absent, built.absent());
            anyAbsent = true;
        }
        ended.addAll(built.ended());
        faults.addAll(built.faults());
        started.addAll(built.started());
    }

    private static void append(ByteSlab slab, byte[] bytes) {
        slab.append(bytes, 0, bytes.length);
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
            boolean chosenByServer = from.absent(agent);
            absent.appendByte((byte) (chosenByServer ? 1 : 0));
            anyAbsent |= chosenByServer;
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
            absent.appendByte((byte) 0);
        }
    }

    private void sparse(Lane from, EventKind as) {
        switch (as) {
            case START -> started.add(from.startOfEpisode(seedsVisible));
            case END_TERMINATED, END_TRUNCATED -> ended.add(from.summary(allVisible, seedsVisible));
            case FAULT -> faults.add(allVisible ? from.fault() : from.fault().withoutParticulars());
            case DECISION, TICK_LIMIT -> {}
        }
    }

    private void grow() {
        int capacity = 2 * lane.length;
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
                view.rewardTrace() && !traceLost ? rewardTrace.copy() : NOTHING,
                anyAbsent ? absent.copy() : NOTHING,
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
