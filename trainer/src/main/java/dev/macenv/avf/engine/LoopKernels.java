package dev.macenv.avf.engine;

import org.jspecify.annotations.Nullable;

/** {@link Kernels} in plain loops, for where the Vector API is absent. */
final class LoopKernels implements Kernels {
    @Override
    public String name() {
        return "loops";
    }

    @Override
    public void multiplyAdd(
            float[] a, int ao, int ai, int ap, float[] b, int bo, float[] c, int co, int m, int k, int n) {
        int p = 0;
        for (; p + 4 <= k; p += 4) {
            int i = 0;
            for (; i + 2 <= m; i += 2) {
                twoByFour(a, ao + i * ai + p * ap, ai, ap, b, bo + p * n, c, co + i * n, n);
            }
            if (i < m) {
                oneByFour(a, ao + i * ai + p * ap, ap, b, bo + p * n, c, co + i * n, n);
            }
        }
        for (; p < k; p++) {
            for (int i = 0; i < m; i++) {
                addScaled(a[ao + i * ai + p * ap], b, bo + p * n, c, co + i * n, n);
            }
        }
    }

    /** Two rows of C take four products each: eight operations for six loads and two stores. */
    private static void twoByFour(float[] a, int at, int ai, int ap, float[] b, int bo, float[] c, int co, int n) {
        float a00 = a[at];
        float a01 = a[at + ap];
        float a02 = a[at + 2 * ap];
        float a03 = a[at + 3 * ap];
        float a10 = a[at + ai];
        float a11 = a[at + ai + ap];
        float a12 = a[at + ai + 2 * ap];
        float a13 = a[at + ai + 3 * ap];
        for (int j = 0; j < n; j++) {
            float b0 = b[bo + j];
            float b1 = b[bo + n + j];
            float b2 = b[bo + 2 * n + j];
            float b3 = b[bo + 3 * n + j];
            c[co + j] = Math.fma(a03, b3, Math.fma(a02, b2, Math.fma(a01, b1, Math.fma(a00, b0, c[co + j]))));
            c[co + n + j] = Math.fma(a13, b3, Math.fma(a12, b2, Math.fma(a11, b1, Math.fma(a10, b0, c[co + n + j]))));
        }
    }

    private static void oneByFour(float[] a, int at, int ap, float[] b, int bo, float[] c, int co, int n) {
        float a0 = a[at];
        float a1 = a[at + ap];
        float a2 = a[at + 2 * ap];
        float a3 = a[at + 3 * ap];
        for (int j = 0; j < n; j++) {
            float sum = Math.fma(a1, b[bo + n + j], Math.fma(a0, b[bo + j], c[co + j]));
            c[co + j] = Math.fma(a3, b[bo + 3 * n + j], Math.fma(a2, b[bo + 2 * n + j], sum));
        }
    }

    @Override
    public void addScaled(float alpha, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(alpha, x[xo + i], y[yo + i]);
        }
    }

    @Override
    public void addProduct(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.fma(a[ao + i], b[bo + i], y[yo + i]);
        }
    }

    @Override
    public void leakyRelu(float leak, float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = x[xo + i] > 0 ? x[xo + i] : leak * x[xo + i];
        }
    }

    @Override
    public void leakyReluGradient(float leak, float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = y[yo + i] > 0 ? dy[dyo + i] : leak * dy[dyo + i];
        }
    }

    @Override
    public void absGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = absGradient(x[xo + i], dy[dyo + i]);
        }
    }

    static float absGradient(float x, float dy) {
        return x > 0 ? dy : x == 0 ? 0f : -dy;
    }

    @Override
    public void elu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = elu(x[xo + i]);
        }
    }

    static float elu(float x) {
        return x > 0 ? x : FloatMath.expMinusOne(x);
    }

    @Override
    public void eluGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = eluGradient(y[yo + i], dy[dyo + i]);
        }
    }

    static float eluGradient(float y, float dy) {
        return y > 0 ? dy : dy * (y + 1f);
    }

    @Override
    public void addColumnSums(float[] x, int xo, int rows, int n, float[] sums, int so) {
        for (int r = 0; r < rows; r++) {
            int at = xo + r * n;
            for (int c = 0; c < n; c++) {
                sums[so + c] += x[at + c];
            }
        }
    }

    @Override
    public void sigmoid(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.sigmoid(x[xo + i]);
        }
    }

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
        for (int i = 0; i < rows; i++) {
            int in = 3 * width * i;
            int kept = to + 4 * width * i;
            for (int j = 0; j < width; j++) {
                float r = FloatMath.sigmoid(x[xo + in + j] + a[ao + in + j]);
                float z = FloatMath.sigmoid(x[xo + in + width + j] + a[ao + in + width + j]);
                float u = a[ao + in + 2 * width + j];
                float g = FloatMath.tanh(Math.fma(r, u, x[xo + in + 2 * width + j]));
                trace[kept + j] = r;
                trace[kept + width + j] = z;
                trace[kept + 2 * width + j] = g;
                trace[kept + 3 * width + j] = u;
                h[ho + width * i + j] = Math.fma(z, old[oo + oi * i + j] - g, g);
            }
        }
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
            gruGradientFrom(0, trace, to + 4 * width * i, old, oo + out, dh, ho + out, dx, xo + in, da, ao + in, width);
            if (dOld != null) {
                for (int j = 0; j < width; j++) {
                    dOld[dOldo + out + j] =
                            Math.fma(dh[ho + out + j], trace[to + 4 * width * i + width + j], dOld[dOldo + out + j]);
                }
            }
        }
    }

    /** The gradient of one row of {@link #gruStep} for the units from {@code first} on, without that of the old state. */
    static void gruGradientFrom(
            int first,
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
        for (int j = first; j < width; j++) {
            float r = trace[to + j];
            float z = trace[to + width + j];
            float g = trace[to + 2 * width + j];
            float u = trace[to + 3 * width + j];
            float dg = dh[ho + j] * (1f - z) * (1f - g * g);
            float dr = dg * u * r * (1f - r);
            float dz = dh[ho + j] * (old[oo + j] - g) * z * (1f - z);
            dx[xo + j] = dr;
            dx[xo + width + j] = dz;
            dx[xo + 2 * width + j] = dg;
            da[ao + j] = dr;
            da[ao + width + j] = dz;
            da[ao + 2 * width + j] = dg * r;
        }
    }

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
        adamFrom(0, x, gradient, m, v, n, scale, stepSize, rootScale, b1, c1, b2, c2, epsilon);
    }

    /** {@link #adam} for the elements from {@code first} on. */
    static void adamFrom(
            int first,
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
        for (int i = first; i < n; i++) {
            float g = scale * gradient[i];
            m[i] = Math.fma(b1, m[i], c1 * g);
            v[i] = Math.fma(b2, v[i], c2 * (g * g));
            x[i] -= stepSize * m[i] / Math.fma((float) Math.sqrt(v[i]), rootScale, epsilon);
        }
    }

    @Override
    public void blend(float share, float[] x, float[] y, int n) {
        for (int i = 0; i < n; i++) {
            x[i] = Math.fma(share, y[i] - x[i], x[i]);
        }
    }
}
