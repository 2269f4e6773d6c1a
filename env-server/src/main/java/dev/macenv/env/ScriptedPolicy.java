package dev.macenv.env;

/**
 * Somebody who knows the whole state and how the domain is played well: for demonstrations, recordings and bounds, not for learning.
 *
 * <p>Used for one episode after another by one thread, from each episode's first tick on.
 */
@FunctionalInterface
public interface ScriptedPolicy {

    /**
     * Writes a legal request for every pending agent.
     *
     * @param environment between two ticks; only looked at
     * @param macroActions one entry per agent; those of agents that are not pending may be left as they are
     */
    void choose(MacDecPomdp environment, int[] macroActions);
}
