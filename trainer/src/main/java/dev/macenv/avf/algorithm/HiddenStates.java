package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** The memory of one lane whose team acts with recurrent networks: a hidden state {@code [1, width]} of each. */
final class HiddenStates implements TeamMemory {
    private final Engine engine;
    private final List<Matrix> states;

    HiddenStates(Engine engine, List<Matrix> states) {
        this.engine = engine;
        this.states = List.copyOf(states);
    }

    /** The hidden state of this network in the lane of the point. */
    static Matrix of(DecisionPoint point, int network) {
        if (point.memory() instanceof HiddenStates own && network < own.states.size()) {
            return own.states.get(network);
        }
        throw new IllegalArgumentException(
                "memory: %s (expected: one made by this policy's newMemory())".formatted(point.memory()));
    }

    @Override
    public void reset() {
        for (Matrix state : states) {
            engine.fill(state, 0);
        }
    }

    @Override
    public void save(DataOutput out) throws IOException {
        for (Matrix state : states) {
            for (int c = 0; c < state.columns(); c++) {
                out.writeDouble(state.get(0, c));
            }
        }
    }

    @Override
    public void load(DataInput in) throws IOException {
        for (Matrix state : states) {
            for (int c = 0; c < state.columns(); c++) {
                state.set(0, c, in.readDouble());
            }
        }
    }
}
