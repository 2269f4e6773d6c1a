package dev.macenv.avf.experience;

import java.util.Arrays;

/**
 * The sizes of a team: how many agents, how long each agent's macro-observation is, how many macro-actions each has, and
 * how long the state is. All may differ from agent to agent. Immutable.
 */
public final class TeamShape {
    private final int[] observationSizes;
    private final int[] actionCounts;
    private final int stateSize;

    /**
     * @param observationSizes floats of a macro-observation, per agent, at least 1 each
     * @param actionCounts macro-actions, per agent, at least 1 each
     * @param stateSize floats of the state; 0 where no state is known
     */
    public TeamShape(int[] observationSizes, int[] actionCounts, int stateSize) {
        if (observationSizes.length == 0) {
            throw new IllegalArgumentException("observationSizes: [] (expected: at least one agent)");
        }
        if (observationSizes.length != actionCounts.length) {
            throw new IllegalArgumentException("actionCounts: %d agents (expected: %d, one per observation size)"
                    .formatted(actionCounts.length, observationSizes.length));
        }
        for (int i = 0; i < observationSizes.length; i++) {
            Checks.atLeast("observationSizes[" + i + "]", observationSizes[i], 1);
            Checks.atLeast("actionCounts[" + i + "]", actionCounts[i], 1);
        }
        Checks.atLeast("stateSize", stateSize, 0);
        this.observationSizes = observationSizes.clone();
        this.actionCounts = actionCounts.clone();
        this.stateSize = stateSize;
    }

    /** Returns the number of agents n. */
    public int agents() {
        return observationSizes.length;
    }

    /** Returns the length of this agent's macro-observation. */
    public int observationSize(int agent) {
        return observationSizes[agent];
    }

    /** Returns the number of this agent's macro-actions. */
    public int actionCount(int agent) {
        return actionCounts[agent];
    }

    /** Returns a copy of all macro-action counts, by agent. */
    public int[] actionCounts() {
        return actionCounts.clone();
    }

    /** Returns the length of the state, 0 where none is known. */
    public int stateSize() {
        return stateSize;
    }

    /** Returns the team of these agents alone, state included: the view of a decentralised learner. */
    public TeamShape only(int... agents) {
        return new TeamShape(
                Arrays.stream(agents).map(i -> observationSizes[i]).toArray(),
                Arrays.stream(agents).map(i -> actionCounts[i]).toArray(),
                stateSize);
    }

    /** Returns whether all agents have macro-observations of one length and equally many macro-actions. */
    public boolean alike() {
        return Arrays.stream(observationSizes).allMatch(size -> size == observationSizes[0])
                && Arrays.stream(actionCounts).allMatch(count -> count == actionCounts[0]);
    }

    /**
     * Refuses a team whose agents cannot share a network.
     *
     * @throws IllegalArgumentException unless they are {@link #alike}
     */
    public void requireAlike() {
        if (!alike()) {
            throw new IllegalArgumentException(
                    "shareAgents: true (expected: false, as the agents' sizes differ: " + this + ")");
        }
    }

    /**
     * Returns the whole team as a single agent, which observes what all observe side by side and chooses joint
     * macro-actions: the view of a centralised learner.
     *
     * @throws IllegalArgumentException if there are more than {@link JointActions#MOST} of these
     */
    public TeamShape central() {
        int observation = Arrays.stream(observationSizes).sum();
        int joint = new JointActions(actionCounts).count();
        return new TeamShape(new int[] {observation}, new int[] {joint}, stateSize);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TeamShape that
                && Arrays.equals(observationSizes, that.observationSizes)
                && Arrays.equals(actionCounts, that.actionCounts)
                && stateSize == that.stateSize;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * Arrays.hashCode(observationSizes) + Arrays.hashCode(actionCounts)) + stateSize;
    }

    @Override
    public String toString() {
        return "TeamShape[observations " + Arrays.toString(observationSizes) + ", macro-actions "
                + Arrays.toString(actionCounts) + ", state " + stateSize + "]";
    }
}
