package dev.macenv.avf.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Tape;
import dev.macenv.avf.nn.Toy;
import org.junit.jupiter.api.Test;

/** The mixers keep Mac-IGM; and the forms that are known to violate it must be seen to. */
class MacIgmTest {
    @Test
    void vdnIsConsistent() {
        assertThat(MacIgm.of((parameters, random) -> new Vdn())).isEqualTo(new MacIgm.Violations(0, 0));
    }

    @Test
    void qmixIsConsistent() {
        assertThat(MacIgm.of(
                        (parameters, random) -> new Qmix(MacIgm.SHAPE, new Qmix.Settings(8, 8, 2), parameters, random)))
                .isEqualTo(new MacIgm.Violations(0, 0));
    }

    @Test
    void qmixWithoutAbsoluteValuesIsNot() {
        MacIgm.Violations violations = MacIgm.of((parameters, random) -> {
            Matrix w1 = Toy.random(parameters, 1, MacIgm.AGENTS * 8, random);
            Matrix b1 = Toy.random(parameters, 1, 8, random);
            Matrix wf = Toy.random(parameters, 1, 8, random);
            Matrix v = Toy.random(parameters, 1, 1, random);
            return (tape, in) -> Qmix.combine(
                    tape,
                    in.utilities(),
                    spread(tape, w1, in),
                    spread(tape, b1, in),
                    spread(tape, wf, in),
                    spread(tape, v, in));
        });
        assertThat(violations.allFree()).isGreaterThan(MacIgm.MIXERS / 2);
        assertThat(violations.someOngoing()).isGreaterThan(MacIgm.MIXERS / 2);
    }

    @Test
    void qplexWithConditionalMaximaIsConsistent() {
        assertThat(MacIgm.of(qplex(Qplex.Adv.COND_MAX))).isEqualTo(new MacIgm.Violations(0, 0));
    }

    @Test
    void qplexWithStateAttentionIsConsistent() {
        assertThat(MacIgm.of(qplex(Qplex.Adv.STATE_LAMBDA))).isEqualTo(new MacIgm.Violations(0, 0));
    }

    @Test
    void originalQplexIsConsistentOnlyWhileAllAgentsAreFree() {
        MacIgm.Violations violations = MacIgm.of(qplex(Qplex.Adv.FULL_MAX));
        assertThat(violations.allFree()).isZero();
        assertThat(violations.someOngoing()).isGreaterThan(MacIgm.MIXERS / 20);
    }

    @Test
    void freeAdvantagesAreNotConsistent() {
        MacIgm.Violations violations = MacIgm.of(qplex(Qplex.Adv.FREE));
        assertThat(violations.allFree()).isGreaterThan(MacIgm.MIXERS / 10);
        assertThat(violations.someOngoing()).isGreaterThan(MacIgm.MIXERS / 10);
    }

    /** With action nets whose weights are large enough that lambda really depends on the macro-actions. */
    private static MacIgm.Maker qplex(Qplex.Adv adv) {
        return (parameters, random) -> {
            Qplex mixer = new Qplex(MacIgm.SHAPE, new Qplex.Settings(8, 8, 2, 2, adv, true), parameters, random);
            for (Parameter parameter : parameters.list()) {
                if (parameter.name().endsWith("act/0/weight")) {
                    scale(parameter.value(), 6);
                } else if (parameter.name().endsWith("act/1/weight")) {
                    scale(parameter.value(), 3);
                }
            }
            return mixer;
        };
    }

    /** The one row of x for every row of the input. */
    private static Node spread(Tape tape, Matrix x, MixerInput in) {
        Node y = tape.constant(in.utilities().rows(), x.columns());
        tape.engine().fillRows(x, y.value());
        return y;
    }

    private static void scale(Matrix x, double factor) {
        for (int r = 0; r < x.rows(); r++) {
            for (int c = 0; c < x.columns(); c++) {
                x.set(r, c, factor * x.get(r, c));
            }
        }
    }
}
