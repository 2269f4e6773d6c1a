package dev.macenv.env;

import java.util.List;

/**
 * One agent of the team.
 *
 * @param name for people; unique in its environment
 * @param macroActions in the order of their indices; at least one
 * @param observation the layout of its macro-observation
 */
public record AgentSpec(String name, List<MacroActionSpec> macroActions, VectorSpec observation) {

    public AgentSpec {
        macroActions = List.copyOf(macroActions);
        if (macroActions.isEmpty()) {
            throw new IllegalArgumentException("macroActions of " + name + ": none (expected: at least one)");
        }
    }

    /** Length of the macro-observation. */
    public int observationSize() {
        return observation.size();
    }
}
