package dev.macenv.client;

import java.util.List;
import java.util.Map;

/**
 * An environment as its players see it: the team, its macro-actions, the sizes of everything.
 *
 * @param environment registered id, for example "bp-10"
 * @param version version of the rules
 * @param description for people; may be empty
 * @param fingerprint hash of everything that bears on trajectories and shapes
 * @param agents the agents; an agent's place in this list is its seat
 * @param groups agents of one shape
 * @param state the global state
 * @param horizon most ticks in an episode; 0 if there is no limit
 * @param cooperative true if all agents share one reward
 * @param deterministic true if trajectories are a function of seed and decisions
 * @param maxMacroTicks most ticks of any macro-action
 * @param settings the settings in force, by name: Double, Boolean or String
 * @param settingSpecs the settings that exist
 */
public record TeamSpec(
        String environment,
        String version,
        String description,
        String fingerprint,
        List<Agent> agents,
        List<Group> groups,
        TensorSpec state,
        int horizon,
        boolean cooperative,
        boolean deterministic,
        int maxMacroTicks,
        Map<String, Object> settings,
        List<Setting> settingSpecs) {

    /** Copies the collections. */
    public TeamSpec {
        agents = List.copyOf(agents);
        groups = List.copyOf(groups);
        settings = Map.copyOf(settings);
        settingSpecs = List.copyOf(settingSpecs);
    }

    /** The number of agents, n. */
    public int size() {
        return agents.size();
    }

    /** Elements of the agent's macro-observation. */
    public int observationSize(int agent) {
        return groups.get(agents.get(agent).group()).observation().size();
    }

    /** Number of the agent's macro-actions. */
    public int actionCount(int agent) {
        return groups.get(agents.get(agent).group()).actionCount();
    }

    /** Elements of the global state. */
    public int stateSize() {
        return state.size();
    }

    /**
     * One agent.
     *
     * @param name unique in the team
     * @param group index into {@link TeamSpec#groups}
     * @param rank place among the agents of the group
     * @param macroActions a macro-action's place in this list is its id
     */
    public record Agent(String name, int group, int rank, List<MacroAction> macroActions) {
        /** Copies the list. */
        public Agent {
            macroActions = List.copyOf(macroActions);
        }
    }

    /**
     * One macro-action.
     *
     * @param name unique for the agent
     * @param doc for people; may be empty
     * @param minTicks fewest ticks
     * @param maxTicks most ticks; 0 if only {@link TeamSpec#maxMacroTicks} bounds it
     * @param primitive true if it always takes one tick
     */
    public record MacroAction(String name, String doc, int minTicks, int maxTicks, boolean primitive) {}

    /**
     * Agents whose observations and numbers of macro-actions agree.
     *
     * @param name for people
     * @param size number of agents
     * @param observation one agent's macro-observation
     * @param actionCount macro-actions of each agent
     */
    public record Group(String name, int size, TensorSpec observation, int actionCount) {}

    /**
     * One setting of the environment.
     *
     * @param name key for {@link SessionOptions#settings}
     * @param type "integer", "number", "boolean", "choice" or "string"
     * @param defaultValue Double, Boolean or String
     * @param range for people, for example "4..100" or "paper | macromarl"; may be empty
     * @param doc what it does
     */
    public record Setting(String name, String type, Object defaultValue, String range, String doc) {}
}
