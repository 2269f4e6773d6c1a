package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.TeamShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes what the agents' networks are given at a decision: the macro-observation, then, if asked for, one-hots of the
 * agent's previous macro-action and of its number in the team; see {@link InputSettings}.
 */
final class AgentInputs {
    private final InputSettings settings;
    private final TeamShape team;

    AgentInputs(InputSettings settings, TeamShape team) {
        this.settings = settings;
        this.team = team;
    }

    /** Returns the length of the input of this agent's network. */
    int size(int agent) {
        return team.observationSize(agent)
                + (settings.lastMacro() ? team.actionCount(agent) : 0)
                + (settings.agentId() ? team.agents() : 0);
    }

    /** Returns whether inputs are macro-observations and nothing else. */
    boolean plain() {
        return !settings.lastMacro() && !settings.agentId();
    }

    /**
     * Writes one input.
     *
     * @param observations holds the macro-observation, from {@code first} on
     * @param previous the macro-action before, -1 for none
     * @param out receives {@link #size} numbers, from {@code offset} on
     */
    void write(int agent, float[] observations, int first, int previous, float[] out, int offset) {
        int length = team.observationSize(agent);
        System.arraycopy(observations, first, out, offset, length);
        if (plain()) {
            return;
        }
        Arrays.fill(out, offset + length, offset + size(agent), 0);
        if (settings.lastMacro()) {
            if (previous >= 0) {
                out[offset + length + previous] = 1;
            }
            length += team.actionCount(agent);
        }
        if (settings.agentId()) {
            out[offset + length + agent] = 1;
        }
    }

    /** Returns what {@link #write} lays side by side for this agent. */
    List<PolicyDescription.Input> describe(int agent) {
        List<PolicyDescription.Input> parts = new ArrayList<>();
        parts.add(new PolicyDescription.Input(PolicyDescription.Part.OBSERVATION, team.observationSize(agent)));
        if (settings.lastMacro()) {
            parts.add(new PolicyDescription.Input(PolicyDescription.Part.LAST_MACRO_ACTION, team.actionCount(agent)));
        }
        if (settings.agentId()) {
            parts.add(new PolicyDescription.Input(PolicyDescription.Part.AGENT, team.agents()));
        }
        return parts;
    }
}
