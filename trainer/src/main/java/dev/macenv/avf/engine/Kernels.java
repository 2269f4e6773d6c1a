package dev.macenv.avf.engine;

import org.jspecify.annotations.Nullable;

/**
 * The inner loops of {@link VectorEngine} that decide its speed. Arrays are followed by the index of their first element.
 *
 * <p>All implementations give the same bits: sums run in the order that is documented here, with fused multiply-adds where the formula is written
 * {@code fma}, and exponentials are {@link FloatMath}'s. So a training does not depend on which of them a machine can use.
 */
interface Kernels {
    /** The fastest kernels this machine and this start of the virtual machine allow. */
    static Kernels fastest() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? simd() : new LoopKernels();
    }

    private static Kernels simd() {
        try {
            // by name: the class needs an incubator module that may be absent, and is compiled apart for the same
            // reason
            return Class.forName("dev.macenv.avf.engine.SimdKernels")
                    .asSubclass(Kernels.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("SimdKernels is part of this package and has a constructor without arguments", e);
        }
    }

    /** Short name for provenance. */
    String name();

    /**
     * {@code c[i, j] += sum_p a[i, p] b[p, j]} for i < m, p < k, j < n: from the old value, one fma per p, in ascending order. Element (i, p) of A is
     * {@code a[ao + i * ai + p * ap]}; B and C are dense rows of n.
     */
    void multiplyAdd(float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n);

    /** {@code y[i] = fma(alpha, x[i], y[i])}. */
    void addScaled(float alpha, float[] x, int xo, float[] y, int yo, int n);

    /** {@code y[i] = fma(a[i], b[i], y[i])}. */
    void addProduct(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n);

    /** {@code y[i] = x[i] > 0 ? x[i] : leak x[i]}; in place or apart. */
    void leakyRelu(float leak, float[] x, int xo, float[] y, int yo, int n);

    /** {@code dx[i] = y[i] > 0 ? dy[i] : leak dy[i]}; dx may be dy. */
    void leakyReluGradient(float leak, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

    /** {@code dx[i] = x[i] > 0 ? dy[i] : x[i] == 0 ? 0 : -dy[i]}; dx may be dy. */
    void absGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n);

    /** {@code y[i] = x[i] > 0 ? x[i] : exp(x[i]) - 1}; in place or apart. */
    void elu(float[] x, int xo, float[] y, int yo, int n);

    /** {@code dx[i] = y[i] > 0 ? dy[i] : dy[i] (y[i] + 1)}; dx may be dy. */
    void eluGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n);

    /** {@code sums[c] += x[r, c]} for r = 0, 1, ... in this order. */
    void addColumnSums(float[] x, int xo, int rows, int n, float[] sums, int so);

    /** {@code y[i] = sigmoid(x[i])}; in place or apart. */
    void sigmoid(float[] x, int xo, float[] y, int yo, int n);

    /**
     * One step of the recurrent layer for so many rows, with {@code a = h W + b} computed before: {@code r = sigmoid(x_r + a_r)}, {@code z = sigmoid(x_z +
     * a_z)}, {@code u = a_g}, {@code g = tanh(fma(r, u, x_g))}, {@code h' = fma(z, h - g, g)}. A row of x and a has 3 width, of trace (r, z, g, u) 4 width,
     * of h' width elements; row i of h is {@code old[oo + i * oi]} and on, so that all rows share one with {@code oi = 0}.
     */
    void gruStep(
            float[] x,
            int xo,
            float[] a,
            int ao,
            float[] old,
            int oo,
            int oi,
            float[] trace,
            int to,
            float[] h,
            int ho,
            int width,
            int rows);

    /**
     * The gradient of {@link #gruStep}: {@code dx = (dr, dz, dg)} and {@code da = (dr, dz, dg r)} of 3 width each, with {@code dg = dh (1 - z) (1 - g
     * g)}, {@code dr = dg u r (1 - r)}, {@code dz = dh (h - g) z (1 - z)}, multiplied from left to right; and {@code dOld = fma(dh, z, dOld)}, of width
     * elements, unless dOld is null. Old states are dense rows of width.
     */
    void gruStepGradient(
            float[] trace,
            int to,
            float[] old,
            int oo,
            float[] dh,
            int ho,
            float[] dx,
            int xo,
            float[] da,
            int ao,
            float @Nullable [] dOld,
            int dOldo,
            int width,
            int rows);

    /**
     * Adam: {@code g = scale gradient; m = fma(b1, m, c1 g); v = fma(b2, v, c2 (g g)); x = x - stepSize m / fma(sqrt(v), rootScale, epsilon)}, all
     * arrays from 0 on.
     */
    void adam(
            float[] x,
            float[] gradient,
            float[] m,
            float[] v,
            int n,
            float scale,
            float stepSize,
            float rootScale,
            float b1,
            float c1,
            float b2,
            float c2,
            float epsilon);

    /** {@code x[i] = fma(share, y[i] - x[i], x[i])}, from 0 on. */
    void blend(float share, float[] x, float[] y, int n);
}
