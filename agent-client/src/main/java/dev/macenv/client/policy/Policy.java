package dev.macenv.client.policy;

import dev.macenv.client.Events;

/** Chooses macro-actions. Called only for agents that are pending, in row order and then in order of seat. */
public interface Policy {

    /**
     * The macro-action for an agent.
     *
     * @param events what the agents see; {@link Events#observation} and {@link Events#legal(int, int, int)} of this row
     * @param row a row in which the agent is pending
     * @param agent the agent's seat
     * @return id of a legal macro-action
     */
    int choose(Events events, int row, int agent);
}
