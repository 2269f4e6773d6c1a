package dev.macenv.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * What happened: k rows, each a moment at which a lane stopped, in ascending order of lane, episode, tick and kind.
 * Immutable.
 *
 * <p>Rows r are 0..k-1 and agents (seats) 0..n-1. Everything of agents that the session may not see is zero, with
 * status {@link AgentStatus#HIDDEN}. What the session's {@link View} does not include throws {@link
 * IllegalStateException} when asked for.
 */
public final class Events {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final TeamSpec spec;
    private final int rows;
    private final int[] lane;
    private final int[] episode;
    private final int[] tick;
    private final ByteBuffer kind;
    private final ByteBuffer status;
    private final AgentSlabs agents;
    private final double[] jointReward;
    private final int[] jointTau;
    private final ByteBuffer agentReward;
    private final ByteBuffer agentTau;
    private final TensorSlab state;
    private final TensorSlab macroState;
    private final ByteBuffer currentAction;
    private final ByteBuffer rewardTrace;
    private final int[] traceStart;
    private final ByteBuffer absent;
    private final List<EpisodeStart> started;
    private final List<EpisodeSummary> ended;
    private final List<LaneFault> faults;
    private final int lanesRunning;
    private final int lanesWaitingForOthers;

    private Events(Columns columns) {
        spec = columns.spec;
        rows = columns.rows;
        int n = spec.size();
        lane = requireLength("lane", columns.lane, rows);
        episode = requireLength("episode", columns.episode, rows);
        tick = requireLength("tick", columns.tick, rows);
        jointTau = requireLength("joint_tau", columns.jointTau, rows);
        jointReward = columns.jointReward;
        if (jointReward.length != rows) {
            throw wrongLength("joint_reward", jointReward.length, rows);
        }
        kind = requireBytes("kind", columns.kind, rows, false);
        status = requireBytes("status", columns.status, rows * n, false);
        agents = AgentSlabs.of(spec, rows, columns.observations, columns.legal);
        agentReward = requireBytes("agent_reward", columns.agentReward, rows * n * Double.BYTES, false);
        agentTau = requireBytes("agent_tau", columns.agentTau, rows * n * Integer.BYTES, false);
        state = new TensorSlab(spec.state().type(), spec.stateSize(), columns.state);
        state.requireVectors("state", rows);
        macroState = new TensorSlab(spec.state().type(), spec.stateSize(), columns.macroState);
        macroState.requireVectors("macro_state", rows * n);
        currentAction = requireBytes("current_action", columns.currentAction, rows * n * Integer.BYTES, true);
        traceStart = new int[rows + 1];
        for (int r = 0; r < rows; r++) {
            traceStart[r + 1] = traceStart[r] + jointTau[r];
        }
        rewardTrace = requireBytes("reward_trace", columns.rewardTrace, traceStart[rows] * Double.BYTES, true);
        absent = requireBytes("absent", columns.absent, rows * n, true);
        started = List.copyOf(columns.started);
        ended = List.copyOf(columns.ended);
        faults = List.copyOf(columns.faults);
        lanesRunning = columns.lanesRunning;
        lanesWaitingForOthers = columns.lanesWaitingForOthers;
    }

    /** The environment that the rows are about. */
    public TeamSpec spec() {
        return spec;
    }

    /** The number of rows, k. */
    public int rows() {
        return rows;
    }

    /** The lane. */
    public int lane(int r) {
        return lane[r];
    }

    /** Number of the episode in its lane, from 0. */
    public int episode(int r) {
        return episode[r];
    }

    /** Ticks since the episode began. */
    public int tick(int r) {
        return tick[r];
    }

    /** Why the lane stopped. */
    public EventKind kind(int r) {
        return EventKind.ofCode(kind.get(r));
    }

    /** What happened to the agent. */
    public AgentStatus status(int r, int agent) {
        return AgentStatus.ofCode(status.get(cell(r, agent)));
    }

    /** True if the agent owes a decision, before the lane's clock can move. */
    public boolean pending(int r, int agent) {
        return status(r, agent).hasNewObservation() && kind(r).asksForDecisions();
    }

    /**
     * Copies the macro-observation that the agent holds to {@code out[offset..]}: {@link TeamSpec#observationSize}
     * elements.
     */
    public void observation(int r, int agent, float[] out, int offset) {
        agents.observation(Objects.checkIndex(r, rows), agent, out, offset);
    }

    /** True if the agent may choose this macro-action; if it is not pending: as of when it last could. */
    public boolean legal(int r, int agent, int action) {
        return agents.legal(Objects.checkIndex(r, rows), agent, action);
    }

