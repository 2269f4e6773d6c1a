package dev.macenv.avf.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The greedy joint choice from a table of all joint macro-actions. */
class ConditionalGreedyTest {
    @Test
    void agreesWithTheMaskedTableWhateverIsAdmissible() {
        Random random = new Random(1);
        for (int trial = 0; trial < 500; trial++) {
            int[] counts = random.ints(random.nextInt(1, 5), 1, 5).toArray();
            int joint = Arrays.stream(counts).reduce(1, (a, b) -> a * b);
            int from = random.nextInt(3);
            int maskFrom = random.nextInt(3);
            float[] q = new float[from + joint];
            for (int m = 0; m < joint; m++) {
                q[from + m] = random.nextInt(6); // with ties
            }
            boolean[] admissible = new boolean[maskFrom + Arrays.stream(counts).sum()];
            int mask = maskFrom;
            for (int count : counts) {
                for (int m = 0; m < count; m++) {
                    admissible[mask + m] = random.nextBoolean();
                }
                admissible[mask + random.nextInt(count)] = true;
                mask += count;
            }
            assertThat(ConditionalGreedy.argmax(q, from, counts, admissible, maskFrom))
                    .isEqualTo(bruteForce(q, from, counts, admissible));
        }
    }

    /** Every joint macro-action, taken apart from its last agent to its first. */
    private static int bruteForce(float[] q, int from, int[] counts, boolean[] admissible) {
        int best = -1;
        for (int joint = 0; joint < q.length - from; joint++) {
            boolean all = true;
            int rest = joint;
            int mask = admissible.length;
            for (int agent = counts.length - 1; agent >= 0; agent--) {
                mask -= counts[agent];
                all &= admissible[mask + rest % counts[agent]];
                rest /= counts[agent];
            }
            if (all && (best < 0 || q[from + joint] > q[from + best])) {
                best = joint;
            }
        }
        return best;
    }

    @Test
    void somebodyWithoutAnAdmissibleMacroActionIsRefused() {
        assertThatThrownBy(() -> ConditionalGreedy.argmax(
                        new float[4], 0, new int[] {2, 2}, new boolean[] {true, true, false, false}, 0))
                .hasMessageContaining("legal: none");
    }
}
