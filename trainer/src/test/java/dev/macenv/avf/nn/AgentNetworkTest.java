package dev.macenv.avf.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AgentNetworkTest {
    private static final NetworkSettings PAPER = new NetworkSettings(
            List.of(64, 64), 64, List.of(64), Dueling.MEAN, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);

    @ParameterizedTest
    @CsvSource({"5 8 5 8, 68498", "13 3 13 3 5 6, 102991", "18 4 18 4 5 6, 103761", "23 5 23 5 5 6, 104531"})
    void parameterCountsAreThoseOfTheSpecification(String sizes, int expected) {
        Parameters parameters = new Parameters(EngineType.VECTOR.create());
        int[] numbers = Pattern.compile(" ")
                .splitAsStream(sizes)
                .mapToInt(Integer::parseInt)
                .toArray();
        for (int i = 0; i < numbers.length; i += 2) {
            new AgentNetwork("agent" + i / 2, numbers[i], numbers[i + 1], PAPER, parameters, new SplittableRandom(1));
        }
        assertThat(parameters.size()).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Dueling.class)
    void actingStepByStepGivesTheUtilitiesOfTheWholeSequence(Dueling dueling) {
        for (EngineType type : EngineType.values()) {
            // the library below ND4J sums products in an order that depends on their size
            double tolerance = type == EngineType.ND4J ? 1e-6 : 0;
            Parameters parameters = new Parameters(type.create());
            NetworkSettings settings = new NetworkSettings(
                    List.of(10, 9), 11, List.of(7), dueling, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
            AgentNetwork network = new AgentNetwork("agent", 4, 5, settings, parameters, new SplittableRandom(1));
            PackedSequences sequences = PackedSequences.ofLengths(6, 6, 4, 1);
            Matrix observations = Toy.random(parameters, sequences.rows(), 4, new SplittableRandom(2));
            Tape tape = Tape.evaluating(parameters.engine());
            Matrix together = network.forward(tape, tape.constant(observations), sequences)
                    .q()
                    .value();
            for (int rank = 0; rank < sequences.sequences(); rank++) {
                Matrix hidden = parameters.engine().matrix(1, 11);
                Matrix q = parameters.engine().matrix(1, 5);
                for (int s = 0; s < sequences.steps() && rank < sequences.count(s); s++) {
                    network.act(observations.rowsFrom(sequences.row(s, rank), 1), hidden, q);
                    for (int m = 0; m < 5; m++) {
                        assertThat(q.get(0, m)).isCloseTo(together.get(sequences.row(s, rank), m), within(tolerance));
                    }
                }
            }
        }
    }

    @Test
    void decisionsOfSeveralHistoriesAtOnceAreThoseOfEachAlone() {
        Parameters parameters = new Parameters(EngineType.VECTOR.create());
        AgentNetwork network = new AgentNetwork("agent", 4, 5, PAPER, parameters, new SplittableRandom(1));
        Engine engine = parameters.engine();
        Matrix observations = Toy.random(parameters, 7, 4, new SplittableRandom(2));
        Matrix hidden = Toy.random(parameters, 7, 64, new SplittableRandom(3));
        Matrix alone = engine.matrix(1, 64);
        Matrix one = engine.matrix(1, 5);
        Matrix all = engine.matrix(7, 5);
        Matrix hiddenBefore = engine.matrix(7, 64);
        engine.copy(hidden, hiddenBefore);
        network.act(observations, hidden, all);
        for (int r = 0; r < 7; r++) {
            engine.copy(hiddenBefore.rowsFrom(r, 1), alone);
            network.act(observations.rowsFrom(r, 1), alone, one);
            for (int m = 0; m < 5; m++) {
                assertThat(one.get(0, m)).isEqualTo(all.get(r, m));
            }
            assertThat(alone.get(0, 63)).isEqualTo(hidden.get(r, 63));
        }
    }

    @Test
    void enginesAgreeOnANetworkAndItsGradients() {
        double[] expected = gradients(EngineType.REFERENCE);
        double[] actual = gradients(EngineType.VECTOR);
        double norm = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            norm += expected[i] * expected[i];
            difference += Math.pow(actual[i] - expected[i], 2);
        }
        assertThat(Math.sqrt(difference / norm)).isLessThan(1e-5);
    }

    private static double[] gradients(EngineType type) {
        Parameters parameters = new Parameters(type.create());
        AgentNetwork network = new AgentNetwork("agent", 5, 8, PAPER, parameters, new SplittableRandom(1));
        PackedSequences sequences = PackedSequences.ofLengths(5, 4, 4, 2, 1);
        Matrix observations = Toy.random(parameters, sequences.rows(), 5, new SplittableRandom(2));
        return GradientCheck.gradient(
                parameters,
                tape -> Toy.scalar(
                        tape,
                        network.forward(tape, tape.constant(observations), sequences)
                                .q()));
    }

    @Test
    void theGruFollowsTorchsConvention() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        Gru gru = new Gru("gru", 1, 1, parameters, new SplittableRandom(5));
        double[] wi = row(parameters, "gru/inputWeight");
        double[] bi = row(parameters, "gru/inputBias");
        double[] wh = row(parameters, "gru/weight");
        double[] bh = row(parameters, "gru/bias");
        double[] x = {0.5, -1.5, 2};
        double h = 0;
        double[] expected = new double[3];
        for (int s = 0; s < 3; s++) {
            double r = 1 / (1 + Math.exp(-(wi[0] * x[s] + bi[0] + wh[0] * h + bh[0])));
            double z = 1 / (1 + Math.exp(-(wi[1] * x[s] + bi[1] + wh[1] * h + bh[1])));
            // the reset gate multiplies the recurrent term including its bias
            double g = Math.tanh(wi[2] * x[s] + bi[2] + r * (wh[2] * h + bh[2]));
            h = (1 - z) * g + z * h;
            expected[s] = h;
        }
        Tape tape = Tape.evaluating(parameters.engine());
        Matrix hidden = gru.forward(tape, tape.constant(Toy.matrix(parameters, 3, 1, x)), PackedSequences.ofLengths(3))
                .value();
        for (int s = 0; s < 3; s++) {
            assertThat(hidden.get(s, 0)).isCloseTo(expected[s], within(1e-15));
        }
    }

    @Test
    void initialValuesHaveTheirBounds() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        new AgentNetwork("agent", 5, 8, PAPER, parameters, new SplittableRandom(1));
        assertBound(parameters, "agent/before0/weight", 1.41414 * Math.sqrt(6.0 / 69));
        assertBound(parameters, "agent/before0/bias", 0);
        assertBound(parameters, "agent/gru/weight", 1.0 / 8);
        assertBound(parameters, "agent/gru/inputBias", 1.0 / 8);
        assertBound(parameters, "agent/after0/weight", 1.41414 * Math.sqrt(6.0 / 128));
        assertBound(parameters, "agent/advantage/weight", Math.sqrt(6.0 / 72));
        assertBound(parameters, "agent/v/bias", 0);
        assertThat(parameters.list().stream().map(Parameter::name))
                .containsExactly(
                        "agent/before0/weight",
                        "agent/before0/bias",
                        "agent/before1/weight",
                        "agent/before1/bias",
                        "agent/gru/inputWeight",
                        "agent/gru/inputBias",
                        "agent/gru/weight",
                        "agent/gru/bias",
                        "agent/after0/weight",
                        "agent/after0/bias",
                        "agent/v/weight",
                        "agent/v/bias",
                        "agent/advantage/weight",
                        "agent/advantage/bias");
    }

    @Test
    void badSettingsAreReportedTogether() {
        assertThatThrownBy(() -> new NetworkSettings(
                        List.of(0), -1, List.of(4), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER))
                .isInstanceOfSatisfying(
                        InvalidSettings.class,
                        e -> assertThat(e.problems())
                                .containsExactly(
                                        "before: [0] (expected: widths of at least 1)",
                                        "recurrent: -1 (expected: at least 0)"));
        assertThatThrownBy(
                        () -> new OptimizerSettings(OptimizerSettings.Name.ADAM, 0, -1, OptimizerSettings.Anneal.NONE))
                .hasMessageContaining("learningRate: 0.0")
                .hasMessageContaining("clipNorm: -1.0");
    }

    private static double[] row(Parameters parameters, String name) {
        Matrix value = parameters.get(name).value();
        return new double[] {value.get(0, 0), value.get(0, 1), value.get(0, 2)};
    }

    private static void assertBound(Parameters parameters, String name, double bound) {
        Matrix value = parameters.get(name).value();
        double largest = 0;
        for (int r = 0; r < value.rows(); r++) {
            for (int c = 0; c < value.columns(); c++) {
                largest = Math.max(largest, Math.abs(value.get(r, c)));
            }
        }
        assertThat(largest).as(name).isBetween(0.9 * bound, bound * 1.00001);
    }
}
