package dev.macenv.avf.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation of every engine against the simplest loops in double precision. */
class EngineAgreementTest {
    private static final double TOLERANCE = 1e-5;

    /** An operation on matrices of given shapes; all of them are compared afterwards, since any may have been written to. */
    private record Case(String name, List<Shape> shapes, Operation operation) {
        static Case of(String name, Operation operation, Shape... shapes) {
            return new Case(name, List.of(shapes), operation);
        }
    }

    private interface Operation {
        /** Returns a number to compare as well; 0 if there is none. */
        double apply(Engine engine, Matrix[] x);
    }

    private interface Silent {
        void apply(Engine engine, Matrix[] x);
    }

    private static Operation of(Silent operation) {
        return (engine, x) -> {
            operation.apply(engine, x);
            return 0;
        };
    }

    private record Shape(int rows, int columns) {
        Matrix matrix(Engine engine) {
            return engine.matrix(rows, columns);
        }
    }

    private static Shape shape(int rows, int columns) {
        return new Shape(rows, columns);
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheReference() {
        return cases().stream()
                .flatMap(c -> Stream.of(
                        test(c, "loops", new VectorEngine(new LoopKernels())),
                        test(c, "vectors", new VectorEngine()),
                        test(c, "nd4j", EngineType.ND4J.create())));
    }

    private static DynamicTest test(Case c, String name, Engine engine) {
        return DynamicTest.dynamicTest(c.name() + ", " + name, () -> compare(c, engine));
    }

    private static void compare(Case c, Engine engine) {
        RandomGenerator random = new SplittableRandom(c.name().hashCode());
        Engine reference = EngineType.REFERENCE.create();
        Matrix[] expected = new Matrix[c.shapes().size()];
        Matrix[] actual = new Matrix[c.shapes().size()];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = c.shapes().get(i).matrix(reference);
            actual[i] = c.shapes().get(i).matrix(engine);
            for (int j = 0; j < expected[i].size(); j++) {
                float value = (float) (2 * random.nextDouble() - 1);
                expected[i].storage().set(j, value);
                actual[i].storage().set(j, value);
            }
        }
        double expectedNumber = c.operation().apply(reference, expected);
        double number = c.operation().apply(engine, actual);
        assertThat(number).isCloseTo(expectedNumber, within(TOLERANCE * (1 + Math.abs(expectedNumber))));
        for (int i = 0; i < expected.length; i++) {
            double largest = 1;
            for (int j = 0; j < expected[i].size(); j++) {
                largest = Math.max(largest, Math.abs(expected[i].storage().get(j)));
            }
            for (int j = 0; j < expected[i].size(); j++) {
                assertThat(actual[i].storage().get(j))
                        .as("%s: matrix %d, element %d", c.name(), i, j)
                        .isCloseTo(expected[i].storage().get(j), within(TOLERANCE * largest));
            }
        }
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (boolean add : new boolean[] {false, true}) {
            // widths on, below and above multiples of 8 and 24; depths beyond one slice
            for (int[] mkn :
                    new int[][] {{1, 1, 1}, {5, 3, 7}, {6, 8, 24}, {9, 13, 41}, {4, 64, 64}, {3, 170, 19}, {7, 345, 27}
                    }) {
                int m = mkn[0];
                int k = mkn[1];
                int n = mkn[2];
                String size = " " + m + "x" + k + "x" + n + " " + add;
                cases.add(Case.of(
                        "product" + size,
                        of((e, x) -> e.product(x[0], x[1], x[2], add)),
                        shape(m, k),
                        shape(k, n),
                        shape(m, n)));
                cases.add(Case.of(
                        "productTransposedLeft" + size,
                        of((e, x) -> e.productTransposedLeft(x[0], x[1], x[2], add)),
                        shape(k, m),
                        shape(k, n),
                        shape(m, n)));
                cases.add(Case.of(
                        "productTransposedRight" + size,
                        of((e, x) -> e.productTransposedRight(x[0], x[1], x[2], add)),
                        shape(m, k),
                        shape(n, k),
                        shape(m, n)));
            }
            // more rows than an engine may take at a time
            for (Activation f : new Activation[] {Activation.IDENTITY, Activation.ELU}) {
                for (int[] mkn : new int[][] {{7, 3, 5}, {250, 9, 200}, {90, 20, 2}}) {
                    int m = mkn[0];
                    int k = mkn[1];
                    int n = mkn[2];
                    cases.add(Case.of(
                            "linear layer with " + f + " " + m + "x" + k + "x" + n + " " + add,
                            of((e, x) -> {
                                e.linear(x[0], x[1], x[2], f, x[3]);
                                e.linearGradient(x[0], x[1], f, x[3], x[4], x[5], x[6], x[7], add);
                                e.linearGradient(x[0], x[1], f, x[3], x[4], null, null, null, add);
                            }),
                            shape(m, k),
                            shape(k, n),
                            shape(1, n),
                            shape(m, n),
                            shape(m, n),
                            shape(k, n),
                            shape(1, n),
                            shape(m, k)));
                }
            }
            for (Activation f : Activation.values()) {
                cases.add(Case.of(
                        "gradient of " + f + " " + add,
                        of((e, x) -> {
                            e.addScaled(3, x[0], x[0]);
                            if (f == Activation.LOG) { // of positive numbers, not too close to 0
                                e.activate(Activation.EXP, x[0], x[0]);
                            }
                            e.activate(f, x[0], x[1]);
                            e.activationGradient(f, x[0], x[1], x[2], x[3], add);
                        }),
                        shape(7, 5),
                        shape(7, 5),
                        shape(7, 5),
                        shape(7, 5)));
            }
            cases.add(Case.of(
                    "multiply " + add,
                    of((e, x) -> e.multiply(x[0], x[1], x[2], add)),
                    shape(7, 9),
                    shape(7, 9),
                    shape(7, 9)));
            cases.add(Case.of(
                    "multiply by column " + add,
                    of((e, x) -> e.multiply(x[0], x[1], x[2], add)),
                    shape(7, 9),
                    shape(7, 1),
                    shape(7, 9)));
            cases.add(Case.of(
                    "rowSums " + add, of((e, x) -> e.rowSums(-0.5, x[0], x[1], add)), shape(7, 9), shape(7, 1)));
            cases.add(Case.of(
                    "rowDot " + add,
                    of((e, x) -> e.rowDot(x[0], x[1], x[2], add)),
                    shape(7, 11),
                    shape(7, 11),
                    shape(7, 1)));
            cases.add(Case.of(
                    "rowProduct " + add,
                    of((e, x) -> e.rowProduct(x[0], x[1], x[2], add)),
                    shape(5, 3),
                    shape(5, 27),
                    shape(5, 9)));
            cases.add(Case.of(
                    "rowProductTransposed " + add,
                    of((e, x) -> e.rowProductTransposed(x[0], x[1], x[2], add)),
                    shape(5, 9),
                    shape(5, 27),
                    shape(5, 3)));
            cases.add(Case.of(
                    "rowOuter " + add,
                    of((e, x) -> e.rowOuter(x[0], x[1], x[2], add)),
                    shape(5, 3),
                    shape(5, 9),
                    shape(5, 27)));
            cases.add(Case.of(
                    "takeColumns " + add, of((e, x) -> e.takeColumns(x[0], 2, x[1], add)), shape(4, 8), shape(4, 5)));
        }
        cases.add(Case.of("fill", of((e, x) -> e.fill(x[0], 0.25)), shape(3, 5)));
        cases.add(Case.of("copy", of((e, x) -> e.copy(x[0], x[1])), shape(3, 5), shape(5, 3)));
        cases.add(Case.of("fillRows", of((e, x) -> e.fillRows(x[0], x[1])), shape(1, 5), shape(4, 5)));
        cases.add(Case.of("addScaled", of((e, x) -> e.addScaled(0.3, x[0], x[1])), shape(3, 9), shape(3, 9)));
        cases.add(Case.of(
                "addScaledColumn", of((e, x) -> e.addScaledColumn(-0.3, x[0], x[1])), shape(3, 1), shape(3, 9)));
        cases.add(Case.of("addConstant", of((e, x) -> e.addConstant(x[0], -0.3, x[0])), shape(3, 9)));
        cases.add(Case.of("activate in place", of((e, x) -> e.activate(Activation.TANH, x[0], x[0])), shape(3, 9)));
        cases.add(Case.of(
                "gradient in place",
                of((e, x) -> e.activationGradient(Activation.LEAKY_RELU, x[0], x[0], x[1], x[1], false)),
                shape(3, 9),
                shape(3, 9)));
        cases.add(Case.of("addColumnSums", of((e, x) -> e.addColumnSums(x[0], x[1])), shape(7, 11), shape(1, 11)));
        cases.add(Case.of("weightedSquares", (e, x) -> e.weightedSquares(x[0], x[1]), shape(7, 1), shape(7, 1)));
        cases.add(Case.of("sumOfSquares", (e, x) -> e.sumOfSquares(x[0]), shape(7, 3)));
        cases.add(Case.of(
                "sumOfSquares of as many as a team's parameters", (e, x) -> e.sumOfSquares(x[0]), shape(601, 700)));
        cases.add(Case.of(
                "rowMax",
                (e, x) -> {
                    int[] argmax = new int[6];
                    e.rowMax(x[0], x[1], argmax);
                    return Arrays.hashCode(argmax);
                },
                shape(6, 5),
                shape(6, 1)));
        int[] rows = {2, 0, 2, 1, 1};
        int[] columns = {0, 3, 0, 2, 1};
        cases.add(Case.of("gatherRows", of((e, x) -> e.gatherRows(x[0], rows, x[1])), shape(3, 4), shape(5, 4)));
        cases.add(
                Case.of("scatterAddRows", of((e, x) -> e.scatterAddRows(x[0], rows, x[1])), shape(5, 4), shape(3, 4)));
        int[] often = IntStream.range(0, 600).map(i -> i % 2).toArray();
        cases.add(Case.of(
                "scatterAddRows to few rows from many",
                of((e, x) -> e.scatterAddRows(x[0], often, x[1])),
                shape(600, 40),
                shape(2, 40)));
        cases.add(Case.of("pick", of((e, x) -> e.pick(x[0], rows, columns, x[1])), shape(3, 4), shape(5, 1)));
        cases.add(Case.of("pick by row", of((e, x) -> e.pick(x[0], null, columns, x[1])), shape(5, 4), shape(5, 1)));
        cases.add(
                Case.of("scatterAdd", of((e, x) -> e.scatterAdd(x[0], rows, columns, x[1])), shape(5, 1), shape(3, 4)));
        cases.add(Case.of(
                "scatterAdd by row", of((e, x) -> e.scatterAdd(x[0], null, columns, x[1])), shape(5, 1), shape(5, 4)));
        cases.add(Case.of("putColumns", of((e, x) -> e.putColumns(x[0], x[1], 2)), shape(4, 5), shape(4, 8)));
        for (int width : new int[] {3, 8, 20}) {
            for (int[] counts : new int[][] {{4, 4, 2, 1, 1}, {1}, {6, 5}}) {
                cases.add(gru(width, counts));
                cases.add(gruFrom(width, counts));
            }
        }
        cases.add(Case.of(
                "gru from a state",
                of((e, x) -> e.gruForward(new int[] {3, 0}, 1, x[0], x[1], x[2], x[3], x[4], x[5])),
                shape(3, 36),
                shape(12, 36),
                shape(1, 36),
                shape(4, 12),
                shape(3, 48),
                shape(3, 12)));
        cases.add(Case.of(
                "adam",
                of((e, x) -> {
                    e.activate(Activation.ABS, x[3], x[3]);
                    e.adam(x[0], x[1], x[2], x[3], 0.5, 0.01, 0.9, 0.999, 1e-8, 3);
                }),
                shape(1, 37),
                shape(1, 37),
                shape(1, 37),
                shape(1, 37)));
        cases.add(Case.of(
                "rmsProp",
                of((e, x) -> {
                    e.activate(Activation.ABS, x[2], x[2]);
                    e.rmsProp(x[0], x[1], x[2], 0.5, 0.01, 0.99, 1e-5);
                }),
                shape(1, 37),
                shape(1, 37),
                shape(1, 37)));
        cases.add(Case.of("blend", of((e, x) -> e.blend(0.995, x[0], x[1])), shape(1, 37), shape(1, 37)));
        return cases;
    }

