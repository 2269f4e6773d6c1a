package dev.macenv.client;

import java.nio.ByteBuffer;
import java.util.Objects;

/** The macro-states now: k rows, one for each lane asked for, ascending by lane. Immutable. */
public final class MacroStates {

    private final TeamSpec spec;
    private final LaneMoments moments;
    private final TensorSlab macroState;
    private final TensorSlab state;

    /**
     * For connections and for fakes in tests; buffers are not copied.
     *
     * @param spec the environment
     * @param moments lane, episode and tick of each row
     * @param macroState k*n*S elements
     * @param state k*S elements, or empty
     */
    public MacroStates(TeamSpec spec, LaneMoments moments, ByteBuffer macroState, ByteBuffer state) {
        this.spec = spec;
        this.moments = moments;
        this.macroState = new TensorSlab(spec.state().type(), spec.stateSize(), macroState);
        this.macroState.requireVectors("macro_state", moments.rows() * spec.size());
        this.state = new TensorSlab(spec.state().type(), spec.stateSize(), state);
        this.state.requireVectors("state", moments.rows());
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

    /**
     * Copies the agent's macro-state, the global state when it last received a macro-observation, to {@code
     * out[offset..]}: {@link TeamSpec#stateSize} elements.
     */
    public void macroState(int r, int agent, float[] out, int offset) {
        int cell = Objects.checkIndex(r, rows()) * spec.size() + Objects.checkIndex(agent, spec.size());
        macroState.read(cell, out, offset);
    }

    /**
     * Copies the joint macro-state, the macro-states of all n agents in order of seat, to {@code out[offset..]}: n *
     * stateSize elements.
     */
    public void jointMacroState(int r, float[] out, int offset) {
        for (int agent = 0; agent < spec.size(); agent++) {
            macroState(r, agent, out, offset + agent * spec.stateSize());
        }
    }

    /** Copies the global state at the lane's last event to {@code out[offset..]}. Needs {@link View#state}. */
    public void state(int r, float[] out, int offset) {
        if (state.isEmpty()) {
            throw new IllegalStateException("state: not received (expected: a session with View.state)");
        }
        state.read(Objects.checkIndex(r, rows()), out, offset);
    }
}
