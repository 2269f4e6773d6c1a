package dev.macenv.avf.experience;

import java.util.Arrays;

/**
 * A squeezed batch: the rows of all windows one after the other, nothing padded. Row k of a window is one transition of
 * the team from a decision point to the next one at which anybody ends; see {@link Squeeze}.
 *
 * <p>Arrays returned are the live ones and may be longer than {@link #rows()}; they are reused by the next squeeze. Not
 * thread-safe.
 */
public final class Batch {
    private final AgentBatch[] agents;
    private final int stateSize;
    private int rows;
    private int sequences;

    double[] reward = new double[0]; // [rows] R
    double[] discount = new double[0]; // [rows] gamma^tau
    int[] tau = new int[0]; // [rows]
    boolean[] terminal = new boolean[0]; // [rows]
    float[] state = new float[0]; // [rows, x]
    float[] nextState = new float[0]; // [rows, x]
    int[] tick = new int[0]; // [rows] t_k
    int[] window = new int[0]; // [rows] index of the window in the sample

    Batch(AgentBatch[] agents, int stateSize) {
        this.agents = agents;
        this.stateSize = stateSize;
    }

    /** Returns the number of rows N, of all windows together; 0 if every window was squeezed empty. */
    public int rows() {
        return rows;
    }

    /** Returns the number of windows that have rows: the number of sequences of each agent. */
    public int sequences() {
        return sequences;
    }

    /** Returns the number of agents in this view. */
    public int agents() {
        return agents.length;
    }

    /** Returns one agent's part, by its place in the view. */
    public AgentBatch agent(int index) {
        return agents[index];
    }

    /** Returns the accumulated rewards R. */
    public double[] reward() {
        return reward;
    }

    /** Returns the bootstrap factors gamma^tau. */
    public double[] discount() {
        return discount;
    }

    /** Returns the durations tau, in ticks; rounded where they are means. */
    public int[] tau() {
        return tau;
    }

    /** Returns whether the row ends the task, so that nothing is bootstrapped. */
    public boolean[] terminal() {
        return terminal;
    }

    /** Returns the size of the mixer's state. */
    public int stateSize() {
        return stateSize;
    }

    /** Returns the mixer's states x, {@code [rows, stateSize]}. */
    public float[] state() {
        return state;
    }

    /** Returns the mixer's successor states x', {@code [rows, stateSize]}. */
    public float[] nextState() {
        return nextState;
    }

    /** Returns the last tick of each row, t_k. */
    public int[] tick() {
        return tick;
    }

    /** Returns which window of the sample each row comes from. */
    public int[] window() {
        return window;
    }

    void begin() {
        rows = 0;
        sequences = 0;
    }

    void countSequence() {
        sequences++;
    }

    /** Makes room for one more row and returns its index. */
    int addRow() {
        int row = rows++;
        if (reward.length < rows) {
            int capacity = 2 * rows + 64;
            reward = Arrays.copyOf(reward, capacity);
            discount = Arrays.copyOf(discount, capacity);
            tau = Arrays.copyOf(tau, capacity);
            terminal = Arrays.copyOf(terminal, capacity);
            tick = Arrays.copyOf(tick, capacity);
            window = Arrays.copyOf(window, capacity);
        }
        return row;
    }

    void ensureStates() {
        if (state.length < rows * stateSize) {
            state = new float[2 * rows * stateSize];
            nextState = new float[2 * rows * stateSize];
        }
    }
}
