package dev.macenv.avf.loss;

/**
 * Greedy selection under the condition that ongoing agents keep their macro-actions (conditional prediction, Eq. 13 and 14 of the AVF paper).
 *
 * <p>An agent is free at a joint decision if it must choose there; its admissible set is then all legal macro-actions. Otherwise its macro-action
 * goes on and is the only admissible one.
 */
public final class ConditionalGreedy {
    private ConditionalGreedy() {}

    /**
     * {@code argmax_m q[m]} over the legal m; the lowest index wins a tie.
     *
     * @param q utilities; those of one decision are {@code q[from .. from + legal.length)}
     * @param legal which macro-actions may be chosen; at least one
     */
    public static int argmax(float[] q, int from, boolean[] legal) {
        return argmax(q, from, legal, 0, legal.length);
    }

    /** {@link #argmax(float[], int, boolean[])} with the mask of {@code actions} macro-actions from {@code legalFrom} on. */
    public static int argmax(float[] q, int from, boolean[] legal, int legalFrom, int actions) {
        int best = -1;
        for (int m = 0; m < actions; m++) {
            if (legal[legalFrom + m] && (best < 0 || q[from + m] > q[from + best])) {
                best = m;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("legal: none (expected: at least one macro-action)");
        }
        return best;
    }

    /**
     * {@code argmax q[m]} over the joint macro-actions m that every agent admits, numbered row-major with agent 0 slowest; the lowest number wins a
     * tie. Only the product of the admissible sets is visited, not the whole table.
     *
     * @param q joint utilities; those of one decision start at {@code from}
     * @param counts macro-actions, per agent
     * @param admissible the agents' masks from {@code admissibleFrom} on, side by side: a free agent's legal macro-actions, an ongoing agent's own
     */
    public static int argmax(float[] q, int from, int[] counts, boolean[] admissible, int admissibleFrom) {
        int best = best(q, from, counts, admissible, admissibleFrom, 0, 0, -1);
        if (best < 0) {
            throw new IllegalArgumentException("legal: none (expected: at least one macro-action of every agent)");
        }
        return best;
    }

    /** The better of {@code best} and what the agents from {@code agent} on admit, the others being fixed at {@code index}. */
    private static int best(
            float[] q, int from, int[] counts, boolean[] admissible, int mask, int agent, int index, int best) {
        boolean last = agent == counts.length - 1;
        int found = best;
        for (int m = 0; m < counts[agent]; m++) {
            if (!admissible[mask + m]) {
                continue;
            }
            int joint = index * counts[agent] + m;
            if (!last) {
                found = best(q, from, counts, admissible, mask + counts[agent], agent + 1, joint, found);
            } else if (found < 0 || q[from + joint] > q[from + found]) {
                found = joint;
            }
        }
        return found;
    }

    /** {@code argmax_m q[m]} over all {@code actions} macro-actions; the lowest index wins a tie. */
    public static int argmax(float[] q, int from, int actions) {
        int best = 0;
        for (int m = 1; m < actions; m++) {
            if (q[from + m] > q[from + best]) {
                best = m;
            }
        }
        return best;
    }

    /** The admissible macro-action of greatest utility: {@link #argmax} if the agent is free, {@code ongoing} otherwise. */
    public static int choose(float[] q, int from, boolean[] legal, boolean free, int ongoing) {
        return free ? argmax(q, from, legal) : ongoing;
    }

    /** The greatest admissible utility: {@code max_m q[m]} over the legal m if the agent is free, {@code q[ongoing]} otherwise. */
    public static float value(float[] q, int from, boolean[] legal, boolean free, int ongoing) {
        return q[from + choose(q, from, legal, free, ongoing)];
    }
}
