package dev.macenv.bench;

import java.util.function.DoubleSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What one core can do about at most: fused multiply-adds on twelve vectors that stay in registers, in GFLOP/s. The compiler copies one operand of each, so the best
 * products of matrices, which need no copies, come near it or a few per cent above. Needs
 * {@code --add-modules jdk.incubator.vector}, and is compiled apart for the same reason; {@link Peak} makes it.
 */
final class FmaLoop implements DoubleSupplier {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int VECTORS = 12;
    private static final int STEPS = 200_000;

    private final float[] last = new float[LANES.length()];

    FmaLoop() {}

    @Override
    public double getAsDouble() {
        long start = ProcessorTime.now();
        run(last);
        return 2.0 * VECTORS * LANES.length() * STEPS / (ProcessorTime.now() - start);
    }

    private static void run(float[] result) {
        FloatVector factor = FloatVector.broadcast(LANES, 0.999f);
        FloatVector term = FloatVector.broadcast(LANES, 0.001f);
        FloatVector x0 = FloatVector.broadcast(LANES, 0f);
        FloatVector x1 = FloatVector.broadcast(LANES, 1f);
        FloatVector x2 = FloatVector.broadcast(LANES, 2f);
        FloatVector x3 = FloatVector.broadcast(LANES, 3f);
        FloatVector x4 = FloatVector.broadcast(LANES, 4f);
        FloatVector x5 = FloatVector.broadcast(LANES, 5f);
        FloatVector x6 = FloatVector.broadcast(LANES, 6f);
        FloatVector x7 = FloatVector.broadcast(LANES, 7f);
        FloatVector x8 = FloatVector.broadcast(LANES, 8f);
        FloatVector x9 = FloatVector.broadcast(LANES, 9f);
        FloatVector x10 = FloatVector.broadcast(LANES, 10f);
        FloatVector x11 = FloatVector.broadcast(LANES, 11f);
        for (int step = 0; step < STEPS; step++) {
            x0 = x0.fma(factor, term);
            x1 = x1.fma(factor, term);
            x2 = x2.fma(factor, term);
            x3 = x3.fma(factor, term);
            x4 = x4.fma(factor, term);
            x5 = x5.fma(factor, term);
            x6 = x6.fma(factor, term);
            x7 = x7.fma(factor, term);
            x8 = x8.fma(factor, term);
            x9 = x9.fma(factor, term);
            x10 = x10.fma(factor, term);
            x11 = x11.fma(factor, term);
        }
        FloatVector sum = x0.add(x1).add(x2).add(x3).add(x4).add(x5);
        sum.add(x6).add(x7).add(x8).add(x9).add(x10).add(x11).intoArray(result, 0);
    }
}
