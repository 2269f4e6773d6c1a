package dev.macenv.env.warehouse;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.server.catalog.Catalog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Warehouses, and ways to play them. */
final class Deliveries {

    static final Catalog CATALOG = Catalog.of(new WarehouseProvider());

    // Macro-actions with one human and two robots.
    static final int GO_W = 0;
    static final int GO_TR = 1;
    static final int GET_TOOL = 2;
    static final int WAIT_M = 0;
    static final int PASS_0 = 1;
    static final int PASS_1 = 2;
    static final int SEARCH_0 = 3;
    static final int SEARCH_1 = 4;
    static final int SEARCH_2 = 5;

    private Deliveries() {}

    static MacDecPomdp begin(String id) {
        return begin(id, Map.of());
    }

    static MacDecPomdp begin(String id, Map<String, ?> settings) {
        MacDecPomdp environment = CATALOG.create(id, settings);
        environment.reset(0);
        return environment;
    }

    /** Plays one episode; the sum of the rewards. */
    static double play(MacDecPomdp environment, ScriptedPolicy policy) {
        int[] requests = new int[environment.spec().agents().size()];
        environment.reset(0);
        double sum = 0;
        while (!environment.terminated() && !environment.truncated()) {
            policy.choose(environment, requests);
            environment.step(requests);
            sum += environment.reward();
        }
        return sum;
    }

    /** Makes the same requests for a number of ticks; the sum of the rewards. Agents amid a macro-action do not mind. */
    static double ticks(MacDecPomdp environment, int count, int... requests) {
        double sum = 0;
        for (int tick = 0; tick < count; tick++) {
            environment.step(requests);
            sum += environment.reward();
        }
        return sum;
    }

    /** [x, y, waypoint reached last or -1, timer, basket, ended] of a mobile robot. */
    static List<Object> robot(MacDecPomdp environment, int robot) {
        return entry(environment, "robots", robot);
    }

    /** [phase, timer, received, finished] of a human. */
    static List<Object> human(MacDecPomdp environment, int human) {
        return entry(environment, "humans", human);
    }

    /** A value of the manipulator: timer, staging, found, failed or done. */
    static Object manipulator(MacDecPomdp environment, String key) {
        Map<?, ?> values =
                (Map<?, ?>) Objects.requireNonNull(environment.inspect().get("manip"));
        return Objects.requireNonNull(values.get(key));
    }

    private static List<Object> entry(MacDecPomdp environment, String key, int index) {
        List<?> entries = (List<?>) Objects.requireNonNull(environment.inspect().get(key));
        return new ArrayList<>((List<?>) entries.get(index));
    }

    static double[] observation(MacDecPomdp environment, int agent) {
        double[] observation = new double[environment.spec().agents().get(agent).observationSize()];
        environment.macroObservation(agent, observation, 0);
        return observation;
    }

    static double[] state(MacDecPomdp environment) {
        double[] state = new double[environment.spec().stateSize()];
        environment.state(state, 0);
        return state;
    }

    /** The values of a run of entries of a vector. */
    static double[] part(double[] vector, int from, int size) {
        return Arrays.copyOfRange(vector, from, from + size);
    }
}
