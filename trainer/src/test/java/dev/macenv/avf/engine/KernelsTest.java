package dev.macenv.avf.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The Vector API and plain loops give the same bits, so a training does not depend on which of them a machine can use. */
class KernelsTest {
    private final RandomGenerator random = new SplittableRandom(7);
    private final Kernels loops = new LoopKernels();
    private final Kernels fastest = Kernels.fastest();

    @Test
    void theVectorApiIsInUseHere() {
        assertThat(fastest.name()).startsWith("jdk.incubator.vector");
    }

    @Test
    void productsAreTheSameBits() {
        for (int repeat = 0; repeat < 150; repeat++) {
            int m = 1 + random.nextInt(repeat % 3 == 0 ? 70 : 19);
            int k = 1 + random.nextInt(repeat % 4 == 0 ? 400 : 40);
            int n = 1 + random.nextInt(70);
            float[] a = numbers(3 + m * k);
            float[] b = numbers(2 + k * n);
            float[] c = numbers(1 + m * n);
            boolean transposed = random.nextBoolean();
            int ai = transposed ? 1 : k;
            int ap = transposed ? m : 1;
            float[] expected = c.clone();
            loops.multiplyAdd(a, 3, ai, ap, b, 2, expected, 1, m, k, n);
            fastest.multiplyAdd(a, 3, ai, ap, b, 2, c, 1, m, k, n);
            assertThat(c).as("%d x %d x %d", m, k, n).isEqualTo(expected);
        }
    }

    @Test
    void productsSumInAscendingOrderFromTheOldValue() {
        float[] a = numbers(200);
        float[] b = numbers(200);
        float expected = 0.5f;
        for (int p = 0; p < 200; p++) {
            expected = Math.fma(a[p], b[p], expected);
        }
        float[] c = {0.5f};
        fastest.multiplyAdd(a, 0, 200, 1, b, 0, c, 0, 1, 200, 1);
        assertThat(c[0]).isEqualTo(expected);
    }

    @Test
    void everythingElseIsTheSameBits() {
        for (int n : new int[] {1, 7, 8, 24, 37, 40, 77}) {
            for (Kernels kernels : new Kernels[] {loops, fastest}) {
                assertThat(everything(kernels, n)).isEqualTo(everything(loops, n));
            }
        }
    }

    @Test
    void exponentialsAreTheSameBitsFarAndNear() {
        float[] x = new float[4096];
        for (int i = 0; i < x.length; i++) {
            x[i] = -(float) Math.pow(i / 500.0, 3);
        }
        x[0] = -0f;
        x[1] = Float.NEGATIVE_INFINITY;
        x[2] = Float.NaN;
        x[3] = Float.MIN_VALUE;
        float[] expected = new float[x.length];
        float[] actual = new float[x.length];
        loops.elu(x, 0, expected, 0, x.length);
        fastest.elu(x, 0, actual, 0, x.length);
        assertThat(actual).isEqualTo(expected);
    }

    @Test
    void stepsOfTheRecurrentLayerAreTheSameBitsHoweverManyRowsTheyHave() {
        for (int width : new int[] {3, 8, 20, 64}) {
            for (int rows : new int[] {1, 16, 17, 40}) {
                assertThat(step(fastest, width, rows)).isEqualTo(step(loops, width, rows));
            }
        }
    }

    /** What a step of the recurrent layer and its gradient leave, from states of their own and from one for all rows. */
    private static float[] step(Kernels kernels, int width, int rows) {
        RandomGenerator random = new SplittableRandom(rows);
        int size = width * rows;
        float[] x = numbers(random, 1 + 3 * size);
        float[] a = numbers(random, 3 * size);
        float[] old = numbers(random, 2 + size);
        float[] trace = new float[1 + 4 * size];
        float[] h = new float[2 * size];
        float[] da = new float[3 * size];
        kernels.gruStep(x, 1, a, 0, old, 2, 0, trace, 1, h, size, width, rows);
        kernels.gruStep(x, 1, a, 0, old, 2, width, trace, 1, h, 0, width, rows);
        kernels.gruStepGradient(trace, 1, old, 2, h, size, x, 0, da, 0, null, 0, width, rows);
        kernels.gruStepGradient(trace, 1, old, 2, h, size, x, 1, da, 0, old, 1, width, rows);
        return joined(x, a, old, trace, h, da);
    }

    /** The results of all kernels but the product on the same numbers. */
    private static float[] everything(Kernels kernels, int n) {
        RandomGenerator random = new SplittableRandom(n);
        float[] x = numbers(random, 4 * n + 1);
        float[] y = numbers(random, 4 * n + 1);
        float[] z = numbers(random, 4 * n + 1);
        float[] trace = new float[4 * n];
        float[] da = new float[3 * n];
        kernels.gruStep(x, 1, y, 1, z, 0, 0, trace, 0, z, n, n, 1);
        kernels.gruStepGradient(trace, 0, z, 0, y, 0, x, 1, da, 0, z, 2 * n, n, 1);
        kernels.addScaled(0.3f, x, 1, y, 0, n);
        kernels.addProduct(x, 1, da, 0, y, 0, n);
        kernels.leakyRelu(0.01f, x, 0, x, 0, n);
        kernels.leakyReluGradient(0.01f, x, 0, y, 1, z, 0, n);
        kernels.absGradient(x, 1, y, 0, y, 0, n);
        kernels.elu(x, 0, x, 0, n);
        kernels.eluGradient(x, 0, y, 0, z, 0, n);
        kernels.sigmoid(x, 1, y, 2 * n, n);
        kernels.addColumnSums(trace, 0, 4, n, z, 1);
        float[] squares = new float[n];
        kernels.addProduct(x, 0, x, 0, squares, 0, n);
        kernels.adam(y, z, x, squares, n, 0.7f, 0.01f, 1.5f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f);
        kernels.blend(0.005f, z, y, n);
        return joined(x, y, z, trace, da, squares);
    }

    private static float[] joined(float[]... parts) {
        float[] all =
                new float[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    private float[] numbers(int count) {
        return numbers(random, count);
    }

    private static float[] numbers(RandomGenerator random, int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = (float) (4 * random.nextDouble() - 2);
        }
        return x;
    }
}
