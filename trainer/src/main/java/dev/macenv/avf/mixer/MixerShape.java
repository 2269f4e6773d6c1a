package dev.macenv.avf.mixer;

import java.util.List;

/**
 * The sizes of what a mixer sees.
 *
 * @param actionCounts number of macro-actions of each agent
 * @param stateSize X, length of the mixer's state
 */
public record MixerShape(List<Integer> actionCounts, int stateSize) {
    public MixerShape {
        actionCounts = List.copyOf(actionCounts);
        if (actionCounts.isEmpty() || actionCounts.stream().anyMatch(count -> count < 1)) {
            throw new IllegalArgumentException(
                    "actionCounts: " + actionCounts + " (expected: one count of at least 1 per agent)");
        }
        if (stateSize < 0) {
            throw new IllegalArgumentException("stateSize: " + stateSize + " (expected: at least 0)");
        }
    }

    /** n, the number of agents. */
    public int agents() {
        return actionCounts.size();
    }

    /** Length of the agents' one-hots side by side. */
    public int jointActionSize() {
        return actionCounts.stream().mapToInt(Integer::intValue).sum();
    }
}
