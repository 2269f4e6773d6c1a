package dev.macenv.server.testing;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** {@link Relay}, but everything that somebody may not see is one number that occurs nowhere else. */
public final class TaintedProvider implements EnvironmentProvider {
    /** Every element of every state. */
    public static final float STATE = 333.03125f;

    private final RelayProvider relay = new RelayProvider();

    /** Every element of every macro-observation of an agent. */
    public static float observation(int agent) {
        return 777.0625f + agent;
    }

    @Override
    public List<EnvironmentDescription> environments() {
        return relay.environments().stream()
                .filter(one -> one.id().equals("relay"))
                .map(one -> new EnvironmentDescription("tainted", one.version(), one.doc(), one.settings()))
                .toList();
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        return new Tainted(relay.create("relay", settings));
    }

    private record Tainted(MacDecPomdp relay) implements MacDecPomdp {
        @Override
        public EnvironmentSpec spec() {
            return relay.spec();
        }

        @Override
        public void reset(long seed) {
            relay.reset(seed);
        }

        @Override
        public void step(int[] macroActions) {
            relay.step(macroActions);
        }

        @Override
        public boolean ended(int agent) {
            return relay.ended(agent);
        }

        @Override
        public int macroAction(int agent) {
            return relay.macroAction(agent);
        }

        @Override
        public double reward() {
            return relay.reward();
        }

        @Override
        public boolean terminated() {
            return relay.terminated();
        }

        @Override
        public boolean truncated() {
            return relay.truncated();
        }

        @Override
        public int tick() {
            return relay.tick();
        }

        @Override
        public boolean legal(int agent, int macroAction) {
            return relay.legal(agent, macroAction);
        }

        @Override
        public void macroObservation(int agent, double[] out, int offset) {
            relay.macroObservation(agent, out, offset); // NaN where the fault asks for it
            int size = spec().agents().get(agent).observationSize();
            for (int i = offset; i < offset + size; i++) {
                out[i] = out[i] > 1000 ? 2000 + observation(agent) : observation(agent);
            }
        }

        @Override
        public void state(double[] out, int offset) {
            Arrays.fill(out, offset, offset + spec().stateSize(), STATE);
        }

        @Override
        public byte[] snapshot() {
            return relay.snapshot();
        }

        @Override
        public void restore(byte[] snapshot) {
            relay.restore(snapshot);
        }

        @Override
        public Map<String, Object> inspect() {
            return relay.inspect();
        }
    }
}
