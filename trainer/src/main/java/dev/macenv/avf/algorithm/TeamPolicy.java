package dev.macenv.avf.algorithm;

import java.util.random.RandomGenerator;

/**
 * Decides for the agents of a team, each from its own macro-history. One policy serves any number of lanes; what an agent
 * remembers of its episode is in the lane's {@link TeamMemory}. Not thread-safe.
 */
public interface TeamPolicy {
    /** Returns a fresh memory, for one lane. */
    TeamMemory newMemory();

    /**
     * Chooses a macro-action at a decision of this agent: epsilon-greedy, uniform over the legal ones or the one of highest
     * utility, ties to the lowest index. To be called once per decision, in the order of decisions, since the macro-history
     * goes on with it.
     *
     * @param observation the agent's new macro-observation
     * @param legal which macro-actions are allowed, at least one
     * @param memory the lane's memory
     * @param epsilon probability of a uniform choice, 0..1; with 0 nothing is drawn from {@code random}
     * @param memoryless whether to decide as if this were the first decision of the episode, leaving the memory alone
     * @param random draws the exploration
     */
    int choose(
            int agent,
            float[] observation,
            boolean[] legal,
            TeamMemory memory,
            double epsilon,
            boolean memoryless,
            RandomGenerator random);
}
