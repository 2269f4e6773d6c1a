package dev.macenv.avf.algorithm;

import java.util.Arrays;

/**
 * A moment in one lane at which agents have to choose: what a {@link TeamPolicy} decides from, and where it writes what it
 * has decided. A lane has one for all its episodes. Not thread-safe.
 */
public final class DecisionPoint {
    /** In place of a macro-action, for an agent that has not chosen any in this episode. */
    public static final int NONE = -1;

    private final TeamMemory memory;
    private final float[][] observations; // [agent, element]
    private final boolean[][] legal; // [agent, macro-action]
    private final boolean[] pending; // [agent]
    private final int[] macroActions; // [agent]

    /**
     * @param memory what the agents remember of the episode, made by the policy that is to decide
     * @param observations the macro-observation that each agent holds; read whenever the policy decides, to be filled by
     *     the caller before
     * @param legal which macro-actions each agent is allowed, at least one of a pending agent; filled by the caller likewise
     */
    public DecisionPoint(TeamMemory memory, float[][] observations, boolean[][] legal) {
        this.memory = memory;
        this.observations = observations;
        this.legal = legal;
        this.pending = new boolean[observations.length];
        this.macroActions = new int[observations.length];
        Arrays.fill(macroActions, NONE);
    }

    /** Forgets everything of the episode before; to be called when an episode starts. */
    public void start() {
        memory.reset();
        startOver();
    }

    /** Starts an episode over that goes on from the middle: forgets everything but what the agents remember. */
    public void startOver() {
        Arrays.fill(pending, false);
        Arrays.fill(macroActions, NONE);
    }

    /** Says whether this agent has to choose now. */
    public void setPending(int agent, boolean chooses) {
        pending[agent] = chooses;
    }

    /** Returns the number of agents n. */
    public int agents() {
        return observations.length;
    }

    /** Returns whether this agent has to choose; its macro-observation is then a new one. */
    public boolean pending(int agent) {
        return pending[agent];
    }

    /** Returns whether any agent has to choose. */
    public boolean anyPending() {
        for (boolean chooses : pending) {
            if (chooses) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns the macro-action that this agent executes. A pending agent's is the one that has ended until the policy
     * decides, and the chosen one from then on; {@link #NONE} before its first decision.
     */
    public int macroAction(int agent) {
        return macroActions[agent];
    }

    /** Says what this agent chose when the episode went this way before, see {@link #startOver}. */
    public void decideAgain(int agent, int macroAction) {
        macroActions[agent] = macroAction;
    }

    /** Returns what the agent holds; to be read only. */
    float[] observation(int agent) {
        return observations[agent];
    }

    /** Returns what the agent may choose; to be read only. */
    boolean[] legal(int agent) {
        return legal[agent];
    }

    TeamMemory memory() {
        return memory;
    }

    /** Gives this agent its next macro-action. */
    void decide(int agent, int macroAction) {
        macroActions[agent] = macroAction;
    }
}
