package dev.macenv.avf.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Single precision on Java arrays. Plain loops, written so that the JIT compiler vectorises them; sums run in a fixed order and exponentials are
 * {@link FloatMath}'s, so results do not depend on machine or compiler.
 */
final class VectorEngine implements Engine {
    /** Rows of a layer that go through all of it before the next ones do, so that they stay in the cache: a multiple of this. */
    private static final int ROWS = 96;

    /** As many such rows as make this many numbers, or ROWS of a wide layer. */
    private static final int BLOCK = 1 << 14;

    private final Kernels kernels;

    /** The transposed right factor of a product. */
    private float[] transposed = {};

    /** The recurrent layer's share of the gates, and what belongs to its backward pass. */
    private float[] gates = {};

    private float[] previous = {};

    VectorEngine() {
        this(Kernels.fastest());
    }

    VectorEngine(Kernels kernels) {
        this.kernels = kernels;
    }

    @Override
    public String name() {
        return "vector";
    }

    /** Which kernels are in use. */
    String kernels() {
        return kernels.name();
    }

    @Override
    public Storage allocate(int size) {
        return new FloatStorage(size);
    }

    @Override
    public void fill(Matrix y, double value) {
        Arrays.fill(data(y), y.offset(), y.offset() + y.size(), (float) value);
    }

    @Override
    public void copy(Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        System.arraycopy(data(x), x.offset(), data(y), y.offset(), x.size());
    }

    @Override
    public void fillRows(Matrix row, Matrix y) {
        Shapes.require("row", row, 1, y.columns());
        repeat(data(row), row.offset(), data(y), y.offset(), y.columns(), y.rows());
    }

    /** {@code count} copies of the n elements at {@code x[xo..]}, one after the other: twice as many with every step. */
    private static void repeat(float[] x, int xo, float[] y, int yo, int n, int count) {
        int size = count * n;
        System.arraycopy(x, xo, y, yo, Math.min(n, size));
        for (int done = n; done < size; done *= 2) {
            System.arraycopy(y, yo, y, yo + done, Math.min(done, size - done));
        }
    }

    // ---- products

    @Override
    public void product(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        int k = a.columns();
        Shapes.require("b", b, k, c.columns());
        Shapes.require("c", c, a.rows(), b.columns());
        clear(c, accumulate);
        kernels.multiplyAdd(
                data(a), a.offset(), k, 1, data(b), b.offset(), data(c), c.offset(), a.rows(), k, b.columns());
    }

    @Override
    public void productTransposedLeft(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        int k = a.rows();
        int m = a.columns();
        Shapes.require("b", b, k, c.columns());
        Shapes.require("c", c, m, b.columns());
        clear(c, accumulate);
        kernels.multiplyAdd(data(a), a.offset(), 1, m, data(b), b.offset(), data(c), c.offset(), m, k, b.columns());
    }

    @Override
    public void productTransposedRight(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        int k = a.columns();
        int n = b.rows();
        Shapes.require("b", b, n, k);
        Shapes.require("c", c, a.rows(), n);
        transpose(data(b), b.offset(), n, k);
        clear(c, accumulate);
        kernels.multiplyAdd(data(a), a.offset(), k, 1, transposed, 0, data(c), c.offset(), a.rows(), k, n);
    }

    private void clear(Matrix y, boolean accumulate) {
        if (!accumulate) {
            fill(y, 0);
        }
    }

