package dev.macenv.client.policy;

import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Plays the same macro-actions in every episode: each agent its own list, one after the other, and the last one again
 * when the list is over. Not thread-safe.
 */
public final class ScriptedPolicy implements Policy {

    private final List<List<Integer>> script;
    private final Map<Long, Integer> next = new HashMap<>();

    /**
     * A policy that plays a script.
     *
     * @param script ids of macro-actions, a list that is not empty for each agent
     */
    public ScriptedPolicy(List<List<Integer>> script) {
        this.script = script.stream().map(List::copyOf).toList();
        for (int agent = 0; agent < script.size(); agent++) {
            if (script.get(agent).isEmpty()) {
                throw new IllegalArgumentException(
                        "script[" + agent + "]: empty (expected: at least one macro-action)");
            }
        }
    }

    @Override
    public int choose(Events events, int row, int agent) {
        long place = (long) events.lane(row) * script.size() + agent;
        int turn = events.kind(row) == EventKind.START ? 0 : next.getOrDefault(place, 0);
        next.put(place, turn + 1);
        List<Integer> actions = script.get(agent);
        return actions.get(Math.min(turn, actions.size() - 1));
    }
}
