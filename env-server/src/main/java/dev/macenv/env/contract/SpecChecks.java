package dev.macenv.env.contract;

import static dev.macenv.env.contract.Play.require;

import com.sun.management.ThreadMXBean;
import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/** Promises about what an environment says of itself, and about what it costs. */
final class SpecChecks {

    private static final int WARM_UP_EPISODES = 20;
    private static final int MEASURED_EPISODES = 20;

    private SpecChecks() {}

    static void specIsStable(Supplier<MacDecPomdp> environments) {
        MacDecPomdp environment = environments.get();
        EnvironmentSpec spec = environment.spec();
        require(spec.equals(environments.get().spec()), "spec: two environments made alike differ");
        require(
                spec.fingerprint().equals(environments.get().spec().fingerprint()),
                "fingerprint: two environments made alike differ");
        PlayChecks.begin(environment, 1).record();
        require(spec.equals(environment.spec()), "spec: changed by playing");
        Set<String> names = new HashSet<>();
        for (AgentSpec agent : spec.agents()) {
            require(names.add(agent.name()), "agent name: " + agent.name() + " occurs twice");
            Set<String> choices = new HashSet<>();
            for (MacroActionSpec macroAction : agent.macroActions()) {
                require(
                        choices.add(macroAction.name()),
                        "macro-action name: " + macroAction.name() + " occurs twice for " + agent.name());
            }
        }
    }

    static void stepsAllocateNothing(Supplier<MacDecPomdp> environments) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Play play = new Play(environments.get(), 1);
        double[] state = new double[play.spec.stateSize()];
        double[][] observations = new double[play.agents][];
        for (int agent = 0; agent < play.agents; agent++) {
            observations[agent] = play.observation(agent);
        }
        long steps = 0;
        long before = 0;
        for (int episode = 0; episode < WARM_UP_EPISODES + MEASURED_EPISODES; episode++) {
            if (episode == WARM_UP_EPISODES) {
                steps = 0;
                before = threads.getCurrentThreadAllocatedBytes();
            }
            play.environment.reset(episode);
            while (!play.over()) {
                play.step();
                play.environment.state(state, 0);
                for (int agent = 0; agent < play.agents; agent++) {
                    play.environment.macroObservation(agent, observations[agent], 0);
                }
                steps++;
            }
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        // Far below one small object per episode: room for what the measurement itself costs.
        require(
                allocated <= MEASURED_EPISODES * 8L + 64,
                "step: " + allocated + " bytes allocated in " + steps + " ticks (expected: none)");
    }
}
