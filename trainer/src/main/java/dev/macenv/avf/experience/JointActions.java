package dev.macenv.avf.experience;

/**
 * The joint macro-actions of a team as one number each, row-major with agent 0 slowest: {@code ((m_0 |M_1| + m_1) |M_2| +
 * m_2) ..}. Immutable.
 */
public final class JointActions {
    /** The most joint macro-actions that a team may have: a table with an output for each must still be learnable. */
    public static final int MOST = 1 << 16;

    private final int[] counts; // [agent]
    private final int[] strides; // [agent] how far one macro-action of the agent is from its next
    private final int count;

    /**
     * @param counts macro-actions, per agent
     * @throws IllegalArgumentException if there are more than {@link #MOST} joint ones
     */
    public JointActions(int... counts) {
        this.counts = counts.clone();
        this.strides = new int[counts.length];
        long product = 1;
        for (int agent = counts.length - 1; agent >= 0; agent--) {
            strides[agent] = (int) product;
            product *= counts[agent]; // cannot overflow: at most MOST before
            if (product > MOST) {
                throw new IllegalArgumentException(
                        "joint macro-actions: more than %d (expected: at most %d, since each has an output of its own; a method that factors the joint value has no such limit)"
                                .formatted(MOST, MOST));
            }
        }
        this.count = (int) product;
    }

    /** Returns the number of joint macro-actions, the product over the agents. */
    public int count() {
        return count;
    }

    /** Returns how much a joint index grows when this agent's macro-action grows by one. */
    public int stride(int agent) {
        return strides[agent];
    }

    /** Returns this agent's part of a joint macro-action. */
    public int macroAction(int joint, int agent) {
        return joint / strides[agent] % counts[agent];
    }
}
