package dev.macenv.avf.engine;

import org.jspecify.annotations.Nullable;

/**
 * The dense operations that learning needs. Networks, mixers and losses are written against this interface once; an engine decides where the
 * numbers live and how they are computed.
 *
 * <p>Shapes stand in brackets; {@code r} runs over rows, {@code c} over columns. Where a method has {@code accumulate}, {@code true} adds to the
 * result's previous contents and {@code false} replaces them. A result must not overlap an argument unless the method says so. All matrices must
 * come from this engine. Wrong shapes give an {@link IllegalArgumentException}.
 *
 * <p>An engine is single-threaded, keeps scratch memory of its own, and is deterministic: the same calls give the same bits, on any machine.
 */
public interface Engine {
    /** Short name for provenance, such as {@code vector}. */
    String name();

    /** New storage of {@code size} zeros. */
    Storage allocate(int size);

    /** A new matrix of zeros. */
    default Matrix matrix(int rows, int columns) {
        return Matrix.allocate(this, rows, columns);
    }

    // ---- filling and copying

    /** {@code y = value}. */
    void fill(Matrix y, double value);

    /** {@code y = x}; any two shapes of equal size. */
    void copy(Matrix x, Matrix y);

    /** {@code y[r, c] = row[c]} with row {@code [1, C]}. */
    void fillRows(Matrix row, Matrix y);

    // ---- products

    /** {@code C (+)= A B} with A {@code [m, k]}, B {@code [k, n]}, C {@code [m, n]}. Summed over k in ascending order. */
    void product(Matrix a, Matrix b, Matrix c, boolean accumulate);

    /** {@code C (+)= A' B} with A {@code [k, m]}, B {@code [k, n]}, C {@code [m, n]}: the gradient of a weight. */
    void productTransposedLeft(Matrix a, Matrix b, Matrix c, boolean accumulate);

    /** {@code C (+)= A B'} with A {@code [m, k]}, B {@code [n, k]}, C {@code [m, n]}: the gradient of an input. */
    void productTransposedRight(Matrix a, Matrix b, Matrix c, boolean accumulate);

    // ---- fully connected layers

    /** {@code y = f(x W + b)} with x {@code [m, k]}, W {@code [k, n]}, b {@code [1, n]}, y {@code [m, n]}. */
    default void linear(Matrix x, Matrix weight, Matrix bias, Activation f, Matrix y) {
        fillRows(bias, y);
        product(x, weight, y, true);
        if (f != Activation.IDENTITY) {
            activate(f, y, y);
        }
    }

    /**
     * Gradients of {@link #linear}, each left out where it is null; f must have its {@link Activation#derivativeFromValue()}.
     *
     * @param y {@code [m, n]} as computed forward
     * @param dy {@code [m, n]} the gradient of the loss in y; overwritten
     * @param dWeight {@code [k, n]} added to
     * @param dBias {@code [1, n]} added to
     * @param dx {@code [m, k]} replaced, or added to with {@code accumulate}
     */
    default void linearGradient(
            Matrix x,
            Matrix weight,
            Activation f,
            Matrix y,
            Matrix dy,
            @Nullable Matrix dWeight,
            @Nullable Matrix dBias,
            @Nullable Matrix dx,
            boolean accumulate) {
        if (f != Activation.IDENTITY) {
            activationGradient(f, y, y, dy, dy, false);
        }
        if (dWeight != null) {
            productTransposedLeft(x, dy, dWeight, true);
        }
        if (dBias != null) {
            addColumnSums(dy, dBias);
        }
        if (dx != null) {
            productTransposedRight(dy, weight, dx, accumulate);
        }
    }

    // ---- element-wise, with broadcasting

    /** {@code y += alpha x}; any two shapes of equal size. */
    void addScaled(double alpha, Matrix x, Matrix y);

    /** {@code y[r, c] += alpha column[r]} with column {@code [R, 1]}. */
    void addScaledColumn(double alpha, Matrix column, Matrix y);

    /** {@code y (+)= a * b}, element-wise; b may also be a column {@code [R, 1]}, which then multiplies every column of a. */
    void multiply(Matrix a, Matrix b, Matrix y, boolean accumulate);

    /** {@code y = x + constant}. May work in place. */
    void addConstant(Matrix x, double constant, Matrix y);

    /** {@code y = f(x)}. May work in place. */
    void activate(Activation f, Matrix x, Matrix y);

    /**
     * {@code dx (+)= dy * f'(x)}, with {@code y = f(x)} as computed by {@link #activate}. Where {@link Activation#derivativeFromValue()} holds, x is
     * not read. dx may be dy itself.
     */
    void activationGradient(Activation f, Matrix x, Matrix y, Matrix dy, Matrix dx, boolean accumulate);

    // ---- sums

    /** {@code row[c] += sum_r x[r, c]} with row {@code [1, C]}. */
    void addColumnSums(Matrix x, Matrix row);

    /** {@code column[r] (+)= alpha sum_c x[r, c]} with column {@code [R, 1]}. */
    void rowSums(double alpha, Matrix x, Matrix column, boolean accumulate);

    /** {@code column[r] (+)= sum_c a[r, c] b[r, c]} with column {@code [R, 1]}. */
    void rowDot(Matrix a, Matrix b, Matrix column, boolean accumulate);

