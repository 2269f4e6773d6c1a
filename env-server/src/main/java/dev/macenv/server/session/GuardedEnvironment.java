package dev.macenv.server.session;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.scene.Scene;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * An environment whose code runs under a {@link Guard}, so that a loop without end costs its lane an episode and nobody else
 * anything. Everything there is to read is fetched along with the tick, one change of threads for all; that change costs
 * more than a cheap tick, which is why environments that come with the server go without.
 *
 * <p>Once given up, it runs nothing any more: another thread may still be inside.
 */
final class GuardedEnvironment implements MacDecPomdp {
    private final Guard guard;
    private final MacDecPomdp inner;
    private final EnvironmentSpec spec;
    private boolean givenUp;

    private final boolean[] ended;
    private final int[] macroAction;
    private final boolean[][] legal; // [agent][macro-action], read where the agent's macro-action ended
    private final double[][] observation; // likewise
    private final double[] state;
    private double reward;
    private boolean terminated;
    private boolean truncated;
    private int tick;

    /** Makes an environment under this guard. */
    GuardedEnvironment(Supplier<MacDecPomdp> environments, Guard guard) {
        this.guard = guard;
        inner = guard.call("constructor", environments::get);
        spec = guard.call("spec", inner::spec);
        int agents = spec.agents().size();
        ended = new boolean[agents];
        macroAction = new int[agents];
        legal = new boolean[agents][];
        observation = new double[agents][];
        for (int agent = 0; agent < agents; agent++) {
            legal[agent] = new boolean[spec.agents().get(agent).macroActions().size()];
            observation[agent] = new double[spec.agents().get(agent).observationSize()];
        }
        state = new double[spec.stateSize()];
    }

    Guard guard() {
        return guard;
    }

    private <T> T call(String name, Callable<T> work) {
        if (givenUp) {
            throw new IllegalStateException("this environment was given up; make another");
        }
        try {
            return guard.call(name, work);
        } catch (EnvironmentFaultException e) {
            givenUp = true;
            throw e;
        }
    }

    private void advance(String name, Runnable work) {
        call(name, () -> {
            work.run();
            read();
            return true;
        });
    }

    private void read() {
        for (int agent = 0; agent < ended.length; agent++) {
            ended[agent] = inner.ended(agent);
            macroAction[agent] = inner.macroAction(agent);
            if (ended[agent]) {
                inner.macroObservation(agent, observation[agent], 0);
                for (int action = 0; action < legal[agent].length; action++) {
                    legal[agent][action] = inner.legal(agent, action);
                }
            }
        }
        inner.state(state, 0);
        reward = inner.reward();
        terminated = inner.terminated();
        truncated = inner.truncated();
        tick = inner.tick();
    }

    @Override
    public EnvironmentSpec spec() {
        return spec;
    }

    @Override
    public void reset(long seed) {
        advance("reset", () -> inner.reset(seed));
    }

    @Override
    public void step(int[] macroActions) {
        int[] own = macroActions.clone(); // the caller's array may change once it has given up
        advance("step", () -> inner.step(own));
    }

    @Override
    public boolean ended(int agent) {
        return ended[agent];
    }

    @Override
    public int macroAction(int agent) {
        return macroAction[agent];
    }

    @Override
    public double reward() {
        return reward;
    }

    @Override
    public boolean terminated() {
        return terminated;
    }

    @Override
    public boolean truncated() {
        return truncated;
    }

    @Override
    public int tick() {
        return tick;
    }

    @Override
    public boolean legal(int agent, int action) {
        return legal[agent][action];
    }

    @Override
    public void macroObservation(int agent, double[] out, int offset) {
        System.arraycopy(observation[agent], 0, out, offset, observation[agent].length);
    }

    @Override
    public void state(double[] out, int offset) {
        System.arraycopy(state, 0, out, offset, state.length);
    }

    @Override
    public byte[] snapshot() {
        return call("snapshot", inner::snapshot);
    }

    @Override
    public void restore(byte[] snapshot) {
        advance("restore", () -> inner.restore(snapshot));
    }

    @Override
    public Map<String, Object> inspect() {
        return call("inspect", inner::inspect);
    }

    @Override
    public Optional<Scene> scene() {
        return call("scene", inner::scene);
    }
}
