package dev.macenv.env.boxpushing;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Box Pushing environments, and ways to play them. */
final class Episodes {

    static final int SMALL_LEFT = 0;
    static final int SMALL_RIGHT = 1;
    static final int BIG_LEFT = 2;
    static final int BIG_RIGHT = 3;
    static final int PUSH = 4;
    static final int TURN_LEFT = 5;
    static final int TURN_RIGHT = 6;
    static final int STAY = 7;

    static final int FORWARD = 0;
    static final int PRIMITIVE_TURN_LEFT = 1;
    static final int PRIMITIVE_TURN_RIGHT = 2;

    private Episodes() {}

    static MacDecPomdp begin(String id) {
        return begin(id, Map.of());
    }

    static MacDecPomdp begin(String id, Map<String, ?> settings) {
        MacDecPomdp environment = Catalog.of(new BoxPushingProvider()).create(id, settings);
        environment.reset(0);
        return environment;
    }

    /** Lets each agent carry out its list of macro-actions, one after the other, then stay, until the lists are done or the episode is over; the sum of the rewards. */
    static double play(MacDecPomdp environment, int[] agent0, int[] agent1) {
        int[][] scripts = {agent0, agent1};
        int[] next = {0, 0};
        int[] requests = {STAY, STAY};
        double sum = 0;
        while (!environment.terminated() && !environment.truncated()) {
            boolean idle = true;
            for (int agent = 0; agent < 2; agent++) {
                boolean more = next[agent] < scripts[agent].length;
                if (environment.ended(agent)) {
                    requests[agent] = more ? scripts[agent][next[agent]++] : STAY;
                    idle &= !more;
                } else {
                    idle = false;
                }
            }
            if (idle) {
                break;
            }
            environment.step(requests);
            sum += environment.reward();
        }
        return sum;
    }

    static int[] script(int... macroActions) {
        return macroActions;
    }

    /** The same macro-action again and again. */
    static int[] repeat(int times, int macroAction) {
        int[] script = new int[times];
        Arrays.fill(script, macroAction);
        return script;
    }

    static int[] concat(int[]... scripts) {
        return Arrays.stream(scripts).flatMapToInt(Arrays::stream).toArray();
    }

    /** [x, y, orientation, last waypoint, ended] of an agent. */
    static List<Object> agent(MacDecPomdp environment, int agent) {
        return entry(environment, "agents", agent);
    }

    /** [x, y] of a box. */
    static List<Object> box(MacDecPomdp environment, int box) {
        return entry(environment, "boxes", box);
    }

    private static List<Object> entry(MacDecPomdp environment, String key, int index) {
        List<?> entries = (List<?>) Objects.requireNonNull(environment.inspect().get(key));
        return new ArrayList<>((List<?>) entries.get(index));
    }
}