    /** {@code column[r] = max_c x[r, c]}; {@code argmax[r]} is the lowest column that attains it. */
    void rowMax(Matrix x, Matrix column, int[] argmax);

    /** {@code sum_r weights[r] x[r]^2} with x and weights {@code [R, 1]}. */
    double weightedSquares(Matrix x, Matrix weights);

    /** {@code sum x^2} over all elements. */
    double sumOfSquares(Matrix x);

    // ---- a matrix of its own for every row: the small product of a hypernetwork

    /** {@code y[r, e] (+)= sum_i q[r, i] w[r, i E + e]} with q {@code [R, n]}, w {@code [R, n E]}, y {@code [R, E]}. */
    void rowProduct(Matrix q, Matrix w, Matrix y, boolean accumulate);

    /** {@code dq[r, i] (+)= sum_e dy[r, e] w[r, i E + e]}: the gradient of {@link #rowProduct} in q. */
    void rowProductTransposed(Matrix dy, Matrix w, Matrix dq, boolean accumulate);

    /** {@code dw[r, i E + e] (+)= q[r, i] dy[r, e]}: the gradient of {@link #rowProduct} in w. */
    void rowOuter(Matrix q, Matrix dy, Matrix dw, boolean accumulate);

    // ---- rows and elements by index

    /** {@code y[k, c] = x[rows[k], c]} for every row k of y. */
    void gatherRows(Matrix x, int[] rows, Matrix y);

    /** {@code dx[rows[k], c] += dy[k, c]} for every row k of dy; rows may repeat. */
    void scatterAddRows(Matrix dy, int[] rows, Matrix dx);

    /** {@code y[k] = x[rows[k], columns[k]]} for every row k of y {@code [K, 1]}; without {@code rows}, row k of x. */
    void pick(Matrix x, int @Nullable [] rows, int[] columns, Matrix y);

    /** {@code dx[rows[k], columns[k]] += dy[k]} for every row k of dy {@code [K, 1]}; without {@code rows}, row k of dx. */
    void scatterAdd(Matrix dy, int @Nullable [] rows, int[] columns, Matrix dx);

    /** {@code y[r, first + c] = x[r, c]}: places x into the columns of y from {@code first} on. */
    void putColumns(Matrix x, Matrix y, int first);

    /** {@code dx[r, c] (+)= dy[r, first + c]}: the columns of dy from {@code first} on, as many as dx has. */
    void takeColumns(Matrix dy, int first, Matrix dx, boolean accumulate);

    // ---- the recurrent layer

    /**
     * A gated recurrent unit over packed sequences (torch convention; {@code *} element-wise), H the width:
     *
     * <pre>
     *   r = sigmoid(x_r + h W_r + b_r)    z = sigmoid(x_z + h W_z + b_z)    u = h W_g + b_g
     *   g = tanh(x_g + r * u)             h' = (1 - z) * g + z * h
     * </pre>
     *
     * Sequences are sorted by length, longest first; step s holds the {@code counts[s]} sequences that are still active, one row each, and the
     * rows of all steps follow one another.
     *
     * @param counts active sequences per step, not increasing; their sum is the number of rows M
     * @param steps number of entries of {@code counts} in use
     * @param projected {@code [M, 3H]} the inputs' share (x_r, x_z, x_g), bias included
     * @param weight {@code [H, 3H]} (W_r, W_z, W_g)
     * @param bias {@code [1, 3H]} (b_r, b_z, b_g)
     * @param initial {@code [>= counts[0], H]} the hidden state before the first step, or null for zeros
     * @param trace {@code [M, 4H]} out: r, z, g, u of every row, for the backward pass
     * @param hidden {@code [M, H]} out: h' of every row
     */
    void gruForward(
            int[] counts,
            int steps,
            Matrix projected,
            Matrix weight,
            Matrix bias,
            @Nullable Matrix initial,
            Matrix trace,
            Matrix hidden);

    /**
     * Gradients of {@link #gruForward}; none of {@code initial}.
     *
     * @param hidden {@code [M, H]} as computed forward
     * @param dHidden {@code [M, H]} the gradient of the loss in {@code hidden}; overwritten
     * @param dProjected {@code [M, 3H]} out, replaced
     * @param dWeight {@code [H, 3H]} added to
     * @param dBias {@code [1, 3H]} added to
     * @param initial as in the forward pass
     */
    void gruBackward(
            int[] counts,
            int steps,
            Matrix weight,
            Matrix trace,
            Matrix hidden,
            Matrix dHidden,
            Matrix dProjected,
            Matrix dWeight,
            Matrix dBias,
            @Nullable Matrix initial);

    // ---- optimisation

    /**
     * One Adam step, with g = gradientScale * gradient and step number t = 1, 2, ...:
     * {@code m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  x -= rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)}.
     */
    void adam(
            Matrix x,
            Matrix gradient,
            Matrix m,
            Matrix v,
            double gradientScale,
            double rate,
            double b1,
            double b2,
            double epsilon,
            long t);

    /** One RMSprop step, with g as above: {@code v = decay v + (1 - decay) g^2;  x -= rate g / (sqrt(v) + epsilon)}. */
    void rmsProp(Matrix x, Matrix gradient, Matrix v, double gradientScale, double rate, double decay, double epsilon);

    /** {@code x = keep x + (1 - keep) y}: Polyak averaging. */
    void blend(double keep, Matrix x, Matrix y);
}
