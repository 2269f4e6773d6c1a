package dev.macenv.avf.engine;

import java.util.Arrays;

/** {@link Products} in plain loops over rows of C, which the JIT compiler turns into vector instructions. */
final class LoopProducts implements Products {
    @Override
    public void multiplyAdd(
            float[] a,
            int ao,
            int ai,
            int ap,
            float[] b,
            int bo,
            float[] c,
            int co,
            int m,
            int k,
            int n,
            boolean accumulate) {
        if (!accumulate) {
            Arrays.fill(c, co, co + m * n, 0f);
        }
        int p = 0;
        for (; p + 8 <= k; p += 8) {
            for (int i = 0; i < m; i++) {
                eight(a, ao + i * ai + p * ap, ap, b, bo + p * n, c, co + i * n, n);
            }
        }
        for (; p < k; p++) {
            for (int i = 0; i < m; i++) {
                one(a[ao + i * ai + p * ap], b, bo + p * n, c, co + i * n, n);
            }
        }
    }

    private static void eight(float[] a, int at, int ap, float[] b, int bo, float[] c, int co, int n) {
        float a0 = a[at];
        float a1 = a[at + ap];
        float a2 = a[at + 2 * ap];
        float a3 = a[at + 3 * ap];
        float a4 = a[at + 4 * ap];
        float a5 = a[at + 5 * ap];
        float a6 = a[at + 6 * ap];
        float a7 = a[at + 7 * ap];
        for (int j = 0; j < n; j++) {
            float sum = c[co + j];
            sum = Math.fma(a0, b[bo + j], sum);
            sum = Math.fma(a1, b[bo + n + j], sum);
            sum = Math.fma(a2, b[bo + 2 * n + j], sum);
            sum = Math.fma(a3, b[bo + 3 * n + j], sum);
            sum = Math.fma(a4, b[bo + 4 * n + j], sum);
            sum = Math.fma(a5, b[bo + 5 * n + j], sum);
            sum = Math.fma(a6, b[bo + 6 * n + j], sum);
            c[co + j] = Math.fma(a7, b[bo + 7 * n + j], sum);
        }
    }

    private static void one(float a, float[] b, int bo, float[] c, int co, int n) {
        for (int j = 0; j < n; j++) {
            c[co + j] = Math.fma(a, b[bo + j], c[co + j]);
        }
    }
}
