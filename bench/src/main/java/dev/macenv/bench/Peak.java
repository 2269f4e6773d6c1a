package dev.macenv.bench;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/** How fast this core multiplies: at most ({@link FmaLoop}), and in the vector engine's products at the networks' sizes. In GFLOP/s, a fused multiply-add being two. */
final class Peak {
    private static final int REPEATS = 60;
    private static final int WARM_UP = 40;

    private final DoubleSupplier loop;

    Peak() {
        try {
            loop = Class.forName("dev.macenv.bench.FmaLoop")
                    .asSubclass(DoubleSupplier.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("FmaLoop is part of this package and has a constructor without arguments", e);
        }
    }

    /** The median of a few measurements, some milliseconds in all. */
    double ofLoop() {
        return median(loop, WARM_UP, 5);
    }

    /** The fastest of the vector engine's products at the networks' sizes, some milliseconds in all. */
    double ofProducts() {
        double best = 0;
        for (Shape shape : SHAPES) {
            best = Math.max(best, product(shape, WARM_UP, 5));
        }
        return best;
    }

    /** All of them, in a line. */
    String describe() {
        return String.format(Locale.ROOT, "%.0f GFLOP/s in registers; products ", median(loop, WARM_UP, REPEATS))
                + SHAPES.stream()
                        .map(shape -> String.format(
                                Locale.ROOT, "%.0f (%s)", product(shape, 10 * WARM_UP, REPEATS), shape.text))
                        .collect(Collectors.joining(", "));
    }

    /**
     * A product of an update.
     *
     * @param text the sizes of what is multiplied
     * @param m rows of the result
     * @param k length of the sums
     * @param n columns of the result
     * @param left whether the left matrix is transposed
     * @param right whether the right matrix is transposed
     * @param product what computes it
     */
    private record Shape(String text, int m, int k, int n, boolean left, boolean right, Product product) {}

    /** A whole layer, a step of the recurrent layer, the gradients of a weight and of an input. */
    private static final List<Shape> SHAPES = List.of(
            new Shape("1600x64x192", 1600, 64, 192, false, false, (engine, a, b, c) -> engine.product(a, b, c, false)),
            new Shape("64x64x192", 64, 64, 192, false, false, (engine, a, b, c) -> engine.product(a, b, c, false)),
            new Shape(
                    "64x1600x192, A'",
                    64,
                    1600,
                    192,
                    true,
                    false,
                    (engine, a, b, c) -> engine.productTransposedLeft(a, b, c, true)),
            new Shape(
                    "1600x192x64, B'",
                    1600,
                    192,
                    64,
                    false,
                    true,
                    (engine, a, b, c) -> engine.productTransposedRight(a, b, c, false)));

    private interface Product {
        void compute(Engine engine, Matrix a, Matrix b, Matrix c);
    }

    private static double product(Shape shape, int warmUp, int count) {
        Engine engine = EngineType.VECTOR.create();
        Matrix a = shape.left ? engine.matrix(shape.k, shape.m) : engine.matrix(shape.m, shape.k);
        Matrix b = shape.right ? engine.matrix(shape.n, shape.k) : engine.matrix(shape.k, shape.n);
        Matrix c = engine.matrix(shape.m, shape.n);
        engine.fill(a, 0.5);
        engine.fill(b, 0.01);
        double operations = 2.0 * shape.m * shape.k * shape.n;
        int products = (int) Math.max(1, 2e7 / operations);
        DoubleSupplier run = () -> {
            engine.fill(c, 0);
            long start = ProcessorTime.now();
            for (int i = 0; i < products; i++) {
                shape.product.compute(engine, a, b, c);
            }
            return operations * products / (ProcessorTime.now() - start);
        };
        return median(run, warmUp, count);
    }

    /** The median of so many measurements, after others that warm up. */
    private static double median(DoubleSupplier measurement, int warmUp, int count) {
        double[] rates = new double[count];
        for (int i = -warmUp; i < count; i++) {
            double rate = measurement.getAsDouble();
            if (i >= 0) {
                rates[i] = rate;
            }
        }
        Arrays.sort(rates);
        return rates[count / 2];
    }
}
