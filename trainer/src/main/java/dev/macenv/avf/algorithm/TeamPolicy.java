package dev.macenv.avf.algorithm;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Decides for the agents of a team, from their macro-histories. One policy serves any number of lanes; what the agents
 * remember of an episode is in the lane's {@link TeamMemory}. Not thread-safe.
 */
public interface TeamPolicy {
    /** Returns a fresh memory, for one lane. */
    TeamMemory newMemory();

    /**
     * Chooses a macro-action for every pending agent of every point. To be called once per decision point, in the order of
     * decisions, since the macro-histories go on with it. Deciding points together gives the same choices, memories and
     * draws, bit for bit, as deciding one after the other.
     *
     * @param points lanes in which somebody has to choose, each with a memory of its own; a pending agent's choice is in
     *     {@link DecisionPoint#macroAction} afterwards, an ongoing agent's macro-action stays
     * @param epsilon how much to explore, 0..1; with 0, a policy that acts greedily draws nothing from {@code random}
     * @param memoryless whether to decide as if this were the first decision of the episode, leaving the memories alone
     * @param random draws the exploration, and the choices of a stochastic policy: in the order of the points and their
     *     agents
     */
    void choose(List<DecisionPoint> points, double epsilon, boolean memoryless, RandomGenerator random);

    /** Returns the networks it acts with, as they are now. */
    PolicyDescription describe();
}
