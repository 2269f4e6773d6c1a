package dev.macenv.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/** What the agents hold now: k rows, one for each lane asked for, ascending by lane. Immutable. */
public final class MacroObservations {

    private final TeamSpec spec;
    private final LaneMoments moments;
    private final ByteBuffer laneState;
    private final ByteBuffer status;
    private final ByteBuffer pending;
    private final ByteBuffer currentAction;
    private final AgentSlabs agents;

    /**
     * For connections and for fakes in tests; buffers are not copied.
     *
     * @param spec the environment
     * @param moments lane, episode and tick of each row
     * @param laneState k bytes, {@link LaneState#code}
     * @param status k*n bytes, {@link AgentStatus#code}
     * @param pending k*n bytes
     * @param currentAction k*n int32, little-endian
     * @param observations one buffer for each group
     * @param legal one buffer for each group
     */
    public MacroObservations(
            TeamSpec spec,
            LaneMoments moments,
            ByteBuffer laneState,
            ByteBuffer status,
            ByteBuffer pending,
            ByteBuffer currentAction,
            List<ByteBuffer> observations,
            List<ByteBuffer> legal) {
        this.spec = spec;
        this.moments = moments;
        this.laneState = laneState.slice();
        this.status = status.slice();
        this.pending = pending.slice();
        this.currentAction = currentAction.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.agents = AgentSlabs.of(spec, moments.rows(), observations, legal);
    }

    /** The number of rows, k. */
    public int rows() {
        return moments.rows();
    }

    /** The lane. */
    public int lane(int r) {
        return moments.lane(r);
    }

    /** Number of its current (or last) episode. */
    public int episode(int r) {
        return moments.episode(r);
    }

    /** Ticks since the episode began, at the lane's last event. */
    public int tick(int r) {
        return moments.tick(r);
    }

    /** Where the lane stands. */
    public LaneState laneState(int r) {
        return LaneState.ofCode(laneState.get(r));
    }

    /** The agent's status at the lane's last event. */
    public AgentStatus status(int r, int agent) {
        return AgentStatus.ofCode(status.get(cell(r, agent)));
    }

    /** True if the agent owes a decision now. */
    public boolean pending(int r, int agent) {
        return pending.get(cell(r, agent)) != 0;
    }

    /** The agent's current macro-action; -1 if it has none yet or may not be seen. */
    public int currentAction(int r, int agent) {
        return currentAction.getInt(cell(r, agent) * Integer.BYTES);
    }

    /**
     * Copies the macro-observation that the agent holds to {@code out[offset..]}: {@link TeamSpec#observationSize}
     * elements.
     */
    public void observation(int r, int agent, float[] out, int offset) {
        agents.observation(Objects.checkIndex(r, rows()), agent, out, offset);
    }

    /** True if the agent may choose this macro-action. */
    public boolean legal(int r, int agent, int action) {
        return agents.legal(Objects.checkIndex(r, rows()), agent, action);
    }

    private int cell(int r, int agent) {
        return Objects.checkIndex(r, rows()) * spec.size() + Objects.checkIndex(agent, spec.size());
    }
}
