package dev.macenv.avf.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients of the tape's operations and of the layers against central differences. */
class TapeGradientTest {
    private final RandomGenerator random = new SplittableRandom(11);
    private final Parameters parameters = new Parameters(EngineType.REFERENCE.create());

    private Parameter add(String name, int rows, int columns) {
        return parameters.add(name, rows, columns, 1, random);
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, mode = EnumSource.Mode.EXCLUDE, names = "LOG")
    void linearWithActivation(Activation f) {
        Parameter x = add("x", 4, 3);
        Parameter w = add("w", 3, 5);
        Parameter b = add("b", 1, 5);
        GradientCheck.check(
                parameters,
                tape -> Toy.scalar(tape, tape.linear(tape.parameter(x), tape.parameter(w), tape.parameter(b), f)));
    }

    @ParameterizedTest
    @EnumSource(value = Activation.class, mode = EnumSource.Mode.EXCLUDE, names = "LOG")
    void activationAlone(Activation f) {
        Parameter x = add("x", 4, 3);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, tape.activate(f, tape.parameter(x))));
    }

    @Test
    void logarithmOfPositiveNumbers() {
        Parameter x = add("x", 4, 3);
        GradientCheck.check(
                parameters, tape -> Toy.scalar(tape, tape.log(tape.plus(tape.sigmoid(tape.parameter(x)), 0.1))));
    }

    @TestFactory
    Stream<DynamicTest> operationsOnOneMatrix() {
        int[] rows = {2, 0, 2, 2, 1};
        int[] columns = {0, 3, 0, 2, 1};
        return Stream.of(
                        unary("scale", (tape, x) -> tape.scale(-1.5, x)),
                        unary("plus", (tape, x) -> tape.plus(x, -1.5)),
                        unary("sumColumns", (tape, x) -> tape.sumColumns(x)),
                        unary("meanColumns", (tape, x) -> tape.meanColumns(x)),
                        unary("maxColumns, read by all columns", (tape, x) -> tape.subtract(x, tape.maxColumns(x))),
                        unary("gatherRows, rows repeated", (tape, x) -> tape.gatherRows(x, rows, 5)),
                        unary(
                                "pick, elements repeated",
                                (tape, x) -> tape.add(
                                        tape.pick(x, rows, columns, 5),
                                        tape.scale(0.5, tape.pick(x, rows, columns, 5)))),
                        unary("used twice", (tape, x) -> tape.multiply(tape.sigmoid(x), tape.elu(x))))
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    Parameters one = new Parameters(EngineType.REFERENCE.create());
                    Parameter x = one.add("x", 3, 4, 1, new SplittableRandom(3));
                    GradientCheck.check(
                            one, tape -> Toy.scalar(tape, c.operation().apply(tape, tape.parameter(x))));
                }));
    }

    @TestFactory
    Stream<DynamicTest> operationsOnTwoMatrices() {
        return Stream.of(
                        binary("add", 3, 4, Tape::add),
                        binary("add a column", 3, 1, Tape::add),
                        binary("subtract", 3, 4, Tape::subtract),
                        binary("subtract a column", 3, 1, Tape::subtract),
                        binary("multiply", 3, 4, Tape::multiply),
                        binary("multiply by a column", 3, 1, Tape::multiply),
                        binary("rowDot", 3, 4, Tape::rowDot),
                        binary("rowTimesMatrix", 3, 20, Tape::rowTimesMatrix),
                        binary("join", 3, 2, Tape::join))
                .map(c -> DynamicTest.dynamicTest(c.name(), () -> {
                    Parameters two = new Parameters(EngineType.REFERENCE.create());
                    Parameter a = two.add("a", 3, 4, 1, new SplittableRandom(3));
                    Parameter b = two.add("b", c.rows(), c.columns(), 1, new SplittableRandom(4));
                    GradientCheck.check(
                            two,
                            tape -> Toy.scalar(tape, c.operation().apply(tape, tape.parameter(a), tape.parameter(b))));
                }));
    }

    @Test
    void joinedColumns() {
        Parameter a = add("a", 3, 1);
        Parameter b = add("b", 3, 1);
        Parameter c = add("c", 3, 2);
        GradientCheck.check(
                parameters,
                tape -> Toy.scalar(
                        tape, tape.joinColumns(List.of(tape.parameter(a), tape.parameter(b), tape.parameter(c)))));
    }

    @Test
    void gruCell() {
        gru(PackedSequences.ofLengths(1, 1, 1));
    }

    @Test
    void gruOverSequencesOfDifferentLengths() {
        gru(PackedSequences.ofLengths(5, 5, 3, 1));
    }

    private void gru(PackedSequences sequences) {
        Parameter x = add("x", sequences.rows(), 2);
        Gru layer = new Gru("gru", 2, 3, parameters, random);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, layer.forward(tape, tape.parameter(x), sequences)));
    }

    /** From hidden states that are constants: they matter, and no gradient reaches them. */
    @Test
    void gruFromAnEarlierState() {
        PackedSequences sequences = PackedSequences.ofLengths(3, 2, 1);
        Parameter x = add("x", sequences.rows(), 2);
        Gru layer = new Gru("gru", 2, 3, parameters, random);
        Matrix initial = parameters.engine().matrix(3, 3);
        for (int r = 0; r < 3; r++) {
            for (int c = 0; c < 3; c++) {
                initial.set(r, c, random.nextGaussian());
            }
        }
        GradientCheck.check(
                parameters, tape -> Toy.scalar(tape, layer.forward(tape, tape.parameter(x), sequences, initial)));
        double[] from = GradientCheck.gradient(
                parameters, tape -> Toy.scalar(tape, layer.forward(tape, tape.parameter(x), sequences, initial)));
        assertThat(GradientCheck.gradient(
                        parameters, tape -> Toy.scalar(tape, layer.forward(tape, tape.parameter(x), sequences))))
                .isNotEqualTo(from);
    }

    @Test
    void gruWithGradientsAtSeveralStepsAndRowsSharedByHeldHistories() {
        PackedSequences sequences = PackedSequences.ofLengths(5, 4);
        Parameter x = add("x", sequences.rows(), 2);
        Gru layer = new Gru("gru", 2, 3, parameters, random);
        // joint rows of an agent that is ongoing now and then: its histories of steps 0, 2 and 4 are held over several
        // rows
        int[] held = {
            sequences.row(0, 0),
            sequences.row(0, 0),
            sequences.row(2, 0),
            sequences.row(2, 0),
            sequences.row(2, 0),
            sequences.row(4, 0),
            sequences.row(1, 1),
            sequences.row(3, 1),
            sequences.row(3, 1)
        };
        GradientCheck.check(
                parameters,
                tape -> Toy.scalar(
                        tape, tape.gatherRows(layer.forward(tape, tape.parameter(x), sequences), held, held.length)));
    }

    @ParameterizedTest
    @EnumSource(Dueling.class)
    void agentNetworkWithEveryHead(Dueling dueling) {
        PackedSequences sequences = PackedSequences.ofLengths(3, 2);
        NetworkSettings settings = new NetworkSettings(
                List.of(4), 3, List.of(4), dueling, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        AgentNetwork network = new AgentNetwork("agent", 2, 3, settings, parameters, random);
        Matrix observations = Toy.random(parameters, sequences.rows(), 2, random);
        int[] rows = {0, 0, 2, 4, 3};
        int[] actions = {1, 2, 0, 0, 1};
        GradientCheck.check(parameters, tape -> {
            AgentUtilities utilities = network.forward(tape, tape.constant(observations), sequences);
            return Toy.scalar(
                    tape,
                    tape.join(tape.pick(utilities.q(), rows, actions, 5), tape.gatherRows(utilities.q(), rows, 5)));
        });
    }

    @Test
    void weightedSquares() {
        Parameter x = add("x", 4, 1);
        Matrix weights = Toy.matrix(parameters, 4, 1, 1, 0.16, 0.5, 1);
        GradientCheck.check(parameters, tape -> tape.weightedSquares(tape.parameter(x), tape.constant(weights), 3));
        assertThat(
                        GradientCheck.gradient(
                                parameters, tape -> tape.weightedSquares(tape.parameter(x), tape.constant(weights), 3))[
                                1])
                .isEqualTo(2 * 0.16 * x.value().get(1, 0) / 3);
    }

    @Test
    void weightedSum() {
        Parameter x = add("x", 4, 1);
        Matrix weights = Toy.matrix(parameters, 4, 1, 1, -0.25, 0.5, 0);
        Function<Tape, Node> sum = tape -> tape.weightedSum(tape.parameter(x), tape.constant(weights), 4);
        GradientCheck.check(parameters, sum);
        assertThat(GradientCheck.gradient(parameters, sum)).containsExactly(0.25, -0.0625, 0.125, 0);
    }

    @Test
    void gatesStopSomeGradientsAndDetachingStopsAll() {
        Parameter x = add("x", 3, 2);
        Matrix gate = Toy.matrix(parameters, 3, 1, 1, 0, 1);
        Function<Tape, Node> open = tape -> Toy.scalar(tape, tape.parameter(x));
        Function<Tape, Node> gated =
                tape -> Toy.scalar(tape, tape.gateGradient(tape.parameter(x), tape.constant(gate)));
        double[] all = GradientCheck.gradient(parameters, open);
        double[] some = GradientCheck.gradient(parameters, gated);
        assertThat(some).containsExactly(all[0], all[1], 0, 0, all[4], all[5]);
        Tape tape = Tape.evaluating(parameters.engine());
        assertThat(gated.apply(tape).value().get(0, 0))
                .isEqualTo(open.apply(tape).value().get(0, 0));

        double[] half = GradientCheck.gradient(parameters, t -> {
            Node node = t.parameter(x);
            return Toy.scalar(t, t.add(node, t.detach(node)));
        });
        double[] doubled = GradientCheck.gradient(parameters, t -> Toy.scalar(t, t.scale(2, t.parameter(x))));
        for (int i = 0; i < half.length; i++) {
            assertThat(half[i]).isEqualTo(doubled[i] / 2);
        }
    }

    private record Unary(String name, BiFunction<Tape, Node, Node> operation) {}

    private static Unary unary(String name, BiFunction<Tape, Node, Node> operation) {
        return new Unary(name, operation);
    }

    private interface BinaryOperation {
        Node apply(Tape tape, Node a, Node b);
    }

    private record Binary(String name, int rows, int columns, BinaryOperation operation) {}

    private static Binary binary(String name, int rows, int columns, BinaryOperation operation) {
        return new Binary(name, rows, columns, operation);
    }
}
