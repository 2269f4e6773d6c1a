package dev.macenv.avf.mixer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.GradientCheck;
import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import dev.macenv.avf.nn.Toy;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Values against worked numbers, gradients against differences, sizes against the specification. */
class MixerEquationsTest {
    private static final MixerShape SMALL = new MixerShape(List.of(2, 3), 4);
    private static final int ROWS = 6;

    private final RandomGenerator random = new SplittableRandom(21);
    private final Parameters parameters = new Parameters(EngineType.REFERENCE.create());

    @Test
    void qmixByHand() {
        Parameter q = variable("q", 1, -2);
        Tape tape = Tape.differentiating(parameters.engine());
        Node total = Qmix.combine(
                tape,
                tape.parameter(q),
                tape.constant(row(0.5, 1, 0.25, 0.5)),
                tape.constant(row(0.1, -0.2)),
                tape.constant(row(2, 0.5)),
                tape.constant(row(0.3)));
        tape.backward(total);
        assertThat(total.value().get(0, 0)).isCloseTo(0.409365, within(1e-6));
        assertThat(q.gradient().get(0, 0)).isCloseTo(1.409365, within(1e-6));
        assertThat(q.gradient().get(0, 1)).isCloseTo(0.704683, within(1e-6));
    }

    @ParameterizedTest
    @CsvSource({"true, 2, 0.5", "false, 1.4, 0.9"})
    void qplexByHand(boolean stopGrad, double dq0, double dq1) {
        Parameter q = variable("q", 1, -0.5);
        Parameter v = variable("v", 1, 0.5);
        Parameter w = variable("w", 2, 0.5);
        Parameter b = variable("b", 0.1, -0.3);
        Parameter lambda = variable("lambda", 0.7, 1.8);
        Tape tape = Tape.differentiating(parameters.engine());
        Node total = Qplex.combine(
                tape,
                tape.parameter(q),
                tape.parameter(v),
                tape.parameter(w),
                tape.parameter(b),
                tape.parameter(lambda),
                stopGrad);
        tape.backward(total);
        assertThat(total.value().get(0, 0)).isCloseTo(1.15, within(1e-12));
        // sum Vt + sum lambda At
        assertThat(2.1 - 0.05 + 0.7 * 0 + 1.8 * (-0.55 + 0.05)).isCloseTo(1.15, within(1e-12));
        assertGradient(q, dq0, dq1);
        assertGradient(lambda, 0, -0.5);
        assertGradient(b, 1, 1);
        if (stopGrad) {
            assertGradient(v, 0, 0);
            assertGradient(w, 1, -0.5);
        } else {
            assertGradient(v, 2 * (1 - 0.7), 0.5 * (1 - 1.8));
            assertGradient(w, 1, -0.5 + 0.8 * -1);
        }
    }

