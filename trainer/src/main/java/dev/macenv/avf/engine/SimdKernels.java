package dev.macenv.avf.engine;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * {@link Kernels} on the Vector API. Each element of a result has a lane of its own and sees the operations of {@link LoopKernels} in the same order, so
 * the bits are the same whatever the number of lanes.
 *
 * <p>Needs {@code --add-modules jdk.incubator.vector}; made by {@link Kernels#fastest()} only.
 */
final class SimdKernels implements Kernels {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int L = LANES.length();

    /** Products take this many p at a time, so that the panel of B in use and, of a transposed A, the rows stay in the nearest cache. */
    private static final int DEPTH = 96;

    /** The recurrent layer takes this many rows at a time, so that what it hands from loop to loop stays in the nearest cache. */
    private static final int ROWS = 16;

    /** A narrow remainder of B and C, padded to whole vectors. */
    private float[] panelB = {};

    private float[] panelC = {};

    /** The gates of some rows of the recurrent layer, r and z side by side, and the candidates of the same rows. */
    private float[] gates = {};

    private float[] candidates = {};

    SimdKernels() {}

    @Override
    public String name() {
        return "jdk.incubator.vector, " + L + " lanes";
    }

    // ---- products: tiles of so many rows by so many vectors of C stay in registers while p runs. Each shape has a
    // method of its own, which takes the rows from
    // the first on as long as whole tiles fit: in a longer method the JIT compiler gives up inlining, and vectors would
    // live on the heap

    @Override
    public void multiplyAdd(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n) {
        for (int p = 0; p < k; p += DEPTH) {
            slice(a, ao + p * ap, ai, ap, b, bo + p * n, c, co, m, Math.min(DEPTH, k - p), n);
        }
    }

    private void slice(float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n) {
        int j = 0;
        // four vectors are better split in two and two than in three and one
        for (; j + 3 * L <= n && (n - j) / L != 4; j += 3 * L) {
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

    /** The last {@code columns} < L columns, by way of padded copies; of a transposed A, whose rows lie side by side, column by column as far as vectors of rows go. */
    private void remainder(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n, int columns) {
        int done = 0;
        if (ai == 1 && ap != 1) {
            for (int j = 0; j < columns; j++) {
                done = rows(a, ao, ap, b, bo + j, n, c, co + j, m, k);
            }
        }
        if (done < m) {
            padded(a, ao + done * ai, ai, ap, b, bo, c, co + done * n, m - done, k, n, columns);
        }
    }

    /** One column of C, vectors of its rows at a time. Returns how many rows that were: all but the last m % L. */
    private int rows(float[] a, int ao, int ap, float[] b, int bo, int n, float[] c, int co, int m, int k) {
        if (panelC.length < m) {
            panelC = new float[m];
        }
        int whole = m - m % L;
        for (int i = 0; i < whole; i++) {
            panelC[i] = c[co + i * n];
        }
        int i = fourRows(0, a, ao, ap, b, bo, n, panelC, whole, k);
        oneRow(i, a, ao, ap, b, bo, n, panelC, whole, k);
        for (i = 0; i < whole; i++) {
            c[co + i * n] = panelC[i];
        }
        return whole;
    }

    private static int fourRows(
            int first, float[] a, int ao, int ap, float[] b, int bo, int bp, float[] c, int m, int k) {
        int i = first;
        for (; i + 4 * L <= m; i += 4 * L) {
            FloatVector c0 = load(c, i);
            FloatVector c1 = load(c, i + L);
            FloatVector c2 = load(c, i + 2 * L);
            FloatVector c3 = load(c, i + 3 * L);
            int x = ao + i;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector factor = FloatVector.broadcast(LANES, b[y]);
                c0 = load(a, x).fma(factor, c0);
                c1 = load(a, x + L).fma(factor, c1);
                c2 = load(a, x + 2 * L).fma(factor, c2);
                c3 = load(a, x + 3 * L).fma(factor, c3);
                x += ap;
                y += bp;
            }
            c0.intoArray(c, i);
            c1.intoArray(c, i + L);
            c2.intoArray(c, i + 2 * L);
            c3.intoArray(c, i + 3 * L);
        }
        return i;
    }

    private static void oneRow(
            int first, float[] a, int ao, int ap, float[] b, int bo, int bp, float[] c, int m, int k) {
        for (int i = first; i < m; i += L) {
            FloatVector sum = load(c, i);
            int x = ao + i;
            int y = bo;
            for (int p = 0; p < k; p++) {
                sum = load(a, x).fma(FloatVector.broadcast(LANES, b[y]), sum);
                x += ap;
                y += bp;
            }
            sum.intoArray(c, i);
        }
    }

    private void padded(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n, int columns) {
        if (panelB.length < k * L) {
            panelB = new float[k * L];
        }
        if (panelC.length < m * L) {
            panelC = new float[m * L];
        }
        // column by column: the short loop outside
        for (int j = 0; j < columns; j++) {
            for (int p = 0; p < k; p++) {
                panelB[p * L + j] = b[bo + p * n + j];
            }
            for (int i = 0; i < m; i++) {
                panelC[i * L + j] = c[co + i * n + j];
            }
        }
        oneWide(a, ao, ai, ap, panelB, 0, L, panelC, 0, L, m, k);
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < m; i++) {
                c[co + i * n + j] = panelC[i * L + j];
            }
        }
    }

    /** Three vectors of every row of C. */
    private static void threeWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = fourByThree(0, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        i = twoByThree(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        oneByThree(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
    }

    private static int fourByThree(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
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
        return i;
    }

    private static int twoByThree(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i + 2 <= m; i += 2) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c02 = load(c, at + 2 * L);
            FloatVector c10 = load(c, at + ci);
            FloatVector c11 = load(c, at + ci + L);
            FloatVector c12 = load(c, at + ci + 2 * L);
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
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
            c02.intoArray(c, at + 2 * L);
            c10.intoArray(c, at + ci);
            c11.intoArray(c, at + ci + L);
            c12.intoArray(c, at + ci + 2 * L);
        }
        return i;
    }

    private static void oneByThree(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c02 = load(c, at + 2 * L);
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
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
            c02.intoArray(c, at + 2 * L);
        }
    }

    /** Two vectors of every row of C. */
    private static void twoWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = sixByTwo(0, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        i = twoByTwo(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        oneByTwo(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
    }

    private static int sixByTwo(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i + 6 <= m; i += 6) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c10 = load(c, at + ci);
            FloatVector c11 = load(c, at + ci + L);
            FloatVector c20 = load(c, at + 2 * ci);
            FloatVector c21 = load(c, at + 2 * ci + L);
            FloatVector c30 = load(c, at + 3 * ci);
            FloatVector c31 = load(c, at + 3 * ci + L);
            FloatVector c40 = load(c, at + 4 * ci);
            FloatVector c41 = load(c, at + 4 * ci + L);
            FloatVector c50 = load(c, at + 5 * ci);
            FloatVector c51 = load(c, at + 5 * ci + L);
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
                FloatVector a4 = FloatVector.broadcast(LANES, a[x + 4 * ai]);
                c40 = a4.fma(b0, c40);
                c41 = a4.fma(b1, c41);
                FloatVector a5 = FloatVector.broadcast(LANES, a[x + 5 * ai]);
                c50 = a5.fma(b0, c50);
                c51 = a5.fma(b1, c51);
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
            c40.intoArray(c, at + 4 * ci);
            c41.intoArray(c, at + 4 * ci + L);
            c50.intoArray(c, at + 5 * ci);
            c51.intoArray(c, at + 5 * ci + L);
        }
        return i;
    }

    private static int twoByTwo(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i + 2 <= m; i += 2) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            FloatVector c10 = load(c, at + ci);
            FloatVector c11 = load(c, at + ci + L);
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
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
            c10.intoArray(c, at + ci);
            c11.intoArray(c, at + ci + L);
        }
        return i;
    }

    private static void oneByTwo(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c01 = load(c, at + L);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector b1 = load(b, y + L);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                c01 = a0.fma(b1, c01);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c01.intoArray(c, at + L);
        }
    }

    /** One vector of every row of C. */
    private static void oneWide(
            float[] a, int ao, int ai, int ap, float[] b, int bo, int bp, float[] c, int co, int ci, int m, int k) {
        int i = eightByOne(0, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        i = twoByOne(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
        oneByOne(i, a, ao, ai, ap, b, bo, bp, c, co, ci, m, k);
    }

    private static int eightByOne(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i + 8 <= m; i += 8) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c10 = load(c, at + ci);
            FloatVector c20 = load(c, at + 2 * ci);
            FloatVector c30 = load(c, at + 3 * ci);
            FloatVector c40 = load(c, at + 4 * ci);
            FloatVector c50 = load(c, at + 5 * ci);
            FloatVector c60 = load(c, at + 6 * ci);
            FloatVector c70 = load(c, at + 7 * ci);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                FloatVector a1 = FloatVector.broadcast(LANES, a[x + ai]);
                c10 = a1.fma(b0, c10);
                FloatVector a2 = FloatVector.broadcast(LANES, a[x + 2 * ai]);
                c20 = a2.fma(b0, c20);
                FloatVector a3 = FloatVector.broadcast(LANES, a[x + 3 * ai]);
                c30 = a3.fma(b0, c30);
                FloatVector a4 = FloatVector.broadcast(LANES, a[x + 4 * ai]);
                c40 = a4.fma(b0, c40);
                FloatVector a5 = FloatVector.broadcast(LANES, a[x + 5 * ai]);
                c50 = a5.fma(b0, c50);
                FloatVector a6 = FloatVector.broadcast(LANES, a[x + 6 * ai]);
                c60 = a6.fma(b0, c60);
                FloatVector a7 = FloatVector.broadcast(LANES, a[x + 7 * ai]);
                c70 = a7.fma(b0, c70);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c10.intoArray(c, at + ci);
            c20.intoArray(c, at + 2 * ci);
            c30.intoArray(c, at + 3 * ci);
            c40.intoArray(c, at + 4 * ci);
            c50.intoArray(c, at + 5 * ci);
            c60.intoArray(c, at + 6 * ci);
            c70.intoArray(c, at + 7 * ci);
        }
        return i;
    }

    private static int twoByOne(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i + 2 <= m; i += 2) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            FloatVector c10 = load(c, at + ci);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                FloatVector a1 = FloatVector.broadcast(LANES, a[x + ai]);
                c10 = a1.fma(b0, c10);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
            c10.intoArray(c, at + ci);
        }
        return i;
    }

    private static void oneByOne(
            int first,
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            int bp,
            float[] c,
            int co,
            int ci,
            int m,
            int k) {
        int i = first;
        for (; i < m; i++) {
            int at = co + i * ci;
            FloatVector c00 = load(c, at);
            int x = ao + i * ai;
            int y = bo;
            for (int p = 0; p < k; p++) {
                FloatVector b0 = load(b, y);
                FloatVector a0 = FloatVector.broadcast(LANES, a[x]);
                c00 = a0.fma(b0, c00);
                x += ap;
                y += bp;
            }
            c00.intoArray(c, at);
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
            VectorMask<Float> positive = value.compare(VectorOperators.GT, 0f);
            value.mul(leak).blend(value, positive).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = x[xo + i] > 0 ? x[xo + i] : leak * x[xo + i];
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
    public void absGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector argument = load(x, xo + i);
            FloatVector gradient = load(dy, dyo + i);
            FloatVector signed = gradient.neg().blend(gradient, argument.compare(VectorOperators.GT, 0f));
            signed.blend(0f, argument.compare(VectorOperators.EQ, 0f)).intoArray(dx, dxo + i);
        }
        for (; i < n; i++) {
            dx[dxo + i] = LoopKernels.absGradient(x[xo + i], dy[dyo + i]);
        }
    }

    @Override
    public void elu(float[] x, int xo, float[] y, int yo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector value = load(x, xo + i);
            VectorMask<Float> positive = value.compare(VectorOperators.GT, 0f);
            exp(value.blend(0f, positive)).sub(1f).blend(value, positive).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = LoopKernels.elu(x[xo + i]);
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        FloatVector half = FloatVector.broadcast(LANES, 0.5f);
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector tanh = tanh(load(x, xo + i).mul(0.5f));
            half.fma(tanh, half).max(FloatMath.SIGMOID_FLOOR).intoArray(y, yo + i);
        }
        for (; i < n; i++) {
            y[yo + i] = FloatMath.sigmoid(x[xo + i]);
        }
    }

    /** {@link FloatMath#tanh}. */
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

    /** {@link FloatMath#exp}. */
    private static FloatVector exp(FloatVector x) {
        FloatVector shifted = x.mul(FloatMath.LOG2_E).add(FloatMath.ROUND);
        FloatVector n = shifted.sub(FloatMath.ROUND);
        FloatVector r = n.fma(FloatVector.broadcast(LANES, FloatMath.LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(LANES, FloatMath.LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(LANES, FloatMath.EXP_6);
        p = p.fma(r, FloatVector.broadcast(LANES, FloatMath.EXP_5));
        p = p.fma(r, FloatVector.broadcast(LANES, FloatMath.EXP_4));
        p = p.fma(r, FloatVector.broadcast(LANES, FloatMath.EXP_3));
        p = p.fma(r, FloatVector.broadcast(LANES, FloatMath.EXP_2));
        p = p.fma(r, FloatVector.broadcast(LANES, 0.5f));
        p = p.fma(r.mul(r), r).add(1f);
        // the lowest bits of the shifted number are n: they become the exponent of 2^n
        FloatVector power = shifted.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 23)
                .add(127 << 23)
                .reinterpretAsFloats();
        return p.mul(power).blend(0f, x.compare(VectorOperators.LT, FloatMath.EXP_FLOOR));
    }

    @Override
    public void eluGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        int i = 0;
        for (; i + L <= n; i += L) {
            FloatVector value = load(y, yo + i);
            FloatVector gradient = load(dy, dyo + i);
            VectorMask<Float> positive = value.compare(VectorOperators.GT, 0f);
            gradient.mul(value.add(1f)).blend(gradient, positive).intoArray(dx, dxo + i);
        }
        for (; i < n; i++) {
            dx[dxo + i] = LoopKernels.eluGradient(y[yo + i], dy[dyo + i]);
        }
    }

    @Override
    public void addColumnSums(float[] x, int xo, int rows, int n, float[] sums, int so) {
        int c = 0;
        for (; c + 4 * L <= n; c += 4 * L) {
            FloatVector s0 = load(sums, so + c);
            FloatVector s1 = load(sums, so + c + L);
            FloatVector s2 = load(sums, so + c + 2 * L);
            FloatVector s3 = load(sums, so + c + 3 * L);
            int at = xo + c;
            for (int r = 0; r < rows; r++) {
                s0 = s0.add(load(x, at));
                s1 = s1.add(load(x, at + L));
                s2 = s2.add(load(x, at + 2 * L));
                s3 = s3.add(load(x, at + 3 * L));
                at += n;
            }
            s0.intoArray(sums, so + c);
            s1.intoArray(sums, so + c + L);
            s2.intoArray(sums, so + c + 2 * L);
            s3.intoArray(sums, so + c + 3 * L);
        }
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
    public void gruStep(
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
            int rows) {
        if (gates.length < ROWS * 2 * width) {
            gates = new float[ROWS * 2 * width];
            candidates = new float[ROWS * width];
        }
        for (int i = 0; i < rows; i += ROWS) {
            int count = Math.min(ROWS, rows - i);
            int in = 3 * width * i;
            int kept = to + 4 * width * i;
            // in several loops: one would be more than the JIT compiler inlines, and its vectors would live on the heap
            halfSums(x, xo + in, a, ao + in, gates, width, count);
            tanh(gates, count * 2 * width);
            arguments(gates, x, xo + in, a, ao + in, trace, kept, candidates, width, count);
            tanh(candidates, count * width);
            states(candidates, old, oo + oi * i, oi, trace, kept, h, ho + width * i, width, count);
        }
    }

    /** {@code gates = 0.5 (x + a)}, of r and z. */
    private static void halfSums(float[] x, int xo, float[] a, int ao, float[] gates, int width, int rows) {
        for (int i = 0; i < rows; i++) {
            int in = 3 * width * i;
            int out = 2 * width * i;
            int j = 0;
            for (; j + L <= 2 * width; j += L) {
                load(x, xo + in + j).add(load(a, ao + in + j)).mul(0.5f).intoArray(gates, out + j);
            }
            for (; j < 2 * width; j++) {
                gates[out + j] = 0.5f * (x[xo + in + j] + a[ao + in + j]);
            }
        }
    }

    /** From {@code tanh(x / 2)} in the gates to r, z and u in the trace, and the arguments {@code fma(r, u, x_g)} of the candidates. */
    private static void arguments(
            float[] gates,
            float[] x,
            int xo,
            float[] a,
            int ao,
            float[] trace,
            int to,
            float[] candidates,
            int width,
            int rows) {
        FloatVector half = FloatVector.broadcast(LANES, 0.5f);
        for (int i = 0; i < rows; i++) {
            int in = 3 * width * i + 2 * width;
            int gate = 2 * width * i;
            int kept = to + 4 * width * i;
            int j = 0;
            for (; j + L <= width; j += L) {
                FloatVector r = half.fma(load(gates, gate + j), half).max(FloatMath.SIGMOID_FLOOR);
                FloatVector z = half.fma(load(gates, gate + width + j), half).max(FloatMath.SIGMOID_FLOOR);
                FloatVector u = load(a, ao + in + j);
                r.intoArray(trace, kept + j);
                z.intoArray(trace, kept + width + j);
                u.intoArray(trace, kept + 3 * width + j);
                r.fma(u, load(x, xo + in + j)).intoArray(candidates, width * i + j);
            }
            for (; j < width; j++) {
                float r = sigmoidOfHalfTanh(gates[gate + j]);
                trace[kept + j] = r;
                trace[kept + width + j] = sigmoidOfHalfTanh(gates[gate + width + j]);
                trace[kept + 3 * width + j] = a[ao + in + j];
                candidates[width * i + j] = Math.fma(r, a[ao + in + j], x[xo + in + j]);
            }
        }
    }

    /** {@code h' = fma(z, h - g, g)}, with g going to the trace. */
    private static void states(
            float[] candidates,
            float[] old,
            int oo,
            int oi,
            float[] trace,
            int to,
            float[] h,
            int ho,
            int width,
            int rows) {
        for (int i = 0; i < rows; i++) {
            int out = width * i;
            int kept = to + 4 * width * i;
            int before = oo + oi * i;
            int j = 0;
            for (; j + L <= width; j += L) {
                FloatVector g = load(candidates, out + j);
                g.intoArray(trace, kept + 2 * width + j);
                load(trace, kept + width + j)
                        .fma(load(old, before + j).sub(g), g)
                        .intoArray(h, ho + out + j);
            }
            for (; j < width; j++) {
                float g = candidates[out + j];
                trace[kept + 2 * width + j] = g;
                h[ho + out + j] = Math.fma(trace[kept + width + j], old[before + j] - g, g);
            }
        }
    }

    /**
     * {@link FloatMath#tanh} in place. Two vectors at a time hide one another's waiting; and make the method too long to be inlined where there is no room
     * for all of it, which would put vectors on the heap.
     */
    private static void tanh(float[] x, int n) {
        int j = 0;
        for (; j + 2 * L <= n; j += 2 * L) {
            FloatVector x0 = load(x, j).min(FloatMath.TANH_BOUND).max(-FloatMath.TANH_BOUND);
            FloatVector x1 = load(x, j + L).min(FloatMath.TANH_BOUND).max(-FloatMath.TANH_BOUND);
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
            x0.mul(p0).div(q0).intoArray(x, j);
            x1.mul(p1).div(q1).intoArray(x, j + L);
        }
        for (; j < n; j++) {
            x[j] = FloatMath.tanh(x[j]);
        }
    }

    /** The second half of {@link FloatMath#sigmoid}: from tanh(x / 2) to sigmoid(x). */
    private static float sigmoidOfHalfTanh(float x) {
        return Math.max(FloatMath.SIGMOID_FLOOR, Math.fma(0.5f, x, 0.5f));
    }

    @Override
    public void gruStepGradient(
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
            int rows) {
        for (int i = 0; i < rows; i++) {
            int in = 3 * width * i;
            int out = width * i;
            int kept = to + 4 * width * i;
            gruGradient(trace, kept, old, oo + out, dh, ho + out, dx, xo + in, da, ao + in, width);
            if (dOld != null) {
                addProduct(dh, ho + out, trace, kept + width, dOld, dOldo + out, width);
            }
        }
    }

    private static void gruGradient(
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
        LoopKernels.gruGradientFrom(j, trace, to, old, oo, dh, ho, dx, xo, da, ao, width);
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
