package dev.macenv.client;

/**
 * What a session receives beyond observations, legal macro-actions, statuses, clocks and rewards. Everything costs
 * bytes, and all but the reward trace is privileged: it is meant for training, not for execution.
 *
 * @param state the global state at each event
 * @param macroState each agent's macro-state at each event
 * @param currentActions the macro-actions in force
 * @param rewardTrace the reward of every single tick
 * @param otherAgents what belongs to agents outside the session's seats
 * @param render the right to render
 */
public record View(
        boolean state,
        boolean macroState,
        boolean currentActions,
        boolean rewardTrace,
        boolean otherAgents,
        boolean render) {

    /** Nothing beyond the ordinary: what a decentralised agent may see. */
    public static View ordinary() {
        return new View(false, false, false, false, false, false);
    }

    /** What centralised training uses: states, macro-states, macro-actions, reward traces. */
    public static View training() {
        return new View(true, true, true, true, false, false);
    }

    /** Everything. */
    public static View everything() {
        return new View(true, true, true, true, true, true);
    }
}
