package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.nn.PackedSequences;

/**
 * What one critic learns from: the rows of a batch, and what it sees where each begins and where it leads to. Filled by
 * {@link RolloutRows}; arrays may be longer than the batch has rows, and are valid until the next rollout.
 */
final class CriticRows {
    /** Rewards, durations and ends of the rows. */
    final Batch batch;

    /** {@code [M, input]} histories, packed, or the states where the rows begin. */
    final Matrix inputs;

    /** {@code [M', input]} the same histories, or the states that the rows lead to. */
    final Matrix nextInputs;

    PackedSequences sequences = PackedSequences.ofLengths();

    /** [rows] which row of {@code inputs} a row begins at: c(k). */
    int[] current = new int[0];

    /** [rows] which row of {@code nextInputs} it leads to, c'(k); not used in terminal rows. */
    int[] next = new int[0];

    CriticRows(Batch batch, Matrix inputs, Matrix nextInputs) {
        this.batch = batch;
        this.inputs = inputs;
        this.nextInputs = nextInputs;
    }

    int count() {
        return batch.rows();
    }
}
