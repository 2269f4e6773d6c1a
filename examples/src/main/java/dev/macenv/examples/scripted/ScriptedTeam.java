package dev.macenv.examples.scripted;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.Settings;
import dev.macenv.server.catalog.Catalog;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Plays scenarios with the scripted policy that comes with each, and prints what it earns. Name some, or get those of the paper. In Box Pushing and in the warehouse the return is the optimum, and the
 * same every time; in Capture Target, which is stochastic, it is the share of the episodes that end with a capture.
 */
public final class ScriptedTeam {
    private static final List<String> SCENARIOS =
            List.of("bp-10", "bp-20", "bp-30", "wtd-s", "wtd-d", "wtd-t", "wtd-t1", "ct-10");
    private static final int EPISODES_IF_STOCHASTIC = 5000;

    /**
     * What a team earned.
     *
     * @param episodes played
     * @param meanReturn undiscounted
     * @param meanTicks of an episode
     */
    public record Score(int episodes, double meanReturn, double meanTicks) {}

    private ScriptedTeam() {}

    /** Runs the example. */
    public static void main(String[] scenarios) {
        report(scenarios.length == 0 ? SCENARIOS : List.of(scenarios), System.out);
    }

    static void report(List<String> scenarios, PrintStream out) {
        for (String scenario : scenarios) {
            Score score = play(scenario);
            out.printf(
                    "%-8s return %.3f in %.1f ticks (%d episodes)%n",
                    scenario, score.meanReturn(), score.meanTicks(), score.episodes());
        }
    }

    static Score play(String scenario) {
        Catalog catalog = Catalog.load();
        Settings settings = catalog.complete(scenario, Map.of());
        MacDecPomdp environment = catalog.create(scenario, settings);
        ScriptedPolicy policy = catalog.scriptedPolicy(scenario, settings)
                .orElseThrow(() -> new IllegalArgumentException(scenario + ": has no scripted policy"));
        int episodes = environment.spec().deterministic() ? 1 : EPISODES_IF_STOCHASTIC;
        double reward = 0;
        long ticks = 0;
        for (int seed = 0; seed < episodes; seed++) {
            reward += playOnce(environment, policy, seed);
            ticks += environment.tick();
        }
        return new Score(episodes, reward / episodes, (double) ticks / episodes);
    }

    private static double playOnce(MacDecPomdp environment, ScriptedPolicy policy, long seed) {
        int[] macroActions = new int[environment.spec().agents().size()];
        double reward = 0;
        environment.reset(seed);
        while (!environment.terminated() && !environment.truncated()) {
            policy.choose(environment, macroActions);
            environment.step(macroActions);
            reward += environment.reward();
        }
        return reward;
    }
}