    @Test
    void vdnIsTheSum() {
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        GradientCheck.check(
                parameters, tape -> Toy.scalar(tape, new Vdn().mix(tape, input(tape, q, tape.parameter(q)))));
        Tape tape = Tape.evaluating(parameters.engine());
        Matrix total = new Vdn().mix(tape, input(tape, q, tape.parameter(q))).value();
        assertThat(total.get(3, 0)).isEqualTo(q.value().get(3, 0) + q.value().get(3, 1));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void qmixGradients(int layers) {
        Qmix mixer = new Qmix(SMALL, new Qmix.Settings(3, 5, layers), parameters, random);
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, mixer.mix(tape, input(tape, q, tape.parameter(q)))));
    }

    @ParameterizedTest
    @EnumSource(Qplex.Adv.class)
    void qplexGradientsWithoutStop(Qplex.Adv adv) {
        Qplex mixer = new Qplex(SMALL, new Qplex.Settings(4, 4, 2, 2, adv, false), parameters, random);
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        Parameter v = parameters.add("v", ROWS, 2, 1, random);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, mixer.mix(tape, input(tape, q, tape.parameter(v)))));
    }

    @Test
    void qplexWithTheConditionalMaximumHeldFixed() {
        Qplex mixer = new Qplex(SMALL, new Qplex.Settings(4, 4, 2, 2, Qplex.Adv.COND_MAX, false), parameters, random);
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        Matrix v = Toy.random(parameters, ROWS, 2, random);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, mixer.mix(tape, input(tape, q, tape.constant(v)))));
    }

    @Test
    void qplexWithStopDiffersFromDifferencesUnlessTheAdvantageIsFrozen() {
        Qplex mixer = new Qplex(SMALL, new Qplex.Settings(4, 4, 2, 2, Qplex.Adv.COND_MAX, true), parameters, random);
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        Parameter v = parameters.add("v", ROWS, 2, 1, random);
        Tape evaluating = Tape.evaluating(parameters.engine());
        MixerInput now = input(evaluating, q, evaluating.parameter(v));
        Matrix frozen = copy(evaluating
                .multiply(evaluating.subtract(now.utilities(), now.references()), mixer.weights(evaluating, now))
                .value());

        GradientCheck.check(
                parameters, tape -> Toy.scalar(tape, mixer.mix(tape, input(tape, q, tape.parameter(v)))), tape -> {
                    MixerInput in = input(tape, q, tape.parameter(v));
                    Node qt = tape.add(tape.multiply(in.utilities(), mixer.weights(tape, in)), mixer.biases(tape, in));
                    Node rest = tape.multiply(tape.plus(mixer.attention(tape, in), -1), tape.constant(frozen));
                    return Toy.scalar(tape, tape.sumColumns(tape.add(qt, rest)));
                });
        assertThatThrownBy(() -> GradientCheck.check(
                        parameters, tape -> Toy.scalar(tape, mixer.mix(tape, input(tape, q, tape.parameter(v))))))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void stoppingGradientsDoesNotChangeTheValue() {
        Parameters other = new Parameters(parameters.engine());
        Qplex stopped = new Qplex(
                SMALL, new Qplex.Settings(4, 4, 2, 2, Qplex.Adv.COND_MAX, true), parameters, new SplittableRandom(1));
        Qplex open = new Qplex(
                SMALL, new Qplex.Settings(4, 4, 2, 2, Qplex.Adv.COND_MAX, false), other, new SplittableRandom(1));
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        Matrix v = Toy.random(parameters, ROWS, 2, random);
        Tape tape = Tape.evaluating(parameters.engine());
        MixerInput in = input(tape, q, tape.constant(v));
        Matrix a = stopped.mix(tape, in).value();
        Matrix b = open.mix(tape, in).value();
        for (int r = 0; r < ROWS; r++) {
            assertThat(a.get(r, 0)).isEqualTo(b.get(r, 0));
        }
    }

    @Test
    void qplexWithoutAdvantagesIsTheSumOfTransformedUtilities() {
        Qplex mixer = new Qplex(SMALL, new Qplex.Settings(4, 4, 2, 2, Qplex.Adv.COND_MAX, true), parameters, random);
        Parameter q = parameters.add("q", ROWS, 2, 1, random);
        Tape tape = Tape.evaluating(parameters.engine());
        MixerInput in = input(tape, q, tape.parameter(q));
        Matrix total = mixer.mix(tape, in).value();
        Matrix sum = tape.sumColumns(
                        tape.add(tape.multiply(in.utilities(), mixer.weights(tape, in)), mixer.biases(tape, in)))
                .value();
        for (int r = 0; r < ROWS; r++) {
            assertThat(total.get(r, 0)).isCloseTo(sum.get(r, 0), within(1e-12));
        }
    }

    @Test
    void qplexWithAttentionOneIsTheSumOfTransformedUtilities() {
        Tape tape = Tape.evaluating(parameters.engine());
        Node total = Qplex.combine(
                tape,
                tape.constant(row(1, -0.5)),
                tape.constant(row(3, 0.5)),
                tape.constant(row(2, 0.5)),
                tape.constant(row(0.1, -0.3)),
                tape.constant(row(1, 1)),
                true);
        assertThat(total.value().get(0, 0)).isCloseTo(2.1 - 0.55, within(1e-12));
    }

    @Test
    void qmixOfOneLinearUnitIsVdn() {
        Tape tape = Tape.evaluating(parameters.engine());
        // a bias that keeps ELU on its linear side is taken off again by v
        Node total = Qmix.combine(
                tape,
                tape.constant(row(1, -3)),
                tape.constant(row(1, 1)),
                tape.constant(row(10)),
                tape.constant(row(1)),
                tape.constant(row(-10)));
        assertThat(total.value().get(0, 0)).isCloseTo(-2, within(1e-12));
    }

    @ParameterizedTest
    @CsvSource({
        "qmix, 0, 8 8, 36, 7937",
        "qmix, 0, 3 3 6, 72, 13601",
        "qplex, 4, 8 8, 36, 19416",
        "qplex, 10, 8 8, 36, 44790",
        "qplex, 4, 3 3 6, 72, 35362",
        "qplex, 4, 2 2 2 2 2 2 2 2 2 2, 220, 105000",
        "qplex, 10, 2 2 2 2 2 2 2 2 2 2, 220, 240294"
    })
    void parameterCountsAreThoseOfTheSpecification(
            String name, int heads, String actions, int stateSize, int expected) {
        List<Integer> counts =
                List.of(actions.split(" ")).stream().map(Integer::valueOf).toList();
        Record settings = name.equals("qmix")
                ? new Qmix.Settings(32, 32, 2)
                : new Qplex.Settings(32, 32, 2, heads, Qplex.Adv.COND_MAX, true);
        MixerProvider.named(name).createFrom(new MixerShape(counts, stateSize), settings, parameters, random);
        assertThat(parameters.size()).isEqualTo(expected);
    }

    @Test
    void mixersAreFoundByName() {
        assertThat(MixerProvider.all().stream().map(MixerProvider::name)).contains("qmix", "qplex", "vdn");
        assertThatThrownBy(() -> MixerProvider.named("qmax"))
                .hasMessageStartingWith("mixer: qmax (expected: one of [")
                .hasMessageContaining("qmix");
        assertThatThrownBy(() -> MixerProvider.named("qmix").createFrom(SMALL, new Vdn.Settings(), parameters, random))
                .hasMessageContaining("expected: a Settings for the mixer qmix");
    }

    @Test
    void badSettingsAreReportedTogether() {
        assertThatThrownBy(() -> new Qplex.Settings(0, 32, 0, 0, Qplex.Adv.COND_MAX, true))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "hypernetEmbed: 0 (expected: at least 1)",
                                        "attentionLayers: 0 (expected: at least 1)",
                                        "heads: 0 (expected: at least 1)"));
        assertThatThrownBy(() -> new Qmix.Settings(0, 0, 1))
                .hasMessageContaining("embed: 0")
                .hasMessageContaining("hypernetEmbed: 0");
    }

    @ParameterizedTest
    @CsvSource({"COND_MAX, CONDITIONAL_MAX", "FULL_MAX, FULL_MAX", "FREE, VALUE_HEAD", "STATE_LAMBDA, VALUE_HEAD"})
    void eachAdvantageAsksForItsReferences(Qplex.Adv adv, Mixer.References expected) {
        assertThat(new Qplex(SMALL, new Qplex.Settings(4, 4, 2, 1, adv, true), parameters, random).references())
                .isEqualTo(expected);
        assertThat(new Vdn().references()).isEqualTo(Mixer.References.NONE);
    }

    private Parameter variable(String name, double... values) {
        Parameter parameter = parameters.add(name, 1, values.length, 0, random);
        for (int c = 0; c < values.length; c++) {
            parameter.value().set(0, c, values[c]);
        }
        return parameter;
    }

    private Matrix row(double... values) {
        return Toy.matrix(parameters, 1, values.length, values);
    }

    private MixerInput input(Tape tape, Parameter q, Node references) {
        RandomGenerator fixed = new SplittableRandom(33);
        Matrix state = Toy.random(parameters, ROWS, SMALL.stateSize(), fixed);
        Matrix actions = parameters.engine().matrix(ROWS, SMALL.jointActionSize());
        for (int r = 0; r < ROWS; r++) {
            actions.set(r, fixed.nextInt(2), 1);
            actions.set(r, 2 + fixed.nextInt(3), 1);
        }
        return new MixerInput(tape.parameter(q), references, tape.constant(state), tape.constant(actions));
    }

    private Matrix copy(Matrix x) {
        Matrix y = parameters.engine().matrix(x.rows(), x.columns());
        parameters.engine().copy(x, y);
        return y;
    }

    private static void assertGradient(Parameter parameter, double... expected) {
        for (int c = 0; c < expected.length; c++) {
            assertThat(parameter.gradient().get(0, c))
                    .as("%s[%d]", parameter.name(), c)
                    .isCloseTo(expected[c], within(1e-12));
        }
    }
}
