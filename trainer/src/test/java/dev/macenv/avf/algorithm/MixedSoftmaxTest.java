package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Tape;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MixedSoftmaxTest {
    private static final boolean[] ALL = {true, true, true};
    private static final float[] LOGITS = {0, (float) Math.log(2), (float) Math.log(5)};

    @Test
    void theMixtureByHand() {
        double[] pi = new double[3];
        MixedSoftmax.probabilities(LOGITS, ALL, 3, 0.3, pi);
        assertThat(pi).containsExactly(new double[] {.7 / 8 + .1, .7 * 2 / 8 + .1, .7 * 5 / 8 + .1}, within(1e-7));
    }

    /** (1/8, 5/8) of the softmax remain, mixed with a third of epsilon each before they are divided by their sum. */
    @Test
    void whatIsInadmissibleIsConditionedAway() {
        double[] pi = new double[3];
        MixedSoftmax.probabilities(LOGITS, new boolean[] {true, false, true}, 3, 0.3, pi);
        double sum = .7 * 6 / 8 + .2;
        assertThat(pi).containsExactly(new double[] {(.7 / 8 + .1) / sum, 0, (.7 * 5 / 8 + .1) / sum}, within(1e-7));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 1})
    void samplesAsOftenAsItSays(double epsilon) {
        Random random = new Random(1);
        double[] pi = new double[3];
        int[] counts = new int[3];
        int draws = 40_000;
        for (int k = 0; k < draws; k++) {
            counts[MixedSoftmax.choose(LOGITS, ALL, 3, epsilon, random.nextDouble(), pi)]++;
        }
        for (int m = 0; m < 3; m++) {
            double expected = (1 - epsilon) * Math.exp(LOGITS[m]) / 8 + epsilon / 3;
            assertThat(counts[m] / (double) draws).isCloseTo(expected, within(0.01));
        }
    }

    @Test
    void theEndsOfTheDrawChooseWhatIsPossible() {
        double[] pi = new double[3];
        boolean[] middle = {false, true, false};
        for (double drawn : new double[] {0, 0.5, Math.nextDown(1.0)}) {
            assertThat(MixedSoftmax.choose(LOGITS, middle, 3, 0.5, drawn, pi)).isEqualTo(1);
            assertThat(MixedSoftmax.choose(LOGITS, middle, 3, 0, drawn, pi)).isEqualTo(1);
        }
        assertThatThrownBy(() -> MixedSoftmax.probabilities(LOGITS, new boolean[3], 3, 0.5, pi))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What is learnt from is the logarithm of what was sampled from, with and without epsilon. */
    @ParameterizedTest
    @EnumSource(EngineType.class)
    void learnsFromTheLogarithmOfWhatItSamplesFrom(EngineType type) {
        boolean[] some = {true, false, true};
        double[] pi = new double[3];
        for (double epsilon : new double[] {0, 1e-3, 0.3}) {
            double[] all = logProbabilities(type, epsilon, null);
            MixedSoftmax.probabilities(LOGITS, ALL, 3, epsilon, pi);
            for (int m = 0; m < 3; m++) {
                assertThat(all[m]).isCloseTo(Math.log(pi[m]), within(1e-6));
            }
            double[] conditional = logProbabilities(type, epsilon, new float[] {1, 0, 1});
            MixedSoftmax.probabilities(LOGITS, some, 3, epsilon, pi);
            assertThat(conditional[0]).isCloseTo(Math.log(pi[0]), within(1e-6));
            assertThat(conditional[2]).isCloseTo(Math.log(pi[2]), within(1e-6));
        }
    }

    /** Without epsilon a policy may be as good as certain; nothing becomes infinite, nor not a number. */
    @ParameterizedTest
    @EnumSource(EngineType.class)
    void certaintyIsNoSingularity(EngineType type) {
        Engine engine = type.create();
        Tape tape = Tape.differentiating(engine);
        Matrix logits = engine.matrix(1, 3);
        logits.write(new float[] {400, -400, 0}, 0);
        Matrix mask = engine.matrix(1, 3);
        mask.write(new float[] {0, 1, 1}, 0);
        for (boolean masked : new boolean[] {false, true}) {
            tape.reset();
            Node z = tape.variable(logits);
            Node log = MixedSoftmax.logProbabilities(tape, z, 0, masked ? tape.constant(mask) : null);
            Node entropy = tape.rowDot(tape.exp(log), log);
            Node chosen = tape.pick(log, new int[] {0}, new int[] {1}, 1);
            assertThat(chosen.value().get(0, 0)).isEqualTo(masked ? -400 : -800);
            tape.backward(tape.add(chosen, entropy));
            double[] gradient = {
                z.gradient().get(0, 0), z.gradient().get(0, 1), z.gradient().get(0, 2)
            };
            assertThat(gradient)
                    .containsExactly(masked ? new double[] {0, 1, -1} : new double[] {-1, 1, 0}, within(1e-6));
        }
    }

    private static double[] logProbabilities(EngineType type, double epsilon, float @Nullable [] admissible) {
        Engine engine = type.create();
        Tape tape = Tape.evaluating(engine);
        Node mask = admissible == null ? null : tape.constant(admissible, 1, 3);
        Node log = MixedSoftmax.logProbabilities(tape, tape.constant(LOGITS, 1, 3), epsilon, mask);
        return new double[] {
            log.value().get(0, 0), log.value().get(0, 1), log.value().get(0, 2)
        };
    }
}
