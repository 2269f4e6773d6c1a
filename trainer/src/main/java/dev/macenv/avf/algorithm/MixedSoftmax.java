package dev.macenv.avf.algorithm;

import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Tape;
import org.jspecify.annotations.Nullable;

/**
 * The stochastic policy of an actor. With z its logits over A macro-actions,
 *
 * <pre>
 *   pi~(m) = (1 - epsilon) softmax(z)(m) + epsilon / A,   conditioned on m being admissible: pi~(m) / sum over admissible m' of pi~(m')
 * </pre>
 *
 * <p>It samples in training and in evaluation. Without epsilon the mixture's logarithm would be one of an exponential that may underflow, so that case
 * is computed as a softmax of the admissible logits alone, which is the same function.
 */
final class MixedSoftmax {
    private static final double NEVER = 1e30; // its exponential is 0, and it stays finite when multiplied by that

    private MixedSoftmax() {}

    /**
     * log pi~ of all macro-actions, {@code [N, A]}; what stands at inadmissible ones is finite and of no use.
     *
     * @param logits {@code [N, A]}
     * @param admissible {@code [N, A]} 1 where a macro-action could be chosen, else 0; null if all could
     */
    static Node logProbabilities(Tape tape, Node logits, double epsilon, @Nullable Node admissible) {
        if (epsilon == 0) {
            return logSoftmax(tape, admissible == null ? logits : tape.add(logits, penalty(tape, admissible)));
        }
        Node softmax = tape.exp(logSoftmax(tape, logits));
        Node mixed = tape.plus(tape.scale(1 - epsilon, softmax), epsilon / logits.columns());
        Node log = tape.log(mixed);
        return admissible == null ? log : tape.subtract(log, tape.log(tape.rowDot(mixed, admissible)));
    }

    /** The largest logit is subtracted first, as a constant: it cancels. */
    private static Node logSoftmax(Tape tape, Node logits) {
        Node shifted = tape.subtract(logits, tape.detach(tape.maxColumns(logits)));
        return tape.subtract(shifted, tape.log(tape.sumColumns(tape.exp(shifted))));
    }

    private static Node penalty(Tape tape, Node admissible) {
        return tape.scale(NEVER, tape.plus(admissible, -1));
    }

    /**
     * Turns a number drawn uniformly from [0, 1) into a macro-action: the first at which the sum of pi~ exceeds it.
     *
     * @param logits the A logits of one decision
     * @param admissible whether each may be chosen; at least one
     * @param probabilities {@code [>= A]} out: pi~
     */
    static int choose(
            float[] logits, boolean[] admissible, int actions, double epsilon, double drawn, double[] probabilities) {
        probabilities(logits, admissible, actions, epsilon, probabilities);
        double left = drawn;
        int chosen = -1;
        for (int m = 0; m < actions && left >= 0; m++) {
            if (probabilities[m] > 0) { // so that rounding of the sum cannot choose what is impossible
                chosen = m;
                left -= probabilities[m];
            }
        }
        return chosen;
    }

    /** pi~ of one decision. */
    static void probabilities(
            float[] logits, boolean[] admissible, int actions, double epsilon, double[] probabilities) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int m = 0; m < actions; m++) {
            largest = epsilon > 0 || admissible[m] ? Math.max(largest, logits[m]) : largest;
        }
        double sum = 0;
        for (int m = 0; m < actions; m++) {
            probabilities[m] = epsilon > 0 || admissible[m] ? StrictMath.exp(logits[m] - largest) : 0;
            sum += probabilities[m];
        }
        double admitted = 0;
        for (int m = 0; m < actions; m++) {
            probabilities[m] = admissible[m] ? (1 - epsilon) * probabilities[m] / sum + epsilon / actions : 0;
            admitted += probabilities[m];
        }
        if (!(admitted > 0)) {
            throw new IllegalArgumentException(
                    "probabilities: none above 0 (expected: finite logits and at least one admissible macro-action)");
        }
        for (int m = 0; m < actions; m++) {
            probabilities[m] /= admitted;
        }
    }
}
