package dev.macenv.avf.algorithm;

import java.util.Arrays;

/**
 * The joint macro-actions of a team as numbers: row-major with agent 0 slowest, ((m_0 |M_1| + m_1) |M_2| + m_2) .. .
 */
final class JointActions {
    private final int[] counts;
    private final int[] strides;
    private final int count;

    /** @param counts macro-actions, by agent */
    JointActions(int[] counts) {
        this.counts = counts.clone();
        strides = new int[counts.length];
        long product = 1;
        for (int i = counts.length - 1; i >= 0; i--) {
            strides[i] = (int) product;
            product *= counts[i];
            if (product > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "counts: %s (expected: a team with fewer than 2^31 joint macro-actions)"
                                .formatted(Arrays.toString(counts)));
            }
        }
        count = (int) product;
    }

    /** Returns the number of agents. */
    int agents() {
        return counts.length;
    }

    /** Returns how many there are. */
    int count() {
        return count;
    }

    /** Returns what an agent's macro-action adds to the number of a joint one. */
    int share(int agent, int macroAction) {
        return macroAction * strides[agent];
    }

    /** Returns an agent's part of a joint macro-action. */
    int component(int jointAction, int agent) {
        return jointAction / strides[agent] % counts[agent];
    }
}