    private static Case gru(int width, int[] counts) {
        int rows = Arrays.stream(counts).sum();
        return Case.of(
                "gru " + width + " " + Arrays.toString(counts),
                of((e, x) -> {
                    e.gruForward(counts, counts.length, x[0], x[1], x[2], null, x[3], x[4]);
                    e.gruBackward(counts, counts.length, x[1], x[3], x[4], x[5], x[6], x[7], x[8], null);
                }),
                shape(rows, 3 * width),
                shape(width, 3 * width),
                shape(1, 3 * width),
                shape(rows, 4 * width),
                shape(rows, width),
                shape(rows, width),
                shape(rows, 3 * width),
                shape(width, 3 * width),
                shape(1, 3 * width));
    }

    private static Case gruFrom(int width, int[] counts) {
        int rows = Arrays.stream(counts).sum();
        return Case.of(
                "gru from a state " + width + " " + Arrays.toString(counts),
                of((e, x) -> {
                    e.gruForward(counts, counts.length, x[0], x[1], x[2], x[9], x[3], x[4]);
                    e.gruBackward(counts, counts.length, x[1], x[3], x[4], x[5], x[6], x[7], x[8], x[9]);
                }),
                shape(rows, 3 * width),
                shape(width, 3 * width),
                shape(1, 3 * width),
                shape(rows, 4 * width),
                shape(rows, width),
                shape(rows, width),
                shape(rows, 3 * width),
                shape(width, 3 * width),
                shape(1, 3 * width),
                shape(counts[0] + 1, width));
    }
}