    /** Copies {@link #legal(int, int, int)} of all {@link TeamSpec#actionCount} macro-actions to {@code out}. */
    public void legal(int r, int agent, boolean[] out) {
        agents.legal(Objects.checkIndex(r, rows), agent, out);
    }

    /** Discounted sum of the shared rewards of the {@link #jointTau} ticks since the lane's previous row. */
    public double jointReward(int r) {
        return jointReward[r];
    }

    /** Ticks since the lane's previous row; the discount between the two rows is gamma to this power. */
    public int jointTau(int r) {
        return jointTau[r];
    }

    /** Discounted sum of the rewards of the {@link #agentTau} ticks since the agent's macro-action began. */
    public double agentReward(int r, int agent) {
        return agentReward.getDouble(cell(r, agent) * Double.BYTES);
    }

    /** Ticks since the agent's macro-action began; of the one that has just ended, if one has. */
    public int agentTau(int r, int agent) {
        return agentTau.getInt(cell(r, agent) * Integer.BYTES);
    }

    /**
     * Copies the global state to {@code out[offset..]}: {@link TeamSpec#stateSize} elements. Needs {@link View#state}.
     */
    public void state(int r, float[] out, int offset) {
        requireView(!state.isEmpty() || state.vectorSize() == 0, "state");
        state.read(Objects.checkIndex(r, rows), out, offset);
    }

    /**
     * Copies the agent's macro-state, the global state when it last received a macro-observation, to {@code
     * out[offset..]}: {@link TeamSpec#stateSize} elements. Needs {@link View#macroState}.
     */
    public void macroState(int r, int agent, float[] out, int offset) {
        requireView(!macroState.isEmpty() || macroState.vectorSize() == 0, "macroState");
        macroState.read(cell(r, agent), out, offset);
    }

    /** The macro-action in force on the last tick; -1 at the start of an episode. Needs {@link View#currentActions}. */
    public int currentAction(int r, int agent) {
        requireView(currentAction.capacity() > 0, "currentActions");
        return currentAction.getInt(cell(r, agent) * Integer.BYTES);
    }

    /**
     * The shared reward of each of the {@link #jointTau} ticks since the lane's previous row. Needs {@link
     * View#rewardTrace}.
     */
    public double[] rewardTrace(int r) {
        double[] rewards = new double[jointTau[r]];
        rewardTrace(r, rewards, 0);
        return rewards;
    }

    /** Copies {@link #rewardTrace(int)} to {@code out[offset..]}. */
    public void rewardTrace(int r, double[] out, int offset) {
        requireView(rewardTrace.capacity() > 0 || traceStart[rows] == 0, "rewardTrace");
        for (int i = 0; i < jointTau[r]; i++) {
            out[offset + i] = rewardTrace.getDouble((traceStart[r] + i) * Double.BYTES);
        }
    }

    /** True if the agent's macro-action was chosen by the server, because its player was absent. */
    public boolean absent(int r, int agent) {
        return absent.capacity() > 0 && absent.get(cell(r, agent)) != 0;
    }

    /** The episodes that began, one for each START row, in row order. */
    public List<EpisodeStart> started() {
        return started;
    }

    /** The episodes that ended, one for each END row, in row order. */
    public List<EpisodeSummary> ended() {
        return ended;
    }

    /** The lanes that failed, one for each FAULT row, in row order. */
    public List<LaneFault> faults() {
        return faults;
    }

    /** Lanes still running, whose rows a later step collects; see {@link Decisions#minReady(int)}. */
    public int lanesRunning() {
        return lanesRunning;
    }

    /** Lanes that wait for decisions of other players only. */
    public int lanesWaitingForOthers() {
        return lanesWaitingForOthers;
    }

    @Override
    public String toString() {
        List<String> text = new ArrayList<>();
        for (int r = 0; r < rows; r++) {
            text.add("lane " + lane[r] + " episode " + episode[r] + " tick " + tick[r] + " " + kind(r));
        }
        return "Events" + text;
    }

    private int cell(int r, int agent) {
        return Objects.checkIndex(r, rows) * spec.size() + Objects.checkIndex(agent, spec.size());
    }

    private static void requireView(boolean present, String name) {
        if (!present) {
            throw new IllegalStateException(name + ": not received (expected: a session with View." + name + ")");
        }
    }

    private static int[] requireLength(String name, int[] column, int expected) {
        if (column.length != expected) {
            throw wrongLength(name, column.length, expected);
        }
        return column;
    }

