package dev.macenv.avf.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The worked numbers of the specification, and the wrong answers beside them. */
class TargetsTest {
    private static final boolean[] THREE = {true, true, true};
    private static final boolean[] TWO = {true, true};

    @Test
    void conditionalDoubleQ() {
        // agent 0 has ended its macro-action, agent 1 goes on with macro-action 0
        float[] online0 = {0.2f, 0.9f, -1};
        float[] target0 = {0.4f, 0.3f, 1.2f};
        float[] online1 = {0.1f, 0.5f};
        float[] target1 = {-0.6f, 0.7f};
        int m0 = ConditionalGreedy.choose(online0, 0, THREE, true, 2);
        int m1 = ConditionalGreedy.choose(online1, 0, TWO, false, 0);
        assertThat(m0).isEqualTo(1);
        assertThat(m1).isZero();
        double gammaTau = Math.pow(0.9, 3);
        double y = Targets.doubleQ(1.505, gammaTau, false, target0[m0] + target1[m1]);
        assertThat(y).isCloseTo(1.2863, within(1e-6));

        // the target network's own choice, unconditioned; double but unconditioned; tau ignored
        assertThat(Targets.doubleQ(1.505, gammaTau, false, 1.2 + 0.7)).isCloseTo(2.8901, within(1e-6));
        assertThat(Targets.doubleQ(1.505, gammaTau, false, 0.3 + 0.7)).isCloseTo(2.2340, within(1e-6));
        assertThat(Targets.doubleQ(1.505, 0.9, false, 0.3 - 0.6)).isCloseTo(1.2350, within(1e-6));
    }

    @Test
    void aTerminalRowHasNoFuture() {
        assertThat(Targets.doubleQ(9, 0.729, true, Double.NaN)).isEqualTo(9);
        float[] y = new float[2];
        Targets.doubleQ(
                new float[] {1, 2},
                new float[] {0.5f, 0.5f},
                new boolean[] {false, true},
                new float[] {4, Float.NaN},
                2,
                y);
        assertThat(y).containsExactly(3, 2);
    }

    @Test
    void hysteresisIsTheWeightOfMaxBetaTdSquared() {
        // td = -2, beta = 0.2: loss (0.2 * 2)^2 = 0.16, and dL/dQ = 2 beta^2 (Q - y) = 0.16
        double q = 3;
        double y = 1;
        double weight = Targets.hysteresis(q, y, 0.2 * 0.2);
        assertThat(weight * (y - q) * (y - q)).isCloseTo(0.16, within(1e-12));
        assertThat(2 * weight * (q - y)).isCloseTo(0.16, within(1e-12));
        assertThat(Targets.hysteresis(1, 3, 0.04)).isEqualTo(1);
        assertThat(Targets.hysteresis(1, 1, 0.04)).isEqualTo(1);
        float[] weights = new float[3];
        Targets.hysteresis(new float[] {3, 1, 1}, new float[] {1, 3, 1}, 3, 0.25, weights);
        assertThat(weights).containsExactly(0.25f, 1, 1);
    }

    @Test
    void greedyChoiceKeepsToLegalMacroActionsAndTheLowestIndex() {
        float[] q = {9, 9, 1, 5, 5, 7};
        assertThat(ConditionalGreedy.argmax(q, 3, THREE)).isEqualTo(2);
        assertThat(ConditionalGreedy.argmax(q, 3, new boolean[] {true, true, false}))
                .isZero();
        assertThat(ConditionalGreedy.argmax(q, 0, new boolean[] {false, true, true}))
                .isEqualTo(1);
        assertThat(ConditionalGreedy.argmax(q, 0, 3)).isZero();
        assertThat(ConditionalGreedy.value(q, 3, THREE, true, 0)).isEqualTo(7);
        assertThat(ConditionalGreedy.value(q, 3, THREE, false, 1)).isEqualTo(5);
        assertThatThrownBy(() -> ConditionalGreedy.argmax(q, 0, new boolean[3])).hasMessageContaining("legal: none");
    }
}
