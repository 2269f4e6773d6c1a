package dev.macenv.env.render;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.scene.Scene;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that can be seen of an environment between two ticks.
 *
 * @param spec of the environment
 * @param tick ticks since the reset
 * @param reward of the last tick
 * @param total of the rewards since the reset, undiscounted
 * @param agents in seat order
 * @param scene empty where the environment cannot be drawn
 * @param raw the situation by name, for where there is no scene
 */
public record Frame(
        EnvironmentSpec spec,
        int tick,
        double reward,
        double total,
        boolean terminated,
        boolean truncated,
        List<AgentView> agents,
        Optional<Scene> scene,
        Map<String, Object> raw) {

    /**
     * One agent.
     *
     * @param name of the agent
     * @param macroAction name of the macro-action that was in effect on the last tick; empty before the first
     * @param ticks for how many ticks it has been in effect
     * @param usualTicks how many it lasts, where that is fixed; else 0
     * @param ended whether it ended on the last tick, so that the agent has to decide unless the episode is over
     * @param knows the held macro-observation in words
     */
    public record AgentView(String name, String macroAction, int ticks, int usualTicks, boolean ended, String knows) {}

    public Frame {
        agents = List.copyOf(agents);
    }

    /** Whether the episode is over. */
    public boolean over() {
        return terminated || truncated;
    }
}
