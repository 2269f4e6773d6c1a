package dev.macenv.avf.experience;

import java.util.Arrays;
import java.util.Optional;

/**
 * One agent's part of a {@link Batch}: its macro-observations as packed sequences, and for each row of the batch where in
 * them it stands.
 *
 * <p><b>Packed sequences.</b> Each non-empty window gives this agent one sequence. Sequences are ranked by length, longest
 * first, and stored step by step: step s holds the s-th macro-observation of the {@code stepCounts()[s]} sequences that
 * are that long, so the position of step s of the sequence with rank p is {@code stepCounts[0] + .. + stepCounts[s-1] +
 * p}. Nothing is padded.
 *
 * <p><b>Burn-in.</b> If asked for, what the agent decided in the episode before its window begins is there as further
 * packed sequences, in an {@link #earlier} table laid out alike: one for each window that does not begin with the agent's
 * first decision. {@link #earlierEnds} and {@link #earlierRanks} say which of its positions leads to which window.
 *
 * <p>Arrays returned are the live ones and may be longer than what is valid; they change with the next squeeze.
 */
public final class AgentBatch {
    private final int observationSize;
    private final int[] actionCounts;
    private final int actionCount;
    private final int legalSize;
    private int steps;
    private int positions;

    int[] action = new int[0]; // [rows] m^i
    boolean[] done = new boolean[0]; // [rows]
    boolean[] free = new boolean[0]; // [rows]
    int[] current = new int[0]; // [rows] position of c_i(k)
    int[] next = new int[0]; // [rows] position of c'_i(k)
    float[] observations = new float[0]; // [positions, observation]
    boolean[] legal = new boolean[0]; // [positions, macro-action of every agent seen as one]
    int[] previous = new int[0]; // [positions]
    int[] seats = new int[0]; // [positions]

    private int[] stepCounts = new int[0]; // [steps]
    private int[] stepStarts = new int[0]; // [steps]
    private int[] ranks = new int[0]; // [windows]

    private final Optional<AgentBatch> earlier;
    private int[] earlierEnds = new int[0]; // [earlier sequences]
    private int[] earlierRanks = new int[0]; // [earlier sequences]
    private int earlierCount;

    /**
     * @param burnsIn whether there are tables of what came before the windows
     * @param actionCounts of the agent, or of each agent of a whole team that is seen as one
     */
    AgentBatch(boolean burnsIn, int observationSize, int... actionCounts) {
        this.observationSize = observationSize;
        this.actionCounts = actionCounts;
        this.actionCount = (int) Math.min(
                Integer.MAX_VALUE, Arrays.stream(actionCounts).asDoubleStream().reduce(1, (a, b) -> a * b));
        this.legalSize = Arrays.stream(actionCounts).sum();
        this.earlier = burnsIn ? Optional.of(new AgentBatch(false, observationSize, actionCounts)) : Optional.empty();
    }

    /** Returns the length of a macro-observation. */
    public int observationSize() {
        return observationSize;
    }

    /**
     * Returns the number of macro-actions; of joint ones, where a whole team is seen as one agent. A team may have more than
     * anybody can choose among, {@code Integer.MAX_VALUE} then, and still be seen as one.
     */
    public int actionCount() {
        return actionCount;
    }

    /** Returns the macro-action counts of the agents that are seen as one here: mostly the agent's alone. To be read only. */
    public int[] actionCounts() {
        return actionCounts;
    }

    /** Returns the length of a legal mask: the sum of {@link #actionCounts}. */
    public int legalSize() {
        return legalSize;
    }

    /** Returns the number of steps: the length of the longest sequence. */
    public int steps() {
        return steps;
    }

    /** Returns how many sequences are longer than s, for s in 0..steps()-1: never increasing. */
    public int[] stepCounts() {
        return stepCounts;
    }

    /** Returns the number of packed positions: the sum of the step counts. */
    public int positions() {
        return positions;
    }

    /** Returns the macro-observations, {@code [positions, observationSize]}. */
    public float[] observations() {
        return observations;
    }

    /**
     * Returns the legal masks, {@code [positions, legalSize]}. Where a whole team is seen as one agent, its members' masks
     * stand side by side, and an ongoing member's allows its macro-action only.
     */
    public boolean[] legal() {
        return legal;
    }

