package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.PackedSequences;

/**
 * What one actor learns from: the rows in which its choices ended, with the histories in which it made them. Filled by
 * {@link RolloutRows}; arrays may be longer than {@code count}, and are valid until the next rollout.
 */
final class ActorRows {
    /** The number of rows N. */
    int count;

    /** {@code [M, O]} the packed macro-observations of its histories. */
    final Matrix inputs;

    PackedSequences sequences = PackedSequences.ofLengths();

    /** [N] packed position of the history in which the choice was made. */
    int[] positions = new int[0];

    /** [N] the choice. */
    int[] actions = new int[0];

    /** [N] the tick in which it ended. */
    int[] ticks = new int[0];

    /** Which critic judges this actor. */
    final int critic;

    /** [N] the critic's row whose advantage is the choice's. */
    int[] criticRows = new int[0];

    /** {@code [N, A]} 1 where a macro-action could be chosen, else 0; read only unless {@code everythingAdmissible}. */
    final Matrix admissible;

    boolean everythingAdmissible = true;

    ActorRows(Matrix inputs, Matrix admissible, int critic) {
        this.inputs = inputs;
        this.admissible = admissible;
        this.critic = critic;
    }
}
