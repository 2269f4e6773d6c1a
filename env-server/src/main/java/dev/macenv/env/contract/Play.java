package dev.macenv.env.contract;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import java.util.Arrays;

/** Random play on one environment, and everything that can be seen of it. */
final class Play {

    /** Where an environment without a horizon is left. */
    static final int LONGEST = 500;

    final MacDecPomdp environment;
    final EnvironmentSpec spec;
    final int agents;
    final int[] requests;
    private final SplitMix64 random;

    /** @param policySeed of the random policy; the environment has its own */
    Play(MacDecPomdp environment, long policySeed) {
        this.environment = environment;
        this.spec = environment.spec();
        this.agents = spec.agents().size();
        this.requests = new int[agents];
        this.random = new SplitMix64(policySeed);
    }

    boolean over() {
        return environment.terminated() || environment.truncated() || environment.tick() >= LONGEST;
    }

    /** Chooses for the pending agents, uniformly among what is legal; the others keep their request. */
    void choose() {
        for (int agent = 0; agent < agents; agent++) {
            if (environment.ended(agent)) {
                requests[agent] = anyLegal(agent);
            }
        }
    }

    private int anyLegal(int agent) {
        int choices = spec.agents().get(agent).macroActions().size();
        int legal = 0;
        for (int macroAction = 0; macroAction < choices; macroAction++) {
            legal += environment.legal(agent, macroAction) ? 1 : 0;
        }
        if (legal == 0) {
            throw new AssertionError(
                    "tick " + environment.tick() + ": agent " + agent + " is pending, but no macro-action is legal");
        }
        int rank = random.nextInt(legal);
        for (int macroAction = 0; macroAction < choices; macroAction++) {
            if (environment.legal(agent, macroAction) && rank-- == 0) {
                return macroAction;
            }
        }
        throw new AssertionError("unreachable");
    }

    void step() {
        choose();
        environment.step(requests);
    }

    /** Plays on to the end and gives what was seen after each tick. */
    double[][] record() {
        double[][] frames = new double[LONGEST + 1][];
        int next = 0;
        frames[next++] = frame();
        while (!over()) {
            step();
            frames[next++] = frame();
        }
        return Arrays.copyOf(frames, next);
    }

    /** Everything that a caller can see now, as numbers. */
    double[] frame() {
        int size = 4 + spec.stateSize();
        for (AgentSpec agent : spec.agents()) {
            size += 2 + agent.observationSize() + agent.macroActions().size();
        }
        double[] frame = new double[size];
        int next = 0;
        frame[next++] = environment.tick();
        frame[next++] = environment.reward();
        frame[next++] = environment.terminated() ? 1 : 0;
        frame[next++] = environment.truncated() ? 1 : 0;
        environment.state(frame, next);
        next += spec.stateSize();
        for (int agent = 0; agent < agents; agent++) {
            AgentSpec agentSpec = spec.agents().get(agent);
            frame[next++] = environment.ended(agent) ? 1 : 0;
            frame[next++] = environment.macroAction(agent);
            environment.macroObservation(agent, frame, next);
            next += agentSpec.observationSize();
            for (int macroAction = 0; macroAction < agentSpec.macroActions().size(); macroAction++) {
                frame[next++] = environment.legal(agent, macroAction) ? 1 : 0;
            }
        }
        return frame;
    }

    double[] observation(int agent) {
        double[] observation = new double[spec.agents().get(agent).observationSize()];
        environment.macroObservation(agent, observation, 0);
        return observation;
    }

    static void same(String what, double[][] expected, double[][] got) {
        for (int i = 0; i < Math.min(expected.length, got.length); i++) {
            if (!Arrays.equals(expected[i], got[i])) {
                throw new AssertionError(what + ": differs at tick " + (int) expected[i][0] + ":\n"
                        + Arrays.toString(expected[i]) + "\n" + Arrays.toString(got[i]));
            }
        }
        require(expected.length == got.length, what + ": " + expected.length + " against " + got.length + " ticks");
    }

    static void require(boolean condition, String broken) {
        if (!condition) {
            throw new AssertionError(broken);
        }
    }
}
