package dev.macenv.env.render;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at one environment after its reset and after each tick, and changes nothing. It has to see every tick of an episode, since it keeps count of durations and rewards.
 */
public final class Camera {

    private final MacDecPomdp environment;
    private final int[] ticks; // [agent] of the macro-action in effect on the last tick
    private final boolean[] ended; // [agent] as of the last frame
    private double total;

    public Camera(MacDecPomdp environment) {
        this.environment = environment;
        int agents = environment.spec().agents().size();
        this.ticks = new int[agents];
        this.ended = new boolean[agents];
    }

    /** What there is to see now. */
    public Frame shoot() {
        if (environment.tick() == 0) {
            total = 0;
        }
        total += environment.reward();
        List<Frame.AgentView> agents = new ArrayList<>();
        for (int agent = 0; agent < ticks.length; agent++) {
            agents.add(view(agent));
        }
        return new Frame(
                environment.spec(),
                environment.tick(),
                environment.reward(),
                total,
                environment.terminated(),
                environment.truncated(),
                agents,
                environment.scene(),
                environment.inspect());
    }

    private Frame.AgentView view(int agent) {
        AgentSpec spec = environment.spec().agents().get(agent);
        int macroAction = environment.macroAction(agent);
        ticks[agent] = macroAction < 0 ? 0 : ended[agent] ? 1 : ticks[agent] + 1;
        ended[agent] = environment.ended(agent);
        double[] observation = new double[spec.observationSize()];
        environment.macroObservation(agent, observation, 0);
        String knows = Wording.of(spec.observation(), observation);
        if (macroAction < 0) {
            return new Frame.AgentView(spec.name(), "", 0, 0, ended[agent], knows);
        }
        MacroActionSpec choice = spec.macroActions().get(macroAction);
        int usual = choice.minTicks() == choice.maxTicks() ? choice.minTicks() : 0;
        return new Frame.AgentView(spec.name(), choice.name(), ticks[agent], usual, ended[agent], knows);
    }
}