    /** The matrix {@code [rows, columns]} at {@code x[xo..]}, transposed into {@link #transposed}. */
    private void transpose(float[] x, int xo, int rows, int columns) {
        transposed = atLeast(transposed, rows * columns);
        float[] to = transposed;
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to[c * rows + r] = x[xo + r * columns + c];
            }
        }
    }

    // ---- fully connected layers

    @Override
    public void linear(Matrix x, Matrix weight, Matrix bias, Activation f, Matrix y) {
        int k = weight.rows();
        int n = weight.columns();
        Shapes.require("x", x, y.rows(), k);
        Shapes.require("bias", bias, 1, n);
        Shapes.require("y", y, x.rows(), n);
        float[] to = data(y);
        int block = blockRows(k, n);
        for (int r = 0; r < y.rows(); r += block) {
            int rows = Math.min(block, y.rows() - r);
            int yo = y.offset() + r * n;
            repeat(data(bias), bias.offset(), to, yo, n, rows);
            kernels.multiplyAdd(data(x), x.offset() + r * k, k, 1, data(weight), weight.offset(), to, yo, rows, k, n);
            if (f != Activation.IDENTITY) {
                activate(f, to, yo, to, yo, rows * n);
            }
        }
    }

    @Override
    public void linearGradient(
            Matrix x,
            Matrix weight,
            Activation f,
            Matrix y,
            Matrix dy,
            @Nullable Matrix dWeight,
            @Nullable Matrix dBias,
            @Nullable Matrix dx,
            boolean accumulate) {
        int k = weight.rows();
        int n = weight.columns();
        Shapes.require("x", x, y.rows(), k);
        Shapes.require("y", y, x.rows(), n);
        Shapes.requireSame("dy", dy, y);
        if (dWeight != null) {
            Shapes.requireSame("dWeight", dWeight, weight);
        }
        if (dBias != null) {
            Shapes.require("dBias", dBias, 1, n);
        }
        if (dx != null) {
            Shapes.requireSame("dx", dx, x);
            transpose(data(weight), weight.offset(), k, n);
        }
        float[] from = data(dy);
        int block = blockRows(k, n);
        for (int r = 0; r < y.rows(); r += block) {
            int rows = Math.min(block, y.rows() - r);
            int yo = y.offset() + r * n;
            int at = dy.offset() + r * n;
            int xo = x.offset() + r * k;
            if (f != Activation.IDENTITY) {
                activationGradient(f, data(y), yo, data(y), yo, from, at, from, at, rows * n);
            }
            if (dWeight != null) {
                kernels.multiplyAdd(data(x), xo, 1, k, from, at, data(dWeight), dWeight.offset(), k, rows, n);
            }
            if (dBias != null) {
                kernels.addColumnSums(from, at, rows, n, data(dBias), dBias.offset());
            }
            if (dx != null) {
                int to = dx.offset() + r * k;
                if (!accumulate) {
                    Arrays.fill(data(dx), to, to + rows * k, 0f);
                }
                kernels.multiplyAdd(from, at, n, 1, transposed, 0, data(dx), to, rows, n, k);
            }
        }
    }

    private static int blockRows(int in, int out) {
        return ROWS * Math.max(1, BLOCK / (ROWS * Math.max(1, Math.max(in, out))));
    }

    // ---- element-wise

    @Override
    public void addScaled(double alpha, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        kernels.addScaled((float) alpha, data(x), x.offset(), data(y), y.offset(), x.size());
    }

    @Override
    public void addScaledColumn(double alpha, Matrix column, Matrix y) {
        Shapes.require("column", column, y.rows(), 1);
        float[] from = data(column);
        float[] to = data(y);
        int n = y.columns();
        for (int r = 0; r < y.rows(); r++) {
            float value = (float) alpha * from[column.offset() + r];
            int at = y.offset() + r * n;
            for (int c = 0; c < n; c++) {
                to[at + c] += value;
            }
        }
    }

    @Override
    public void multiply(Matrix a, Matrix b, Matrix y, boolean accumulate) {
        Shapes.requireSame("a", a, y);
        if (Shapes.spread(a, b)) {
            int n = y.columns();
            for (int r = 0; r < y.rows(); r++) {
                float factor = data(b)[b.offset() + r];
                scale(data(a), a.offset() + r * n, factor, data(y), y.offset() + r * n, n, accumulate);
            }
        } else if (accumulate) {
            kernels.addProduct(data(a), a.offset(), data(b), b.offset(), data(y), y.offset(), y.size());
        } else {
            multiply(data(a), a.offset(), data(b), b.offset(), data(y), y.offset(), y.size());
        }
    }

    private void scale(float[] a, int ao, float factor, float[] y, int yo, int n, boolean accumulate) {
        if (accumulate) {
            kernels.addScaled(factor, a, ao, y, yo, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            y[yo + i] = factor * a[ao + i];
        }
    }

    private static void multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = a[ao + i] * b[bo + i];
        }
    }

    @Override
    public void addConstant(Matrix x, double constant, Matrix y) {
        Shapes.requireSame("x", x, y);
        float[] from = data(x);
        float[] to = data(y);
        int xo = x.offset();
        int yo = y.offset();
        float value = (float) constant;
        for (int i = 0; i < x.size(); i++) {
            to[yo + i] = from[xo + i] + value;
        }
    }

    @Override
    public void activate(Activation f, Matrix x, Matrix y) {
        Shapes.requireSame("x", x, y);
        activate(f, data(x), x.offset(), data(y), y.offset(), x.size());
    }

    private void activate(Activation f, float[] from, int xo, float[] to, int yo, int n) {
        switch (f) {
            case IDENTITY -> System.arraycopy(from, xo, to, yo, n);
            case LEAKY_RELU -> kernels.leakyRelu((float) Activation.LEAK, from, xo, to, yo, n);
            case RELU -> relu(from, xo, to, yo, n);
            case ELU -> kernels.elu(from, xo, to, yo, n);
            case ABS -> abs(from, xo, to, yo, n);
            case SIGMOID -> kernels.sigmoid(from, xo, to, yo, n);
            case TANH -> tanh(from, xo, to, yo, n);
            case EXP -> exp(from, xo, to, yo, n);
            case LOG -> log(from, xo, to, yo, n);
        }
    }

    private static void relu(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.max(x[xo + i], 0f);
        }
    }

    private static void abs(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = Math.abs(x[xo + i]);
        }
    }

    private static void tanh(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.tanh(x[xo + i]);
        }
    }

    private static void exp(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.exp(x[xo + i]);
        }
    }

    private static void log(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = FloatMath.log(x[xo + i]);
        }
    }

    @Override
    public void activationGradient(Activation f, Matrix x, Matrix y, Matrix dy, Matrix dx, boolean accumulate) {
        Shapes.requireSame("y", y, dx);
        Shapes.requireSame("dy", dy, dx);
        float[] value = data(y);
        float[] argument = data(x);
        float[] from = data(dy);
        float[] to = data(dx);
        int xo = x.offset();
        int vo = y.offset();
        int fo = dy.offset();
        int to0 = dx.offset();
        int n = y.size();
        if (accumulate) {
            for (int i = 0; i < n; i++) {
                float slope = slope(f, argument[xo + i], value[vo + i]);
                to[to0 + i] = Math.fma(slope, from[fo + i], to[to0 + i]);
            }
            return;
        }
        activationGradient(f, argument, xo, value, vo, from, fo, to, to0, n);
    }

    private void activationGradient(
            Activation f,
            float[] argument,
            int xo,
            float[] value,
            int vo,
            float[] from,
            int fo,
            float[] to,
            int to0,
            int n) {
        switch (f) {
            case IDENTITY -> System.arraycopy(from, fo, to, to0, n);
            case LEAKY_RELU -> kernels.leakyReluGradient((float) Activation.LEAK, value, vo, from, fo, to, to0, n);
            case RELU -> kernels.leakyReluGradient(0f, value, vo, from, fo, to, to0, n);
            case ELU -> kernels.eluGradient(value, vo, from, fo, to, to0, n);
            case ABS -> kernels.absGradient(argument, xo, from, fo, to, to0, n);
            case SIGMOID -> sigmoidGradient(value, vo, from, fo, to, to0, n);
            case TANH -> tanhGradient(value, vo, from, fo, to, to0, n);
            case EXP -> multiply(value, vo, from, fo, to, to0, n);
            case LOG -> logGradient(argument, xo, from, fo, to, to0, n);
        }
    }

    private static void logGradient(float[] x, int xo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = dy[dyo + i] * (1f / x[xo + i]);
        }
    }

    private static void sigmoidGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = dy[dyo + i] * (y[yo + i] * (1f - y[yo + i]));
        }
    }

    private static void tanhGradient(float[] y, int yo, float[] dy, int dyo, float[] dx, int dxo, int n) {
        for (int i = 0; i < n; i++) {
            dx[dxo + i] = dy[dyo + i] * (1f - y[yo + i] * y[yo + i]);
        }
    }

    private static float slope(Activation f, float x, float y) {
        return switch (f) {
            case IDENTITY -> 1f;
            case LEAKY_RELU -> y > 0 ? 1f : (float) Activation.LEAK;
            case RELU -> y > 0 ? 1f : 0f;
            case ELU -> y > 0 ? 1f : y + 1f;
            case ABS -> Math.signum(x);
            case SIGMOID -> y * (1f - y);
            case TANH -> 1f - y * y;
            case EXP -> y;
            case LOG -> 1f / x;
        };
    }

    // ---- sums

    @Override
    public void addColumnSums(Matrix x, Matrix row) {
        Shapes.require("row", row, 1, x.columns());
        kernels.addColumnSums(data(x), x.offset(), x.rows(), x.columns(), data(row), row.offset());
    }

    @Override
    public void rowSums(double alpha, Matrix x, Matrix column, boolean accumulate) {
        Shapes.require("column", column, x.rows(), 1);
        float[] from = data(x);
        float[] to = data(column);
        int n = x.columns();
        for (int r = 0; r < x.rows(); r++) {
            int at = x.offset() + r * n;
            float sum = 0;
            for (int c = 0; c < n; c++) {
                sum += from[at + c];
            }
            put(to, column.offset() + r, (float) alpha * sum, accumulate);
        }
    }

    @Override
    public void rowDot(Matrix a, Matrix b, Matrix column, boolean accumulate) {
        Shapes.requireSame("b", b, a);
        Shapes.require("column", column, a.rows(), 1);
        float[] to = data(column);
        int n = a.columns();
        for (int r = 0; r < a.rows(); r++) {
            float sum = dot(data(a), a.offset() + r * n, data(b), b.offset() + r * n, n);
            put(to, column.offset() + r, sum, accumulate);
        }
    }

    /** In four interleaved sums, so that additions need not wait for one another. */
    private static float dot(float[] a, int ao, float[] b, int bo, int n) {
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            s0 = Math.fma(a[ao + i], b[bo + i], s0);
            s1 = Math.fma(a[ao + i + 1], b[bo + i + 1], s1);
            s2 = Math.fma(a[ao + i + 2], b[bo + i + 2], s2);
            s3 = Math.fma(a[ao + i + 3], b[bo + i + 3], s3);
        }
        for (; i < n; i++) {
            s0 = Math.fma(a[ao + i], b[bo + i], s0);
        }
        return (s0 + s1) + (s2 + s3);
    }

    @Override
    public void rowMax(Matrix x, Matrix column, int[] argmax) {
        Shapes.require("column", column, x.rows(), 1);
        float[] from = data(x);
        float[] to = data(column);
        int n = x.columns();
        for (int r = 0; r < x.rows(); r++) {
            int at = x.offset() + r * n;
            int best = 0;
            for (int c = 1; c < n; c++) {
                if (from[at + c] > from[at + best]) {
                    best = c;
                }
            }
            argmax[r] = best;
            to[column.offset() + r] = from[at + best];
        }
    }

    @Override
    public double weightedSquares(Matrix x, Matrix weights) {
        Shapes.require("x", x, x.rows(), 1);
        Shapes.requireSame("weights", weights, x);
        float[] value = data(x);
        float[] weight = data(weights);
        double sum = 0;
        for (int r = 0; r < x.rows(); r++) {
            double v = value[x.offset() + r];
            sum += weight[weights.offset() + r] * v * v;
        }
        return sum;
    }

    @Override
    public double sumOfSquares(Matrix x) {
        float[] value = data(x);
        int n = x.size();
        int at = x.offset();
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        int i = 0;
        for (; i + 4 <= n; i += 4) {
            s0 += (double) value[at + i] * value[at + i];
            s1 += (double) value[at + i + 1] * value[at + i + 1];
            s2 += (double) value[at + i + 2] * value[at + i + 2];
            s3 += (double) value[at + i + 3] * value[at + i + 3];
        }
        for (; i < n; i++) {
            s0 += (double) value[at + i] * value[at + i];
        }
        return (s0 + s1) + (s2 + s3);
    }

    // ---- a matrix of its own for every row

    @Override
    public void rowProduct(Matrix q, Matrix w, Matrix y, boolean accumulate) {
        int n = q.columns();
        int e = y.columns();
        Shapes.require("w", w, q.rows(), n * e);
        Shapes.require("y", y, q.rows(), e);
        if (!accumulate) {
            fill(y, 0);
        }
        for (int r = 0; r < q.rows(); r++) {
            for (int i = 0; i < n; i++) {
                float factor = data(q)[q.offset() + r * n + i];
                kernels.addScaled(factor, data(w), w.offset() + (r * n + i) * e, data(y), y.offset() + r * e, e);
            }
        }
    }

    @Override
    public void rowProductTransposed(Matrix dy, Matrix w, Matrix dq, boolean accumulate) {
        int n = dq.columns();
        int e = dy.columns();
        Shapes.require("w", w, dq.rows(), n * e);
        Shapes.require("dy", dy, dq.rows(), e);
        for (int r = 0; r < dq.rows(); r++) {
            for (int i = 0; i < n; i++) {
                float sum = dot(data(dy), dy.offset() + r * e, data(w), w.offset() + (r * n + i) * e, e);
                put(data(dq), dq.offset() + r * n + i, sum, accumulate);
            }
        }
    }

    @Override
    public void rowOuter(Matrix q, Matrix dy, Matrix dw, boolean accumulate) {
        int n = q.columns();
        int e = dy.columns();
        Shapes.require("dw", dw, q.rows(), n * e);
        Shapes.require("dy", dy, q.rows(), e);
        for (int r = 0; r < q.rows(); r++) {
            for (int i = 0; i < n; i++) {
                float factor = data(q)[q.offset() + r * n + i];
                scale(data(dy), dy.offset() + r * e, factor, data(dw), dw.offset() + (r * n + i) * e, e, accumulate);
            }
        }
    }

    // ---- rows and elements by index

    @Override
    public void gatherRows(Matrix x, int[] rows, Matrix y) {
        int n = x.columns();
        Shapes.require("y", y, y.rows(), n);
        for (int k = 0; k < y.rows(); k++) {
            System.arraycopy(data(x), index(x, rows[k], 0), data(y), y.offset() + k * n, n);
        }
    }

    @Override
    public void scatterAddRows(Matrix dy, int[] rows, Matrix dx) {
        int n = dx.columns();
        Shapes.require("dy", dy, dy.rows(), n);
        for (int k = 0; k < dy.rows(); k++) {
            kernels.addScaled(1f, data(dy), dy.offset() + k * n, data(dx), index(dx, rows[k], 0), n);
        }
    }

    @Override
    public void pick(Matrix x, int @Nullable [] rows, int[] columns, Matrix y) {
        Shapes.require("y", y, y.rows(), 1);
        for (int k = 0; k < y.rows(); k++) {
            data(y)[y.offset() + k] = data(x)[index(x, rows == null ? k : rows[k], columns[k])];
        }
    }

    @Override
    public void scatterAdd(Matrix dy, int @Nullable [] rows, int[] columns, Matrix dx) {
        Shapes.require("dy", dy, dy.rows(), 1);
        for (int k = 0; k < dy.rows(); k++) {
            data(dx)[index(dx, rows == null ? k : rows[k], columns[k])] += data(dy)[dy.offset() + k];
        }
    }

    @Override
    public void putColumns(Matrix x, Matrix y, int first) {
        int n = x.columns();
        Shapes.require("x", x, y.rows(), n);
        requireColumns(first, n, y);
        for (int r = 0; r < x.rows(); r++) {
            System.arraycopy(data(x), x.offset() + r * n, data(y), y.offset() + r * y.columns() + first, n);
        }
    }

    @Override
    public void takeColumns(Matrix dy, int first, Matrix dx, boolean accumulate) {
        int n = dx.columns();
        Shapes.require("dx", dx, dy.rows(), n);
        requireColumns(first, n, dy);
        for (int r = 0; r < dx.rows(); r++) {
            int from = dy.offset() + r * dy.columns() + first;
            scale(data(dy), from, 1f, data(dx), dx.offset() + r * n, n, accumulate);
        }
    }

    // ---- the recurrent layer

    @Override
    public void gruForward(
            int[] counts,
            int steps,
            Matrix projected,
            Matrix weight,
            Matrix bias,
            @Nullable Matrix initial,
            Matrix trace,
            Matrix hidden) {
        Shapes.requireGru(counts, steps, projected, weight, bias, trace, hidden);
        if (steps == 0) {
            return;
        }
        int width = weight.rows();
        if (initial != null && (initial.columns() != width || initial.rows() < counts[0])) {
            throw new IllegalArgumentException(
                    "initial: " + initial + " (expected: " + counts[0] + " x " + width + " or more rows)");
        }
        gates = atLeast(gates, counts[0] * 3 * width);
        previous = atLeast(previous, width);
        Arrays.fill(previous, 0, width, 0f);
        int start = 0;
        for (int s = 0; s < steps; s++) {
            // the state before this step: rows of the step before, of initial, or one row of zeros for all
            Matrix before = s == 0 ? initial : hidden;
            float[] old = before == null ? previous : data(before);
            int oldOffset = before == null ? 0 : before.offset() + (s == 0 ? 0 : start - counts[s - 1]) * width;
            repeat(data(bias), bias.offset(), gates, 0, 3 * width, counts[s]);
            if (before != null) {
                kernels.multiplyAdd(
                        old, oldOffset, width, 1, data(weight), weight.offset(), gates, 0, counts[s], width, 3 * width);
            }
            kernels.gruStep(
                    data(projected),
                    projected.offset() + start * 3 * width,
                    gates,
                    0,
                    old,
                    oldOffset,
                    before == null ? 0 : width,
                    data(trace),
                    trace.offset() + start * 4 * width,
                    data(hidden),
                    hidden.offset() + start * width,
                    width,
                    counts[s]);
            start += counts[s];
        }
    }

    @Override
    public void gruBackward(
            int[] counts,
            int steps,
            Matrix weight,
            Matrix trace,
            Matrix hidden,
            Matrix dHidden,
            Matrix dProjected,
            Matrix dWeight,
            Matrix dBias,
            @Nullable Matrix initial) {
        int rows = Shapes.requireGru(counts, steps, dProjected, dWeight, dBias, trace, dHidden);
        Shapes.requireSame("hidden", hidden, dHidden);
        if (steps == 0) {
            return;
        }
        int width = weight.rows();
        gates = atLeast(gates, rows * 3 * width);
        previous = atLeast(previous, rows * width);
        transpose(data(weight), weight.offset(), width, 3 * width);
        if (initial == null) {
            Arrays.fill(previous, 0, counts[0] * width, 0f);
        } else {
            System.arraycopy(data(initial), initial.offset(), previous, 0, counts[0] * width);
        }
        int start = rows;
        for (int s = steps - 1; s >= 0; s--) {
            start -= counts[s];
            int before = hidden.offset() + (s > 0 ? start - counts[s - 1] : 0) * width;
            int dBefore = dHidden.offset() + (s > 0 ? start - counts[s - 1] : 0) * width;
            if (s > 0) {
                System.arraycopy(data(hidden), before, previous, start * width, counts[s] * width);
            }
            kernels.gruStepGradient(
                    data(trace),
                    trace.offset() + start * 4 * width,
                    previous,
                    start * width,
                    data(dHidden),
                    dHidden.offset() + start * width,
                    data(dProjected),
                    dProjected.offset() + start * 3 * width,
                    gates,
                    start * 3 * width,
                    s > 0 ? data(dHidden) : null,
                    dBefore,
                    width,
                    counts[s]);
            if (s > 0) {
                kernels.multiplyAdd(
                        gates,
                        start * 3 * width,
                        3 * width,
                        1,
                        transposed,
                        0,
                        data(dHidden),
                        dBefore,
                        counts[s],
                        3 * width,
                        width);
            }
        }
        // rows before which the state was zero add nothing to the weight's gradient
        int zeros = initial == null ? counts[0] : 0;
        kernels.multiplyAdd(
                previous,
                zeros * width,
                1,
                width,
                gates,
                zeros * 3 * width,
                data(dWeight),
                dWeight.offset(),
                width,
                rows - zeros,
                3 * width);
        kernels.addColumnSums(gates, 0, rows, 3 * width, data(dBias), dBias.offset());
    }

    // ---- optimisation

    @Override
    public void adam(
            Matrix x,
            Matrix gradient,
            Matrix m,
            Matrix v,
            double gradientScale,
            double rate,
            double b1,
            double b2,
            double epsilon,
            long t) {
        Shapes.requireSameSize(gradient, x);
        Shapes.requireSameSize(m, x);
        Shapes.requireSameSize(v, x);
        float stepSize = (float) (rate / (1 - StrictMath.pow(b1, (double) t)));
        float rootScale = (float) (1 / Math.sqrt(1 - StrictMath.pow(b2, (double) t)));
        kernels.adam(
                whole(x),
                whole(gradient),
                whole(m),
                whole(v),
                x.size(),
                (float) gradientScale,
                stepSize,
                rootScale,
                (float) b1,
                (float) (1 - b1),
                (float) b2,
                (float) (1 - b2),
                (float) epsilon);
    }

    @Override
    public void rmsProp(
            Matrix x, Matrix gradient, Matrix v, double gradientScale, double rate, double decay, double epsilon) {
        Shapes.requireSameSize(gradient, x);
        Shapes.requireSameSize(v, x);
        float[] value = data(x);
        float[] from = data(gradient);
        float[] square = data(v);
        for (int i = 0; i < x.size(); i++) {
            float g = (float) gradientScale * from[gradient.offset() + i];
            float second = Math.fma((float) decay, square[v.offset() + i], (float) (1 - decay) * (g * g));
            square[v.offset() + i] = second;
            value[x.offset() + i] -= (float) rate * g / ((float) Math.sqrt(second) + (float) epsilon);
        }
    }

    @Override
    public void blend(double keep, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        kernels.blend((float) (1 - keep), whole(x), whole(y), x.size());
    }

    /** The array of a matrix that begins at its first element, as flat parameter vectors do. */
    private static float[] whole(Matrix x) {
        if (x.offset() != 0) {
            throw new IllegalArgumentException("offset: " + x.offset() + " (expected: 0, a whole vector)");
        }
        return data(x);
    }

    /** Scratch for {@code size} elements: the old one if it is large enough. */
    private static float[] atLeast(float[] scratch, int size) {
        return scratch.length >= size ? scratch : new float[size + size / 4];
    }

    private static float[] data(Matrix x) {
        return ((FloatStorage) x.storage()).data;
    }

    private static void put(float[] x, int index, float value, boolean accumulate) {
        x[index] = accumulate ? x[index] + value : value;
    }

    private static int index(Matrix x, int row, int column) {
        if (row < 0 || row >= x.rows() || column < 0 || column >= x.columns()) {
            throw new IndexOutOfBoundsException("element: (" + row + ", " + column + ") (expected: inside " + x + ")");
        }
        return x.offset() + row * x.columns() + column;
    }

    private static void requireColumns(int first, int count, Matrix y) {
        if (first < 0 || first + count > y.columns()) {
            throw new IllegalArgumentException(
                    "first: " + first + " (expected: room for " + count + " columns in " + y + ")");
        }
    }
}
