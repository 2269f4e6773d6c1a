package dev.macenv.avf.nn;

import java.util.Arrays;

/**
 * The layout of sequences of different lengths without padding: sorted by length, longest first, and stored step by step.
 *
 * <p>Step s holds one row for each of the {@code count(s)} sequences longer than s, in the order of their ranks; so the row of step s of the
 * sequence with rank r is {@code start(s) + r}. Immutable.
 */
public final class PackedSequences {
    private static final int[] NONE = {};

    private final int[] counts;
    private final int rows;

    /** By step, once one is asked for: every update makes a layout for each agent, and most are never asked. */
    private int[] starts = NONE;

    private PackedSequences(int[] counts) {
        this.counts = counts;
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        rows = sum;
    }

    /** The layout for sequences of the given lengths, which must be at least 1 and not increasing. */
    public static PackedSequences ofLengths(int... lengths) {
        int longest = lengths.length == 0 ? 0 : lengths[0];
        int[] counts = new int[longest];
        for (int rank = 0; rank < lengths.length; rank++) {
            int length = lengths[rank];
            if (length < 1 || (rank > 0 && length > lengths[rank - 1])) {
                throw new IllegalArgumentException(
                        "lengths[" + rank + "]: " + length + " (expected: at least 1, longest sequence first)");
            }
            for (int s = 0; s < length; s++) {
                counts[s]++;
            }
        }
        return new PackedSequences(counts);
    }

    /** The layout with the given numbers of active sequences per step, which must be at least 1 and not increasing. */
    public static PackedSequences ofCounts(int... counts) {
        return ofCounts(counts, counts.length);
    }

    /** The same with the first {@code steps} of the counts. */
    public static PackedSequences ofCounts(int[] counts, int steps) {
        for (int s = 0; s < steps; s++) {
            if (counts[s] < 1 || (s > 0 && counts[s] > counts[s - 1])) {
                throw new IllegalArgumentException(
                        "counts[" + s + "]: " + counts[s] + " (expected: at least 1, not increasing)");
            }
        }
        return new PackedSequences(Arrays.copyOf(counts, steps));
    }

    /** Number of steps: the length of the longest sequence. */
    public int steps() {
        return counts.length;
    }

    /** Number of sequences. */
    public int sequences() {
        return counts.length == 0 ? 0 : counts[0];
    }

    /** Number of rows: the sum of all lengths. */
    public int rows() {
        return rows;
    }

    /** Sequences still active at {@code step}. */
    public int count(int step) {
        return counts[step];
    }

    /** The row at which {@code step} begins. */
    public int start(int step) {
        if (starts.length < counts.length) {
            int[] sums = new int[counts.length];
            for (int s = 1; s < counts.length; s++) {
                sums[s] = sums[s - 1] + counts[s - 1];
            }
            starts = sums;
        }
        return starts[step];
    }

    /** The row of {@code step} of the sequence with {@code rank}. */
    public int row(int step, int rank) {
        if (rank < 0 || rank >= counts[step]) {
            throw new IndexOutOfBoundsException(
                    "rank: " + rank + " (expected: 0.." + (counts[step] - 1) + " at step " + step + ")");
        }
        return start(step) + rank;
    }

    /** The counts per step, shared with this object: not to be written. */
    int[] counts() {
        return counts;
    }
}
