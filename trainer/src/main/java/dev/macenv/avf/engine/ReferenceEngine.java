package dev.macenv.avf.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Double precision, the simplest loops that say what each operation means. */
final class ReferenceEngine implements Engine {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Storage allocate(int size) {
        return new DoubleStorage(size);
    }

    @Override
    public void fill(Matrix y, double value) {
        Arrays.fill(data(y), y.offset(), y.offset() + y.size(), value);
    }

    @Override
    public void copy(Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        System.arraycopy(data(x), x.offset(), data(y), y.offset(), x.size());
    }

    @Override
    public void fillRows(Matrix row, Matrix y) {
        Shapes.require("row", row, 1, y.columns());
        for (int r = 0; r < y.rows(); r++) {
            System.arraycopy(data(row), row.offset(), data(y), y.offset() + r * y.columns(), y.columns());
        }
    }

    @Override
    public void product(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, a.columns(), c.columns());
        Shapes.require("c", c, a.rows(), b.columns());
        multiplyAdd(a, a.columns(), 1, b, b.columns(), 1, c, a.columns(), accumulate);
    }

    @Override
    public void productTransposedLeft(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, a.rows(), c.columns());
        Shapes.require("c", c, a.columns(), b.columns());
        multiplyAdd(a, 1, a.columns(), b, b.columns(), 1, c, a.rows(), accumulate);
    }

    @Override
    public void productTransposedRight(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, c.columns(), a.columns());
        Shapes.require("c", c, a.rows(), b.rows());
        multiplyAdd(a, a.columns(), 1, b, 1, b.columns(), c, a.columns(), accumulate);
    }

    /** {@code c[i, j] (+)= sum_p a[i, p] b[p, j]}, with the strides of i, p and of p, j. */
    private static void multiplyAdd(
            Matrix a, int ai, int ap, Matrix b, int bp, int bj, Matrix c, int depth, boolean accumulate) {
        for (int i = 0; i < c.rows(); i++) {
            for (int j = 0; j < c.columns(); j++) {
                int at = c.offset() + i * c.columns() + j;
                double sum = accumulate ? data(c)[at] : 0;
                for (int p = 0; p < depth; p++) {
                    sum += data(a)[a.offset() + i * ai + p * ap] * data(b)[b.offset() + p * bp + j * bj];
                }
                data(c)[at] = sum;
            }
        }
    }

    @Override
    public void addScaled(double alpha, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        for (int i = 0; i < x.size(); i++) {
            data(y)[y.offset() + i] += alpha * data(x)[x.offset() + i];
        }
    }

    @Override
    public void addScaledColumn(double alpha, Matrix column, Matrix y) {
        Shapes.require("column", column, y.rows(), 1);
        for (int r = 0; r < y.rows(); r++) {
            for (int c = 0; c < y.columns(); c++) {
                add(y, r, c, alpha * at(column, r, 0));
            }
        }
    }

    @Override
    public void multiply(Matrix a, Matrix b, Matrix y, boolean accumulate) {
        Shapes.requireSame("a", a, y);
        boolean spread = Shapes.spread(a, b);
        for (int r = 0; r < y.rows(); r++) {
            for (int c = 0; c < y.columns(); c++) {
                put(y, r, c, at(a, r, c) * at(b, r, spread ? 0 : c), accumulate);
            }
        }
    }

    @Override
    public void addConstant(Matrix x, double constant, Matrix y) {
        Shapes.requireSame("x", x, y);
        for (int i = 0; i < x.size(); i++) {
            data(y)[y.offset() + i] = data(x)[x.offset() + i] + constant;
        }
    }

    @Override
    public void activate(Activation f, Matrix x, Matrix y) {
        Shapes.requireSame("x", x, y);
        for (int i = 0; i < x.size(); i++) {
            double a = data(x)[x.offset() + i];
            data(y)[y.offset() + i] = switch (f) {
                case IDENTITY -> a;
                case LEAKY_RELU -> a > 0 ? a : Activation.LEAK * a;
                case RELU -> Math.max(a, 0);
                case ELU -> a > 0 ? a : Math.expm1(a);
                case ABS -> Math.abs(a);
                case SIGMOID -> sigmoid(a);
                case TANH -> Math.tanh(a);
                case EXP -> Math.exp(a);
                case LOG -> Math.log(a);
            };
        }
    }

    @Override
    public void activationGradient(Activation f, Matrix x, Matrix y, Matrix dy, Matrix dx, boolean accumulate) {
        Shapes.requireSame("y", y, dx);
        Shapes.requireSame("dy", dy, dx);
        for (int i = 0; i < y.size(); i++) {
            double b = data(y)[y.offset() + i];
            double slope = switch (f) {
                case IDENTITY -> 1;
                case LEAKY_RELU -> b > 0 ? 1 : Activation.LEAK;
                case RELU -> b > 0 ? 1 : 0;
                case ELU -> b > 0 ? 1 : b + 1;
                case ABS -> Math.signum(data(x)[x.offset() + i]);
                case SIGMOID -> b * (1 - b);
                case TANH -> 1 - b * b;
                case EXP -> b;
                case LOG -> 1 / data(x)[x.offset() + i];
            };
            double old = accumulate ? data(dx)[dx.offset() + i] : 0;
            data(dx)[dx.offset() + i] = old + slope * data(dy)[dy.offset() + i];
        }
    }

    @Override
    public void addColumnSums(Matrix x, Matrix row) {
        Shapes.require("row", row, 1, x.columns());
        for (int r = 0; r < x.rows(); r++) {
            for (int c = 0; c < x.columns(); c++) {
                add(row, 0, c, at(x, r, c));
            }
        }
    }

    @Override
    public void rowSums(double alpha, Matrix x, Matrix column, boolean accumulate) {
        Shapes.require("column", column, x.rows(), 1);
        for (int r = 0; r < x.rows(); r++) {
            double sum = 0;
            for (int c = 0; c < x.columns(); c++) {
                sum += at(x, r, c);
            }
            put(column, r, 0, alpha * sum, accumulate);
        }
    }

    @Override
    public void rowDot(Matrix a, Matrix b, Matrix column, boolean accumulate) {
        Shapes.requireSame("b", b, a);
        Shapes.require("column", column, a.rows(), 1);
        for (int r = 0; r < a.rows(); r++) {
            double sum = 0;
            for (int c = 0; c < a.columns(); c++) {
                sum += at(a, r, c) * at(b, r, c);
            }
            put(column, r, 0, sum, accumulate);
        }
    }

    @Override
    public void rowMax(Matrix x, Matrix column, int[] argmax) {
        Shapes.require("column", column, x.rows(), 1);
        for (int r = 0; r < x.rows(); r++) {
            int best = 0;
            for (int c = 1; c < x.columns(); c++) {
                if (at(x, r, c) > at(x, r, best)) {
                    best = c;
                }
            }
            argmax[r] = best;
            put(column, r, 0, at(x, r, best), false);
        }
    }

    @Override
    public double weightedSquares(Matrix x, Matrix weights) {
        Shapes.require("x", x, x.rows(), 1);
        Shapes.requireSame("weights", weights, x);
        double sum = 0;
        for (int r = 0; r < x.rows(); r++) {
            sum += at(weights, r, 0) * at(x, r, 0) * at(x, r, 0);
        }
        return sum;
    }

    @Override
    public double sumOfSquares(Matrix x) {
        double sum = 0;
        for (int i = 0; i < x.size(); i++) {
            sum += data(x)[x.offset() + i] * data(x)[x.offset() + i];
        }
        return sum;
    }

    @Override
    public void rowProduct(Matrix q, Matrix w, Matrix y, boolean accumulate) {
        Shapes.require("w", w, q.rows(), q.columns() * y.columns());
        Shapes.require("y", y, q.rows(), y.columns());
        for (int r = 0; r < y.rows(); r++) {
            for (int e = 0; e < y.columns(); e++) {
                double sum = 0;
                for (int i = 0; i < q.columns(); i++) {
                    sum += at(q, r, i) * at(w, r, i * y.columns() + e);
                }
                put(y, r, e, sum, accumulate);
            }
        }
    }

    @Override
    public void rowProductTransposed(Matrix dy, Matrix w, Matrix dq, boolean accumulate) {
        Shapes.require("w", w, dq.rows(), dq.columns() * dy.columns());
        Shapes.require("dy", dy, dq.rows(), dy.columns());
        for (int r = 0; r < dq.rows(); r++) {
            for (int i = 0; i < dq.columns(); i++) {
                double sum = 0;
                for (int e = 0; e < dy.columns(); e++) {
                    sum += at(dy, r, e) * at(w, r, i * dy.columns() + e);
                }
                put(dq, r, i, sum, accumulate);
            }
        }
    }

    @Override
    public void rowOuter(Matrix q, Matrix dy, Matrix dw, boolean accumulate) {
        Shapes.require("dw", dw, q.rows(), q.columns() * dy.columns());
        Shapes.require("dy", dy, q.rows(), dy.columns());
        for (int r = 0; r < q.rows(); r++) {
            for (int i = 0; i < q.columns(); i++) {
                for (int e = 0; e < dy.columns(); e++) {
                    put(dw, r, i * dy.columns() + e, at(q, r, i) * at(dy, r, e), accumulate);
                }
            }
        }
    }

    @Override
    public void gatherRows(Matrix x, int[] rows, Matrix y) {
        Shapes.require("y", y, y.rows(), x.columns());
        for (int k = 0; k < y.rows(); k++) {
            for (int c = 0; c < y.columns(); c++) {
                y.set(k, c, x.get(rows[k], c));
            }
        }
    }

    @Override
    public void scatterAddRows(Matrix dy, int[] rows, Matrix dx) {
        Shapes.require("dy", dy, dy.rows(), dx.columns());
        for (int k = 0; k < dy.rows(); k++) {
            for (int c = 0; c < dy.columns(); c++) {
                dx.set(rows[k], c, dx.get(rows[k], c) + dy.get(k, c));
            }
        }
    }

    @Override
    public void pick(Matrix x, int @Nullable [] rows, int[] columns, Matrix y) {
        Shapes.require("y", y, y.rows(), 1);
        for (int k = 0; k < y.rows(); k++) {
            y.set(k, 0, x.get(rows == null ? k : rows[k], columns[k]));
        }
    }

    @Override
    public void scatterAdd(Matrix dy, int @Nullable [] rows, int[] columns, Matrix dx) {
        Shapes.require("dy", dy, dy.rows(), 1);
        for (int k = 0; k < dy.rows(); k++) {
            int row = rows == null ? k : rows[k];
            dx.set(row, columns[k], dx.get(row, columns[k]) + dy.get(k, 0));
        }
    }

    @Override
    public void putColumns(Matrix x, Matrix y, int first) {
        Shapes.require("x", x, y.rows(), x.columns());
        for (int r = 0; r < x.rows(); r++) {
            for (int c = 0; c < x.columns(); c++) {
                y.set(r, first + c, x.get(r, c));
            }
        }
    }

    @Override
    public void takeColumns(Matrix dy, int first, Matrix dx, boolean accumulate) {
        Shapes.require("dx", dx, dy.rows(), dx.columns());
        for (int r = 0; r < dx.rows(); r++) {
            for (int c = 0; c < dx.columns(); c++) {
                put(dx, r, c, dy.get(r, first + c), accumulate);
            }
        }
    }

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
        int width = weight.rows();
        int start = 0;
        int before = 0;
        for (int s = 0; s < steps; s++) {
            for (int k = 0; k < counts[s]; k++) {
                int row = start + k;
                for (int j = 0; j < width; j++) {
                    double old = s > 0 ? at(hidden, before + k, j) : initial == null ? 0 : at(initial, k, j);
                    double r = sigmoid(
                            at(projected, row, j) + recurrent(weight, bias, initial, hidden, s, before + k, k, j));
                    double z = sigmoid(at(projected, row, width + j)
                            + recurrent(weight, bias, initial, hidden, s, before + k, k, width + j));
                    double u = recurrent(weight, bias, initial, hidden, s, before + k, k, 2 * width + j);
                    double g = Math.tanh(at(projected, row, 2 * width + j) + r * u);
                    put(trace, row, j, r, false);
                    put(trace, row, width + j, z, false);
                    put(trace, row, 2 * width + j, g, false);
                    put(trace, row, 3 * width + j, u, false);
                    put(hidden, row, j, (1 - z) * g + z * old, false);
                }
            }
            before = start;
            start += counts[s];
        }
    }

    /** {@code (h W + b)[j]}, with h the hidden state before step {@code s}: row {@code before} of hidden, or row k of initial. */
    private static double recurrent(
            Matrix weight, Matrix bias, @Nullable Matrix initial, Matrix hidden, int s, int before, int k, int j) {
        double sum = at(bias, 0, j);
        for (int i = 0; i < weight.rows(); i++) {
            double old = s > 0 ? at(hidden, before, i) : initial == null ? 0 : at(initial, k, i);
            sum += old * at(weight, i, j);
        }
        return sum;
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
        int width = weight.rows();
        double[] da = new double[3 * width];
        int start = rows;
        for (int s = steps - 1; s >= 0; s--) {
            start -= counts[s];
            int before = s > 0 ? start - counts[s - 1] : 0;
            for (int k = 0; k < counts[s]; k++) {
                int row = start + k;
                for (int j = 0; j < width; j++) {
                    double r = at(trace, row, j);
                    double z = at(trace, row, width + j);
                    double g = at(trace, row, 2 * width + j);
                    double u = at(trace, row, 3 * width + j);
                    double old = s > 0 ? at(hidden, before + k, j) : initial == null ? 0 : at(initial, k, j);
                    double dh = at(dHidden, row, j);
                    double dg = dh * (1 - z) * (1 - g * g);
                    double dr = dg * u * r * (1 - r);
                    double dz = dh * (old - g) * z * (1 - z);
                    put(dProjected, row, j, dr, false);
                    put(dProjected, row, width + j, dz, false);
                    put(dProjected, row, 2 * width + j, dg, false);
                    da[j] = dr;
                    da[width + j] = dz;
                    da[2 * width + j] = dg * r;
                    if (s > 0) {
                        add(dHidden, before + k, j, dh * z);
                    }
                }
                for (int j = 0; j < 3 * width; j++) {
                    add(dBias, 0, j, da[j]);
                    for (int i = 0; s == 0 && initial != null && i < width; i++) {
                        add(dWeight, i, j, at(initial, k, i) * da[j]);
                    }
                    for (int i = 0; s > 0 && i < width; i++) {
                        add(dWeight, i, j, at(hidden, before + k, i) * da[j]);
                        add(dHidden, before + k, i, at(weight, i, j) * da[j]);
                    }
                }
            }
        }
    }

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
        double firstCorrection = 1 - Math.pow(b1, (double) t);
        double secondCorrection = 1 - Math.pow(b2, (double) t);
        for (int i = 0; i < x.size(); i++) {
            double g = gradientScale * at(gradient, 0, i);
            double first = b1 * at(m, 0, i) + (1 - b1) * g;
            double second = b2 * at(v, 0, i) + (1 - b2) * g * g;
            put(m, 0, i, first, false);
            put(v, 0, i, second, false);
            add(x, 0, i, -rate * (first / firstCorrection) / (Math.sqrt(second / secondCorrection) + epsilon));
        }
    }

    @Override
    public void rmsProp(
            Matrix x, Matrix gradient, Matrix v, double gradientScale, double rate, double decay, double epsilon) {
        for (int i = 0; i < x.size(); i++) {
            double g = gradientScale * at(gradient, 0, i);
            double second = decay * at(v, 0, i) + (1 - decay) * g * g;
            put(v, 0, i, second, false);
            add(x, 0, i, -rate * g / (Math.sqrt(second) + epsilon));
        }
    }

    @Override
    public void blend(double keep, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        for (int i = 0; i < x.size(); i++) {
            data(x)[x.offset() + i] = keep * data(x)[x.offset() + i] + (1 - keep) * data(y)[y.offset() + i];
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] data(Matrix x) {
        return ((DoubleStorage) x.storage()).data;
    }

    private static double at(Matrix x, int row, int column) {
        return data(x)[x.offset() + row * x.columns() + column];
    }

    private static void add(Matrix x, int row, int column, double value) {
        data(x)[x.offset() + row * x.columns() + column] += value;
    }

    private static void put(Matrix x, int row, int column, double value, boolean accumulate) {
        int index = x.offset() + row * x.columns() + column;
        data(x)[index] = accumulate ? data(x)[index] + value : value;
    }
}
