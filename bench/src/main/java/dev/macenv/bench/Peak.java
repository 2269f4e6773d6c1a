package dev.macenv.bench;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleSupplier;

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

    /** All of them, in a line: the loop, a whole layer, a step of the recurrent layer, the gradients of a weight and of an input. */
    String describe() {
        return String.format(
                Locale.ROOT,
                "%.0f GFLOP/s in registers; products %.0f (1600x64x192), %.0f (64x64x192), %.0f (64x1600x192, A'), %.0f (1600x192x64, B')",
                median(loop, WARM_UP, REPEATS),
                product((engine, a, b, c) -> engine.product(a, b, c, false), 1600, 64, 192, false, false),
                product((engine, a, b, c) -> engine.product(a, b, c, false), 64, 64, 192, false, false),
                product((engine, a, b, c) -> engine.productTransposedLeft(a, b, c, true), 64, 1600, 192, true, false),
                product(
                        (engine, a, b, c) -> engine.productTransposedRight(a, b, c, false),
                        1600,
                        192,
                        64,
                        false,
                        true));
    }

    private interface Product {
        void compute(Engine engine, Matrix a, Matrix b, Matrix c);
    }

    private static double product(Product product, int m, int k, int n, boolean left, boolean right) {
        Engine engine = EngineType.VECTOR.create();
        Matrix a = left ? engine.matrix(k, m) : engine.matrix(m, k);
        Matrix b = right ? engine.matrix(n, k) : engine.matrix(k, n);
        Matrix c = engine.matrix(m, n);
        engine.fill(a, 0.5);
        engine.fill(b, 0.01);
        double operations = 2.0 * m * k * n;
        int count = (int) Math.max(1, 2e7 / operations);
        DoubleSupplier run = () -> {
            engine.fill(c, 0);
            long start = ProcessorTime.now();
            for (int i = 0; i < count; i++) {
                product.compute(engine, a, b, c);
            }
            return operations * count / (ProcessorTime.now() - start);
        };
        return median(run, 10 * WARM_UP, REPEATS);
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