    private static ByteBuffer requireBytes(String name, ByteBuffer column, int expected, boolean mayBeEmpty) {
        int length = column.remaining();
        if (length != expected && !(mayBeEmpty && length == 0)) {
            throw wrongLength(name, length, expected);
        }
        return column.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static IllegalArgumentException wrongLength(String name, int length, int expected) {
        return new IllegalArgumentException(name + ": length " + length + " (expected: " + expected + ")");
    }

    /**
     * The columns from which {@link Events} are made; for connections and for fakes in tests. Arrays and buffers are
     * used as they are, not copied. Columns that are not set are empty, or all zero where they cannot be empty.
     */
    public static final class Columns {

        private final TeamSpec spec;
        private final int rows;
        private int[] lane;
        private int[] episode;
        private int[] tick;
        private ByteBuffer kind;
        private ByteBuffer status;
        private List<ByteBuffer> observations = new ArrayList<>();
        private List<ByteBuffer> legal = new ArrayList<>();
        private double[] jointReward;
        private int[] jointTau;
        private ByteBuffer agentReward;
        private ByteBuffer agentTau;
        private ByteBuffer state = EMPTY;
        private ByteBuffer macroState = EMPTY;
        private ByteBuffer currentAction = EMPTY;
        private ByteBuffer rewardTrace = EMPTY;
        private ByteBuffer absent = EMPTY;
        private List<EpisodeStart> started = List.of();
        private List<EpisodeSummary> ended = List.of();
        private List<LaneFault> faults = List.of();
        private int lanesRunning;
        private int lanesWaitingForOthers;

        /** Columns of k rows. */
        public Columns(TeamSpec spec, int rows) {
            this.spec = spec;
            this.rows = rows;
            int n = spec.size();
            lane = new int[rows];
            episode = new int[rows];
            tick = new int[rows];
            kind = ByteBuffer.allocate(rows);
            status = ByteBuffer.allocate(rows * n);
            jointReward = new double[rows];
            jointTau = new int[rows];
            agentReward = ByteBuffer.allocate(rows * n * Double.BYTES);
            agentTau = ByteBuffer.allocate(rows * n * Integer.BYTES);
            for (TeamSpec.Group group : spec.groups()) {
                TensorSpec shape = group.observation();
                observations.add(ByteBuffer.allocate(
                        rows * group.size() * shape.size() * shape.type().bytes()));
                legal.add(ByteBuffer.allocate(rows * group.size() * group.actionCount()));
            }
        }

        /** Lane, episode, tick and kind, k of each; kinds as {@link EventKind#code}. */
        public Columns identity(int[] lanes, int[] episodes, int[] ticks, ByteBuffer kinds) {
            this.lane = lanes;
            this.episode = episodes;
            this.tick = ticks;
            this.kind = kinds;
            return this;
        }

        /** Statuses, k*n bytes as {@link AgentStatus#code}. */
        public Columns status(ByteBuffer value) {
            this.status = value;
            return this;
        }

        /** Observations and legal macro-actions, one buffer of each for every group. */
        public Columns agents(List<ByteBuffer> groupObservations, List<ByteBuffer> groupLegal) {
            this.observations = groupObservations;
            this.legal = groupLegal;
            return this;
        }

        /** The joint clock, k of each. */
        public Columns joint(double[] rewards, int[] taus) {
            this.jointReward = rewards;
            this.jointTau = taus;
            return this;
        }

        /** The agents' clocks: k*n float64, k*n int32. */
        public Columns agentClocks(ByteBuffer rewards, ByteBuffer taus) {
            this.agentReward = rewards;
            this.agentTau = taus;
            return this;
        }

        /** State, macro-states, current macro-actions (k*n int32) and reward trace (float64); each may be empty. */
        public Columns view(ByteBuffer states, ByteBuffer macroStates, ByteBuffer currentActions, ByteBuffer trace) {
            this.state = states;
            this.macroState = macroStates;
            this.currentAction = currentActions;
            this.rewardTrace = trace;
            return this;
        }

        /** Marks of absence, k*n bytes or empty. */
        public Columns absent(ByteBuffer value) {
            this.absent = value;
            return this;
        }

        /** Episodes that began and ended, lanes that failed. */
        public Columns episodes(List<EpisodeStart> begun, List<EpisodeSummary> over, List<LaneFault> failed) {
            this.started = begun;
            this.ended = over;
            this.faults = failed;
            return this;
        }

        /** Lanes that are running, and lanes that wait for others. */
        public Columns lanesLeft(int running, int waitingForOthers) {
            this.lanesRunning = running;
            this.lanesWaitingForOthers = waitingForOthers;
            return this;
        }

        /**
         * The events.
         *
         * @throws IllegalArgumentException if a column has another length than its contract says
         */
        public Events build() {
            return new Events(this);
        }

        @Override
        public String toString() {
            return "Columns of " + rows + " rows, lanes " + Arrays.toString(lane);
        }
    }
}