    /** Returns the macro-action that the agent executed before each packed decision, -1 at the first of an episode. */
    public int[] previousMacroActions() {
        return previous;
    }

    /** Returns whose decision each packed one is: the agent's number in the team. */
    public int[] seats() {
        return seats;
    }

    /** Returns the macro-action executed in each row, ongoing ones included. */
    public int[] action() {
        return action;
    }

    /** Returns whether the macro-action ended in the row: the agent is free in the row's successor. */
    public boolean[] done() {
        return done;
    }

    /** Returns whether the agent chose at the row's own decision point, rather than being in mid macro-action. */
    public boolean[] free() {
        return free;
    }

    /** Returns the packed position of the history in which the row's macro-action was chosen. */
    public int[] current() {
        return current;
    }

    /** Returns the packed position of the history at the row's successor; in terminal rows the current one, unused. */
    public int[] next() {
        return next;
    }

    /** Returns the decisions before the windows, of which only sequences are meaningful; empty without burn-in. */
    public Optional<AgentBatch> earlier() {
        return earlier;
    }

    /** Returns the number of sequences that have earlier decisions. */
    public int earlierSequences() {
        return earlierCount;
    }

    /** Returns, for each earlier sequence, the packed position of its last decision in the {@link #earlier} table. */
    public int[] earlierEnds() {
        return earlierEnds;
    }

    /** Returns, for each earlier sequence, the rank of the sequence that it leads to: the position of its first decision. */
    public int[] earlierRanks() {
        return earlierRanks;
    }

    /** Forgets what leads to where. */
    void forgetEarlier(int sequences) {
        earlierCount = 0;
        if (earlierEnds.length < sequences) {
            earlierEnds = new int[2 * sequences];
            earlierRanks = new int[2 * sequences];
        }
    }

    /** Notes that the earlier decision at this position of the earlier table is the last one before the sequence. */
    void leadTo(int sequence, int lastEarlierPosition) {
        earlierEnds[earlierCount] = lastEarlierPosition;
        earlierRanks[earlierCount] = position(sequence, 0);
        earlierCount++;
    }

    void ensureRows(int rows) {
        if (action.length < rows) {
            int capacity = 2 * rows;
            action = new int[capacity];
            done = new boolean[capacity];
            free = new boolean[capacity];
            current = new int[capacity];
            next = new int[capacity];
        }
    }

    /** Lays out sequences of these lengths (all at least 1): ranks them, longest first and otherwise in given order. */
    void layOut(int[] lengths, int sequences) {
        steps = 0;
        positions = 0;
        for (int b = 0; b < sequences; b++) {
            steps = Math.max(steps, lengths[b]);
            positions += lengths[b];
        }
        if (stepCounts.length <= steps) {
            stepCounts = new int[2 * steps + 1];
            stepStarts = new int[2 * steps + 1];
        }
        if (ranks.length < sequences) {
            ranks = new int[2 * sequences];
        }
        if (observations.length < positions * observationSize) {
            observations = new float[2 * positions * observationSize];
        }
        if (legal.length < positions * legalSize) {
            legal = new boolean[2 * positions * legalSize];
        }
        if (previous.length < positions) {
            previous = new int[2 * positions];
            seats = new int[2 * positions];
        }
        Arrays.fill(stepCounts, 0, steps + 1, 0);
        for (int b = 0; b < sequences; b++) {
            stepCounts[lengths[b] - 1]++;
        }
        for (int s = steps - 2; s >= 0; s--) {
            stepCounts[s] += stepCounts[s + 1];
        }
        // The sequences of exactly s+1 steps take the ranks stepCounts[s+1] .. stepCounts[s]-1, in given order.
        for (int s = 0; s < steps; s++) {
            stepStarts[s] = stepCounts[s + 1];
        }
        for (int b = 0; b < sequences; b++) {
            ranks[b] = stepStarts[lengths[b] - 1]++;
        }
        int start = 0;
        for (int s = 0; s < steps; s++) {
            stepStarts[s] = start;
            start += stepCounts[s];
        }
    }

    /** Returns the packed position of this step of this sequence. */
    int position(int sequence, int step) {
        return stepStarts[step] + ranks[sequence];
    }
}
