package dev.macenv.avf.engine;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels} on the Vector API. Each element of a result has a lane of its own and sees the operations of {@link LoopKernels} in the same order, so
 * the bits are the same whatever the number of lanes.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector}; made by {@link Kernels#fastest()} only.
 */
final class SimdKernels implements Kernels {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int L = LANES.length();

    /** Products take this many p at a time, so that the panel of B in use stays in the nearest cache. */
    private static final int DEPTH = 160;

    /** A narrow remainder of B and C, padded to whole vectors. */
    private float[] panelB = {};

    private float[] panelC = {};

    SimdKernels() {}

    @Override
    public String name() {
        return "jdk.incubator.vector, " + L + " lanes";
    }

    // ---- products: tiles of 4 rows by 3, 2 or 1 vectors of C stay in registers while p runs

    @Override
    public void multiplyAdd(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n) {
        for (int p = 0; p < k; p += DEPTH) {
            slice(a, ao + p * ap, ai, ap, b, bo + p * n, c, co, m, Math.min(DEPTH, k - p), n);
        }
    }

    private void slice(float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n) {
        int j = 0;
        for (; j + 3 * L <= n; j += 3 * L) {
            threeWide(a, ao, ai, ap, b, bo + j, n, c, co + j, n, m, k);
        }
        if (j + 2 * L <= n) {
            twoWide(a, ao, ai, ap, b, bo + j, n, c, co + j, n, m, k);
            j += 2 * L;
        }
        if (j + L <= n) {
            oneWide(a, ao, ai, ap, b, bo + j, n, c, co + j, n, m, k);
            j += L;
        }
        if (j < n) {
            remainder(a, ao, ai, ap, b, bo + j, c, co + j, m, k, n, n - j);
        }
    }

    /** The last {@code columns} < L columns, by way of padded copies. */
    private void remainder(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n, int columns) {
        if (panelB.length < k * L) {
            panelB = new float[k * L];
        }
        if (panelC.length < m * L) {
            panelC = new float[m * L];
        }
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < columns; j++) {
                panelB[p * L + j] = b[bo + p * n + j];
            }
        }
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < columns; j++) {
                panelC[i * L + j] = c[co + i * n + j];
            }
        }
        oneWide(a, ao, ai, ap, panelB, 0, L, panelC, 0, L, m, k);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < columns; j++) {
                c[co + i * n + j] = panelC[i * L + j];
            }
        }
    }

    private static void threeWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c02 = load(c, at + 2 * L);
            FloatVector c10 = load(c, at + ci);
            FloatVector c11 = load(c, at + ci + L);
            FloatVector c12 = load(c, at + ci + 2 * L);
            FloatVector c20 = load(c, at + 2 * ci);
            FloatVector c21 = load(c, at + 2 * ci + L);
            FloatVector c22 = load(c, at + 2 * ci + 2 * L);
            FloatVector c30 = load(c, at + 3 * ci);
            FloatVector c31 = load(c, at + 3 * ci + L);
            FloatVector c32 = load(c, at + 3 * ci + 2 * L);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector b1 = load(b, y + L);
                FloatVector b2 = load(b, y + 2 * L);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                c02 = a0.fma(b2, c02);
                FloatVector a1 = FloatVector.broadcast(LANES, a[x + ai]);
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                c12 = a1.fma(b2, c12);
                FloatVector a2 = FloatVector.broadcast(LANES, a[x + 2 * ai]);
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                c22 = a2.fma(b2, c22);
                FloatVector a3 = FloatVector.broadcast(LANES, a[x + 3 * ai]);
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                c32 = a3.fma(b2, c32);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
            c02.intoArray(c, at + 2 * L);
            c10.intoArray(c, at + ci);
            c11.intoArray(c, at + ci + L);
            c12.intoArray(c, at + ci + 2 * L);
            c20.intoArray(c, at + 2 * ci);
            c21.intoArray(c, at + 2 * ci + L);
            c22.intoArray(c, at + 2 * ci + 2 * L);
            c30.intoArray(c, at + 3 * ci);
            c31.intoArray(c, at + 3 * ci + L);
            c32.intoArray(c, at + 3 * ci + 2 * L);
        }
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c0 = load(c, at);
            FloatVector c1 = load(c, at + L);
            FloatVector c2 = load(c, at + 2 * L);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c0 = a0.fma(load(b, y), c0);
                c1 = a0.fma(load(b, y + L), c1);
                c2 = a0.fma(load(b, y + 2 * L), c2);
                x += ap;
                y += bp;
            }
            c0.intoArray(c, at);
            c1.intoArray(c, at + L);
            c2.intoArray(c, at + 2 * L);
        }
    }

    private static void twoWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c10 = load(c, at + ci);
            FloatVector c11 = load(c, at + ci + L);
            FloatVector c20 = load(c, at + 2 * ci);
            FloatVector c21 = load(c, at + 2 * ci + L);
            FloatVector c30 = load(c, at + 3 * ci);
            FloatVector c31 = load(c, at + 3 * ci + L);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector b1 = load(b, y + L);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                FloatVector a1 = FloatVector.broadcast(LANES, a[x + ai]);
                c10 = a1.fma(b0, c10);
                c11 = a1.fma(b1, c11);
                FloatVector a2 = FloatVector.broadcast(LANES, a[x + 2 * ai]);
                c20 = a2.fma(b0, c20);
                c21 = a2.fma(b1, c21);
                FloatVector a3 = FloatVector.broadcast(LANES, a[x + 3 * ai]);
                c30 = a3.fma(b0, c30);
                c31 = a3.fma(b1, c31);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
            c10.intoArray(c, at + ci);
            c11.intoArray(c, at + ci + L);
            c20.intoArray(c, at + 2 * ci);
            c21.intoArray(c, at + 2 * ci + L);
            c30.intoArray(c, at + 3 * ci);
            c31.intoArray(c, at + 3 * ci + L);
        }
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c0 = load(c, at);
            FloatVector c1 = load(c, at + L);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c0 = a0.fma(load(b, y), c0);
                c1 = a0.fma(load(b, y + L), c1);
                x += ap;
                y += bp;
            }
            c0.intoArray(c, at);
            c1.intoArray(c, at + L);
        }
    }

    private static void oneWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = 0;
        for (; i + 4 <= m; i += 4) {
            int at = co + i * ci;
            FloatVector c0 = load(c, at);
            FloatVector c1 = load(c, at + ci);
            FloatVector c2 = load(c, at + 2 * ci);
            FloatVector c3 = load(c, at + 3 * ci);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                c0 = FloatVector.broadcast(LANES, a[x]).fma(b0, c0);
                c1 = FloatVector.broadcast(LANES, a[x + ai]).fma(b0, c1);
                c2 = FloatVector.broadcast(LANES, a[x + 2 * ai]).fma(b0, c2);
                c3 = FloatVector.broadcast(LANES, a[x + 3 * ai]).fma(b0, c3);
                x += ap;
                y += bp;
            }
            c0.intoArray(c, at);
            c1.intoArray(c, at + ci);
            c2.intoArray(c, at + 2 * ci);
            c3.intoArray(c, at + 3 * ci);
        }
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c0 = load(c, at);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                c0 = FloatVector.broadcast(LANES, a[x]).fma(load(b, y), c0);
                x += ap;
                y += bp;
            }
            c0.intoArray(c, at);
        }
    }

    // ---- element-wise; what does not fill a vector is done as in LoopKernels

    @Override
    public void addScaled(float alpha, float[] x, int xo, float[] y, int yo, int n) {
        FloatVector factor = FloatVector.broadcast(LANES, alpha);
        int i = 0;
        for (; i + L <= n; i += L) {
            factor.fma(load(x, xo + i), load(y, yo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.fma(alpha, x[xo + i], y[yo + i]);
        }
    }

    @Override
    public void addProduct(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            load(a, ao + i).fma(load(b, bo + i), load(y, yo + i)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.fma(a[ao + i], b[bo + i], y[yo + i]);
        }
    }

    @Override
    public void leakyRelu(float leak, float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector value = load(x, xo + i);
            value.max(value.mul(leak)).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], leak * x[xo + i]);
        }
    }

    @Override
    public void leakyReluGradient(float leak, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            VectorMask<Float> positive = load(y, yo + i).compare(VectorOperators.GT, 0f);
            FloatVector gradient = load(dy, dyo + i);
            gradient.mul(leak).blend(gradient, positive).intoArray(dx, dxo + i);
        }
        for (; i < n; i++) {
            dx[dxo + i] = y[yo + i] > 0 ? dy[dyo + i] : leak * dy[dyo + i];
        }
    }

    @Override
    public void addColumnSums(float[] x, int xo, int rows, int n, float[] sums, int so) {
        int c = 0;
        for (; c + L <= n; c += L) {
            FloatVector sum = load(sums, so + c);
            for (int r = 0; r < rows; r++) {
                sum = sum.add(load(x, xo + r * n + c));
            }
            sum.intoArray(sums, so + c);
        }
        for (; c < n; c++) {
            float sum = sums[so + c];
            for (int r = 0; r < rows; r++) {
                sum += x[xo + r * n + c];
            }
            sums[so + c] = sum;
        }
    }

    // ---- the recurrent layer

    @Override
    public void gruCell(
            float[] x,
            int xo,
            float[] a,
            int ao,
            float[] old,
            int oo,
            float[] trace,
            int to,
            float[] h,
            int ho,
            int width) {
        int j = 0;
        for (; j + L <= width; j += L) {
            FloatVector r = sigmoid(load(x, xo + j).add(load(a, ao + j)));
            FloatVector z = sigmoid(load(x, xo + width + j).add(load(a, ao + width + j)));
            FloatVector u = load(a, ao + 2 * width + j);
            FloatVector g = tanh(r.fma(u, load(x, xo + 2 * width + j)));
            r.intoArray(trace, to + j);
            z.intoArray(trace, to + width + j);
            g.intoArray(trace, to + 2 * width + j);
            u.intoArray(trace, to + 3 * width + j);
            z.fma(load(old, oo + j).sub(g), g).intoArray(h, ho + j);
        }
        LoopKernels.gruCellFrom(j, x, xo, a, ao, old, oo, trace, to, h, ho, width);
    }

    @Override
    public void gruCellGradient(
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
            int width) {
        FloatVector one = FloatVector.broadcast(LANES, 1f);
        int j = 0;
        for (; j + L <= width; j += L) {
            FloatVector r = load(trace, to + j);
            FloatVector z = load(trace, to + width + j);
            FloatVector g = load(trace, to + 2 * width + j);
            FloatVector u = load(trace, to + 3 * width + j);
            FloatVector d = load(dh, ho + j);
            FloatVector dg = d.mul(one.sub(z)).mul(one.sub(g.mul(g)));
            FloatVector dr = dg.mul(u).mul(r).mul(one.sub(r));
            FloatVector dz = d.mul(load(old, oo + j).sub(g)).mul(z).mul(one.sub(z));
            dr.intoArray(dx, xo + j);
            dz.intoArray(dx, xo + width + j);
            dg.intoArray(dx, xo + 2 * width + j);
            dr.intoArray(da, ao + j);
            dz.intoArray(da, ao + width + j);
            dg.mul(r).intoArray(da, ao + 2 * width + j);
        }
        LoopKernels.gruCellGradientFrom(j, trace, to, old, oo, dh, ho, dx, xo, da, ao, width);
    }

    /** {@link FloatMath#tanh}, lane by lane. */
    private static FloatVector tanh(FloatVector value) {
        FloatVector x = value.min(FloatMath.TANH_BOUND).max(-FloatMath.TANH_BOUND);
        FloatVector s = x.mul(x);
        FloatVector p = FloatVector.broadcast(LANES, FloatMath.TANH_P13);
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P11));
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P9));
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P7));
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P5));
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P3));
        p = p.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_P1));
        FloatVector q = FloatVector.broadcast(LANES, FloatMath.TANH_Q6);
        q = q.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_Q4));
        q = q.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_Q2));
        q = q.fma(s, FloatVector.broadcast(LANES, FloatMath.TANH_Q0));
        return x.mul(p).div(q);
    }

    /** {@link FloatMath#sigmoid}, lane by lane. */
    private static FloatVector sigmoid(FloatVector x) {
        FloatVector half = FloatVector.broadcast(LANES, 0.5f);
        return half.fma(tanh(x.mul(0.5f)), half).max(FloatMath.SIGMOID_FLOOR);
    }

    // ---- optimisation

    @Override
    public void adam(
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
            float epsilon) {
        FloatVector firstDecay = FloatVector.broadcast(LANES, b1);
        FloatVector secondDecay = FloatVector.broadcast(LANES, b2);
        FloatVector root = FloatVector.broadcast(LANES, rootScale);
        FloatVector tiny = FloatVector.broadcast(LANES, epsilon);
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector g = load(gradient, i).mul(scale);
            FloatVector first = firstDecay.fma(load(m, i), g.mul(c1));
            FloatVector second = secondDecay.fma(load(v, i), g.mul(g).mul(c2));
            first.intoArray(m, i);
            second.intoArray(v, i);
            FloatVector step = first.mul(stepSize).div(second.sqrt().fma(root, tiny));
            load(x, i).sub(step).intoArray(x, i);
        }
        LoopKernels.adamFrom(i, x, gradient, m, v, n, scale, stepSize, rootScale, b1, c1, b2, c2, epsilon);
    }

    @Override
    public void blend(float share, float[] x, float[] y, int n) {
        FloatVector factor = FloatVector.broadcast(LANES, share);
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector old = load(x, i);
            factor.fma(load(y, i).sub(old), old).intoArray(x, i);
        }
        for (; i < n; i++) {
            x[i] = Math.fma(share, y[i] - x[i], x[i]);
        }
    }

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(LANES, x, at);
    }
}
