package dev.macenv.env;

import java.util.List;

/**
 * What is fixed about an environment once its settings are.
 *
 * @param id registered name, such as {@code bp-10}
 * @param version changes whenever the same settings, seed and requests would give another trajectory
 * @param doc one sentence for people
 * @param agents in seat order; at least one
 * @param state the layout of the state vector
 * @param horizon ticks after which an episode is truncated; 0 means never
 * @param deterministic whether the seed makes no difference
 * @param maxMacroTicks a macro-action that lasts longer is a fault of the environment
 * @param settings the complete settings that the environment was made with
 */
public record EnvironmentSpec(
        String id,
        String version,
        String doc,
        List<AgentSpec> agents,
        VectorSpec state,
        int horizon,
        boolean deterministic,
        int maxMacroTicks,
        Settings settings) {

    public EnvironmentSpec {
        agents = List.copyOf(agents);
        if (agents.isEmpty()) {
            throw new IllegalArgumentException("agents: none (expected: at least one)");
        }
        if (horizon < 0) {
            throw new IllegalArgumentException("horizon: " + horizon + " (expected: >= 0, where 0 means no horizon)");
        }
        if (maxMacroTicks < 1) {
            throw new IllegalArgumentException("maxMacroTicks: " + maxMacroTicks + " (expected: >= 1)");
        }
    }

    /** Length of the state vector. */
    public int stateSize() {
        return state.size();
    }

    /**
     * SHA-256, in lower-case hex, of the canonical text of this spec: two environments with one fingerprint accept each other's snapshots and
     * recordings. Documentation texts do not count, settings do.
     */
    public String fingerprint() {
        return Fingerprint.of(this);
    }
}
