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
        for (; j + 3 * L <= n && n - j != 4 * L; j += 3 * L) { // 2 + 2 keeps more sums going than 3 + 1
            threeWide(a, ao, ai, ap, b, bo + j, n, c, co + j, n, m, k);
        }
        for (; j + 2 * L <= n; j += 2 * L) {
            twoWide(a, ao, ai, ap, b, bo + j, n, c, co + j, n, m, k);
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
        for (; i + 8 <= m; i += 8) { // 8 rows: 4 sums would wait for one another
            int at = co + i * ci;
            int at4 = at + 4 * ci;
            FloatVector c0 = load(c, at);
            FloatVector c1 = load(c, at + ci);
            FloatVector c2 = load(c, at + 2 * ci);
            FloatVector c3 = load(c, at + 3 * ci);
            FloatVector c4 = load(c, at4);
            FloatVector c5 = load(c, at4 + ci);
            FloatVector c6 = load(c, at4 + 2 * ci);
            FloatVector c7 = load(c, at4 + 3 * ci);
            int x = ao + i * ai;
            int x4 = x + 4 * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                c0 = FloatVector.broadcast(LANES, a[x]).fma(b0, c0);
                c1 = FloatVector.broadcast(LANES, a[x + ai]).fma(b0, c1);
                c2 = FloatVector.broadcast(LANES, a[x + 2 * ai]).fma(b0, c2);
                c3 = FloatVector.broadcast(LANES, a[x + 3 * ai]).fma(b0, c3);
                c4 = FloatVector.broadcast(LANES, a[x4]).fma(b0, c4);
                c5 = FloatVector.broadcast(LANES, a[x4 + ai]).fma(b0, c5);
                c6 = FloatVector.broadcast(LANES, a[x4 + 2 * ai]).fma(b0, c6);
                c7 = FloatVector.broadcast(LANES, a[x4 + 3 * ai]).fma(b0, c7);
                x += ap;
                x4 += ap;
                y += bp;
            }
            c0.intoArray(c, at);
            c1.intoArray(c, at + ci);
            c2.intoArray(c, at + 2 * ci);
            c3.intoArray(c, at + 3 * ci);
            c4.intoArray(c, at4);
            c5.intoArray(c, at4 + ci);
            c6.intoArray(c, at4 + 2 * ci);
            c7.intoArray(c, at4 + 3 * ci);
        }
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
        // in several loops: one would be more than the JIT compiler inlines, and its vectors would live on the heap
        System.arraycopy(a, ao + 2 * width, trace, to + 3 * width, width);
        halfSums(x, xo, a, ao, trace, to, 2 * width);
        tanh(trace, to, 2 * width);
        sigmoidsOfHalfTanh(trace, to, 2 * width);
        candidates(x, xo + 2 * width, a, ao + 2 * width, trace, to, width);
        tanh(trace, to + 2 * width, width);
        int z = to + width;
        int g = to + 2 * width;
        int j = 0;
        for (; j + L <= width; j += L) {
            FloatVector candidate = load(trace, g + j);
            load(trace, z + j).fma(load(old, oo + j).sub(candidate), candidate).intoArray(h, ho + j);
        }
        for (; j < width; j++) {
            h[ho + j] = Math.fma(trace[z + j], old[oo + j] - trace[g + j], trace[g + j]);
        }
    }

    /** {@code y[j] = 0.5 (x[j] + a[j])}. */
    private static void halfSums(float[] x, int xo, float[] a, int ao, float[] y, int yo, int n) {
        int j = 0;
        for (; j + L <= n; j += L) {
            load(x, xo + j).add(load(a, ao + j)).mul(0.5f).intoArray(y, yo + j);
        }
        for (; j < n; j++) {
            y[yo + j] = 0.5f * (x[xo + j] + a[ao + j]);
        }
    }

    /** {@code y[j] = fma(r[j], u[j], x[j])} with r, y, u in the trace (r, z, g, u). */
    private static void candidates(float[] x, int xo, float[] u, int uo, float[] trace, int to, int width) {
        int y = to + 2 * width;
        int j = 0;
        for (; j + L <= width; j += L) {
            load(trace, to + j).fma(load(u, uo + j), load(x, xo + j)).intoArray(trace, y + j);
        }
        for (; j < width; j++) {
            trace[y + j] = Math.fma(trace[to + j], u[uo + j], x[xo + j]);
        }
    }

    /**
     * {@link FloatMath#tanh} in place. Two vectors at a time hide one another's waiting; and make the method too long to be inlined where there is no room
     * for all of it, which would put vectors on the heap.
     */
    private static void tanh(float[] x, int xo, int n) {
        int j = 0;
        for (; j + 2 * L <= n; j += 2 * L) {
            FloatVector x0 = load(x, xo + j).min(FloatMath.TANH_BOUND).max(-FloatMath.TANH_BOUND);
            FloatVector x1 = load(x, xo + j + L).min(FloatMath.TANH_BOUND).max(-FloatMath.TANH_BOUND);
            FloatVector s0 = x0.mul(x0);
            FloatVector s1 = x1.mul(x1);
            FloatVector p0 = FloatVector.broadcast(LANES, FloatMath.TANH_P13);
            FloatVector p1 = p0;
            FloatVector c11 = FloatVector.broadcast(LANES, FloatMath.TANH_P11);
            p0 = p0.fma(s0, c11);
            p1 = p1.fma(s1, c11);
            FloatVector c9 = FloatVector.broadcast(LANES, FloatMath.TANH_P9);
            p0 = p0.fma(s0, c9);
            p1 = p1.fma(s1, c9);
            FloatVector c7 = FloatVector.broadcast(LANES, FloatMath.TANH_P7);
            p0 = p0.fma(s0, c7);
            p1 = p1.fma(s1, c7);
            FloatVector c5 = FloatVector.broadcast(LANES, FloatMath.TANH_P5);
            p0 = p0.fma(s0, c5);
            p1 = p1.fma(s1, c5);
            FloatVector c3 = FloatVector.broadcast(LANES, FloatMath.TANH_P3);
            p0 = p0.fma(s0, c3);
            p1 = p1.fma(s1, c3);
            FloatVector c1 = FloatVector.broadcast(LANES, FloatMath.TANH_P1);
            p0 = p0.fma(s0, c1);
            p1 = p1.fma(s1, c1);
            FloatVector q0 = FloatVector.broadcast(LANES, FloatMath.TANH_Q6);
            FloatVector q1 = q0;
            FloatVector d4 = FloatVector.broadcast(LANES, FloatMath.TANH_Q4);
            q0 = q0.fma(s0, d4);
            q1 = q1.fma(s1, d4);
            FloatVector d2 = FloatVector.broadcast(LANES, FloatMath.TANH_Q2);
            q0 = q0.fma(s0, d2);
            q1 = q1.fma(s1, d2);
            FloatVector d0 = FloatVector.broadcast(LANES, FloatMath.TANH_Q0);
            q0 = q0.fma(s0, d0);
            q1 = q1.fma(s1, d0);
            x0.mul(p0).div(q0).intoArray(x, xo + j);
            x1.mul(p1).div(q1).intoArray(x, xo + j + L);
        }
        for (; j < n; j++) {
            x[xo + j] = FloatMath.tanh(x[xo + j]);
        }
    }

    /** The second half of {@link FloatMath#sigmoid}, in place: from tanh(x / 2) to sigmoid(x). */
    private static void sigmoidsOfHalfTanh(float[] x, int xo, int n) {
        FloatVector half = FloatVector.broadcast(LANES, 0.5f);
        int j = 0;
        for (; j + L <= n; j += L) {
            half.fma(load(x, xo + j), half).max(FloatMath.SIGMOID_FLOOR).intoArray(x, xo + j);
        }
        for (; j < n; j++) {
            x[xo + j] = Math.max(FloatMath.SIGMOID_FLOOR, Math.fma(0.5f, x[xo + j], 0.5f));
        }
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
