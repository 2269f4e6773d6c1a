package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reverse-mode differentiation over the operations of an {@link Engine}.
 *
 * <p>Each method computes a value at once and writes down how its gradient goes back; {@link #backward} then walks the tape from its end to its
 * beginning. {@link #reset} starts anew with the same nodes, so an update that repeats the operations of the one before allocates next to nothing.
 * Gradients are computed only on paths from the result to a parameter ({@link #parameter}) or a {@link #variable}; a tape made by {@link #evaluating}
 * computes values only.
 *
 * <pre>{@code
 *   tape.reset();
 *   Node y = tape.linear(tape.constant(x), tape.parameter(w), tape.parameter(b), Activation.RELU);
 *   Node loss = tape.weightedSquares(tape.subtract(y, tape.constant(target)), tape.constant(weights), count);
 *   parameters.zeroGradients();
 *   tape.backward(loss);
 * }</pre>
 *
 * Shapes are {@code [rows, columns]}. Matrices and index arrays handed in are not copied: leave them alone until the next reset. Not thread-safe.
 */
public final class Tape {
    private final Engine engine;
    private final boolean differentiating;
    private final List<Node> nodes = new ArrayList<>();
    private int count;

    private Tape(Engine engine, boolean differentiating) {
        this.engine = engine;
        this.differentiating = differentiating;
    }

    /** A tape that can go {@link #backward}. */
    public static Tape differentiating(Engine engine) {
        return new Tape(engine, true);
    }

    /** A tape that computes values only: for targets. */
    public static Tape evaluating(Engine engine) {
        return new Tape(engine, false);
    }

    public Engine engine() {
        return engine;
    }

    /** Forgets everything recorded; the nodes are used again. */
    public void reset() {
        count = 0;
    }

    // ---- leaves

    /** A value without gradient. */
    public Node constant(Matrix value) {
        Node node = next();
        node.become(value);
        return node;
    }

    /** A value {@code [rows, columns]} without gradient, copied from {@code data} row by row. */
    public Node constant(float[] data, int rows, int columns) {
        Node node = constant(rows, columns);
        node.value.write(data, 0);
        return node;
    }

    /** A matrix without gradient and with unspecified contents, for the caller to fill before it is used. */
    public Node constant(int rows, int columns) {
        Node node = next();
        node.become(rows, columns);
        return node;
    }

    /** A parameter: its gradient is added to {@link Parameter#gradient()}. */
    public Node parameter(Parameter parameter) {
        Node node = next();
        node.become(parameter.value());
        if (differentiating) {
            node.collectInto(parameter.gradient());
        }
        return node;
    }

    /** A value whose gradient can be read from {@link Node#gradient()} after {@link #backward}. */
    public Node variable(Matrix value) {
        Node node = next();
        node.become(value);
        node.needsGradient = differentiating;
        return node;
    }

    /** The same value, through which no gradient passes. */
    public Node detach(Node x) {
        return constant(x.value);
    }

    // ---- layers

    /** {@code f(x W + b)} with x {@code [N, I]}, W {@code [I, O]}, b {@code [1, O]}. */
    public Node linear(Node x, Node weight, Node bias, Activation f) {
        if (!f.derivativeFromValue()) {
            return activate(f, linear(x, weight, bias, Activation.IDENTITY));
        }
        Node y = next(x.rows(), weight.columns(), LINEAR, x, weight, bias);
        y.activation = f;
        engine.linear(x.value, weight.value, bias.value, f, y.value);
        return y;
    }

    private static final Node.Backward LINEAR = (engine, y) -> {
        Node x = y.inputs[0];
        Node weight = y.inputs[1];
        Node bias = y.inputs[2];
        Matrix dWeight = weight.needsGradient ? weight.sum(engine) : null;
        Matrix dBias = bias.needsGradient ? bias.sum(engine) : null;
        boolean accumulate = x.needsGradient && x.begin();
        Matrix dx = x.needsGradient ? x.gradient : null;
        engine.linearGradient(x.value, weight.value, y.activation, y.value, y.gradient, dWeight, dBias, dx, accumulate);
    };

    /** {@code f(x)}, element-wise. */
    public Node activate(Activation f, Node x) {
        Node y = next(x.rows(), x.columns(), ACTIVATE, x);
        y.activation = f;
        engine.activate(f, x.value, y.value);
        return y;
    }

    private static final Node.Backward ACTIVATE = (engine, y) -> {
        Node x = y.inputs[0];
        boolean accumulate = x.begin();
        engine.activationGradient(y.activation, x.value, y.value, y.gradient, x.gradient, accumulate);
    };

    public Node abs(Node x) {
        return activate(Activation.ABS, x);
    }

    public Node sigmoid(Node x) {
        return activate(Activation.SIGMOID, x);
    }

    public Node elu(Node x) {
        return activate(Activation.ELU, x);
    }

    public Node exp(Node x) {
        return activate(Activation.EXP, x);
    }

    /** The natural logarithm of positive numbers. */
    public Node log(Node x) {
        return activate(Activation.LOG, x);
    }

    /**
     * The hidden states {@code [M, H]} of a gated recurrent unit run from zero over packed sequences; see {@link Engine#gruForward}.
     *
     * @param projected {@code [M, 3H]} the inputs' share of the gates, bias included
     * @param weight {@code [H, 3H]}
     * @param bias {@code [1, 3H]}
     */
    public Node gru(Node projected, Node weight, Node bias, PackedSequences sequences) {
        return gru(projected, weight, bias, sequences, null);
    }

    /**
     * {@link #gru(Node, Node, Node, PackedSequences)} from other hidden states than zero.
     *
     * @param initial {@code [sequences, H]} the hidden state before each sequence, by rank, through which no gradient
     *     passes; null for zeros
     */
    public Node gru(Node projected, Node weight, Node bias, PackedSequences sequences, @Nullable Matrix initial) {
        int width = weight.rows();
        requireRows("sequences", sequences.rows(), projected);
        Node y = next(projected.rows(), width, GRU, projected, weight, bias);
        y.sequences = sequences;
        y.initial = initial;
        y.trace.resize(projected.rows(), 4 * width);
        engine.gruForward(
                sequences.counts(),
                sequences.steps(),
                projected.value,
                weight.value,
                bias.value,
                initial,
                y.trace,
                y.value);
        return y;
    }

    private static final Node.Backward GRU = (engine, y) -> {
        Node projected = y.inputs[0];
        Node weight = y.inputs[1];
        Node bias = y.inputs[2];
        if (!(projected.needsGradient && weight.needsGradient && bias.needsGradient) || projected.begin()) {
            throw new AssertionError(
                    "a recurrent layer differentiates all three of its inputs, and is the only reader of the first");
        }
        engine.gruBackward(
                y.sequences.counts(),
                y.sequences.steps(),
                weight.value,
                y.trace,
                y.value,
                y.gradient,
                projected.gradient,
                weight.sum(engine),
                bias.sum(engine),
                y.initial);
    };

    // ---- element-wise

    /** {@code a + b}; b may also be a column {@code [N, 1]}, added to every column of a. */
    public Node add(Node a, Node b) {
        return sum(a, b, 1);
    }

    /** {@code a - b}; b may also be a column {@code [N, 1]}, subtracted from every column of a. */
    public Node subtract(Node a, Node b) {
        return sum(a, b, -1);
    }

    private Node sum(Node a, Node b, double factor) {
        Node y = next(a.rows(), a.columns(), SUM, a, b);
        y.factor = factor;
        y.byRow = requireBroadcast(a, b);
        engine.copy(a.value, y.value);
        if (y.byRow) {
            engine.addScaledColumn(factor, b.value, y.value);
        } else {
            engine.addScaled(factor, b.value, y.value);
        }
        return y;
    }

    private static final Node.Backward SUM = (engine, y) -> {
        Node a = y.inputs[0];
        Node b = y.inputs[1];
        if (a.needsGradient) {
            engine.addScaled(1, y.gradient, a.sum(engine));
        }
        if (b.needsGradient && y.byRow) {
            boolean accumulate = b.begin();
            engine.rowSums(y.factor, y.gradient, b.gradient, accumulate);
        } else if (b.needsGradient) {
            engine.addScaled(y.factor, y.gradient, b.sum(engine));
        }
    };

    /** {@code a * b}, element-wise; b may also be a column {@code [N, 1]}, which multiplies every column of a. */
    public Node multiply(Node a, Node b) {
        Node y = next(a.rows(), a.columns(), MULTIPLY, a, b);
        y.byRow = requireBroadcast(a, b);
        engine.multiply(a.value, b.value, y.value, false);
        return y;
    }

    private static final Node.Backward MULTIPLY = (engine, y) -> {
        Node a = y.inputs[0];
        Node b = y.inputs[1];
        if (a.needsGradient) {
            boolean accumulate = a.begin();
            engine.multiply(y.gradient, b.value, a.gradient, accumulate);
        }
        if (b.needsGradient && y.byRow) {
            boolean accumulate = b.begin();
            engine.rowDot(y.gradient, a.value, b.gradient, accumulate);
        } else if (b.needsGradient) {
            boolean accumulate = b.begin();
            engine.multiply(y.gradient, a.value, b.gradient, accumulate);
        }
    };

    /** {@code factor x}. */
    public Node scale(double factor, Node x) {
        Node y = next(x.rows(), x.columns(), SCALE, x);
        y.factor = factor;
        engine.fill(y.value, 0);
        engine.addScaled(factor, x.value, y.value);
        return y;
    }

    private static final Node.Backward SCALE =
            (engine, y) -> engine.addScaled(y.factor, y.gradient, y.inputs[0].sum(engine));

    /** {@code x + constant}. */
    public Node plus(Node x, double constant) {
        Node y = next(x.rows(), x.columns(), SCALE, x);
        y.factor = 1;
        engine.addConstant(x.value, constant, y.value);
        return y;
    }

    /** The value of x; its gradient is multiplied by {@code gate}, {@code [N, n]} or {@code [N, 1]}: 0 stops it, 1 lets it pass. */
    public Node gateGradient(Node x, Node gate) {
        Node y = next(x.rows(), x.columns(), GATE, x, gate);
        requireBroadcast(x, gate);
        engine.copy(x.value, y.value);
        y.needsGradient = x.needsGradient;
        return y;
    }

    private static final Node.Backward GATE = (engine, y) -> {
        Node x = y.inputs[0];
        boolean accumulate = x.begin();
        engine.multiply(y.gradient, y.inputs[1].value, x.gradient, accumulate);
    };

    // ---- sums

    /** The sum of each row, {@code [N, 1]}. */
    public Node sumColumns(Node x) {
        return scaledRowSums(1, x);
    }

    /** The mean of each row, {@code [N, 1]}. */
    public Node meanColumns(Node x) {
        return scaledRowSums(1.0 / x.columns(), x);
    }

    private Node scaledRowSums(double factor, Node x) {
        Node y = next(x.rows(), 1, ROW_SUMS, x);
        y.factor = factor;
        engine.rowSums(factor, x.value, y.value, false);
        return y;
    }

    private static final Node.Backward ROW_SUMS =
            (engine, y) -> engine.addScaledColumn(y.factor, y.gradient, y.inputs[0].sum(engine));

    /** The largest element of each row, {@code [N, 1]}; the gradient goes to the first that attains it. */
    public Node maxColumns(Node x) {
        Node y = next(x.rows(), 1, MAX, x);
        y.columnIndices = new int[x.rows()];
        engine.rowMax(x.value, y.value, y.columnIndices);
        return y;
    }

    private static final Node.Backward MAX =
            (engine, y) -> engine.scatterAdd(y.gradient, null, y.columnIndices, y.inputs[0].sum(engine));

    /** The dot product of corresponding rows, {@code [N, 1]}. */
    public Node rowDot(Node a, Node b) {
        Node y = next(a.rows(), 1, ROW_DOT, a, b);
        engine.rowDot(a.value, b.value, y.value, false);
        return y;
    }

    private static final Node.Backward ROW_DOT = (engine, y) -> {
        Node a = y.inputs[0];
        Node b = y.inputs[1];
        if (a.needsGradient) {
            boolean accumulate = a.begin();
            engine.multiply(b.value, y.gradient, a.gradient, accumulate);
        }
        if (b.needsGradient) {
            boolean accumulate = b.begin();
            engine.multiply(a.value, y.gradient, b.gradient, accumulate);
        }
    };

    /** Each row q {@code [n]} times a matrix of its own, {@code [n, E]}, stored as the row {@code [n E]} of w: {@code [N, E]}. */
    public Node rowTimesMatrix(Node q, Node w) {
        Node y = next(q.rows(), w.columns() / q.columns(), ROW_PRODUCT, q, w);
        engine.rowProduct(q.value, w.value, y.value, false);
        return y;
    }

    private static final Node.Backward ROW_PRODUCT = (engine, y) -> {
        Node q = y.inputs[0];
        Node w = y.inputs[1];
        if (q.needsGradient) {
            boolean accumulate = q.begin();
            engine.rowProductTransposed(y.gradient, w.value, q.gradient, accumulate);
        }
        if (w.needsGradient) {
            boolean accumulate = w.begin();
            engine.rowOuter(q.value, y.gradient, w.gradient, accumulate);
        }
    };

    // ---- rows, elements, columns

    /** {@code y[k] = x[rows[k]]} for k < count: {@code [count, n]}. Rows may repeat; their gradients add up. */
    public Node gatherRows(Node x, int[] rows, int count) {
        Node y = next(count, x.columns(), GATHER, x);
        y.rowIndices = rows;
        engine.gatherRows(x.value, rows, y.value);
        return y;
    }

    private static final Node.Backward GATHER =
            (engine, y) -> engine.scatterAddRows(y.gradient, y.rowIndices, y.inputs[0].sum(engine));

    /** {@code y[k] = x[rows[k], columns[k]]} for k < count: {@code [count, 1]}. Elements may repeat; their gradients add up. */
    public Node pick(Node x, int[] rows, int[] columns, int count) {
        Node y = next(count, 1, PICK, x);
        y.rowIndices = rows;
        y.columnIndices = columns;
        engine.pick(x.value, rows, columns, y.value);
        return y;
    }

    private static final Node.Backward PICK =
            (engine, y) -> engine.scatterAdd(y.gradient, y.rowIndices, y.columnIndices, y.inputs[0].sum(engine));

    /** The parts side by side. */
    public Node joinColumns(List<Node> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("parts: none (expected: at least one)");
        }
        Node y = parts.get(0);
        for (int i = 1; i < parts.size(); i++) {
            y = join(y, parts.get(i));
        }
        return y;
    }

    /** a and b side by side. */
    public Node join(Node a, Node b) {
        Node y = next(a.rows(), a.columns() + b.columns(), JOIN, a, b);
        engine.putColumns(a.value, y.value, 0);
        engine.putColumns(b.value, y.value, a.columns());
        return y;
    }

    private static final Node.Backward JOIN = (engine, y) -> {
        int first = 0;
        for (int i = 0; i < 2; i++) {
            Node part = y.inputs[i];
            if (part.needsGradient) {
                boolean accumulate = part.begin();
                engine.takeColumns(y.gradient, first, part.gradient, accumulate);
            }
            first += part.columns();
        }
    };

    // ---- loss

    /** The scalar {@code sum_r weights[r] x[r]^2 / divisor}, {@code [1, 1]}, with x {@code [N, 1]} and constant weights {@code [N, 1]}. */
    public Node weightedSquares(Node x, Node weights, double divisor) {
        Node y = next(1, 1, SQUARES, x, weights);
        y.needsGradient = x.needsGradient;
        y.factor = divisor;
        y.value.set(0, 0, engine.weightedSquares(x.value, weights.value) / divisor);
        return y;
    }

    private static final Node.Backward SQUARES = (engine, y) -> {
        Node x = y.inputs[0];
        y.trace.resize(x.rows(), 1);
        engine.multiply(x.value, y.inputs[1].value, y.trace, false);
        engine.addScaled(2 * y.gradient.get(0, 0) / y.factor, y.trace, x.sum(engine));
    };

    /** The scalar {@code sum_r weights[r] x[r] / divisor}, {@code [1, 1]}, with x {@code [N, 1]} and constant weights {@code [N, 1]}. */
    public Node weightedSum(Node x, Node weights, double divisor) {
        Node y = next(1, 1, WEIGHTED_SUM, x, weights);
        y.needsGradient = x.needsGradient;
        y.factor = divisor;
        y.trace.resize(x.rows(), 1);
        engine.multiply(x.value, weights.value, y.trace, false);
        engine.fill(y.value, 0);
        engine.addColumnSums(y.trace, y.value);
        y.value.set(0, 0, y.value.get(0, 0) / divisor);
        return y;
    }

    private static final Node.Backward WEIGHTED_SUM = (engine, y) -> {
        Node x = y.inputs[0];
        engine.addScaled(y.gradient.get(0, 0) / y.factor, y.inputs[1].value, x.sum(engine));
    };

    /** Adds the gradient of {@code scalar} {@code [1, 1]} to all parameters it depends on. Once per {@link #reset}. */
    public void backward(Node scalar) {
        if (scalar.rows() != 1 || scalar.columns() != 1) {
            throw new IllegalArgumentException("scalar: " + scalar.value + " (expected: 1 x 1)");
        }
        if (!scalar.needsGradient) {
            throw new IllegalStateException(
                    "scalar: constant (expected: a result that depends on a parameter, on a differentiating tape)");
        }
        engine.fill(scalar.sum(engine), 1);
        for (int i = count - 1; i >= 0; i--) {
            Node node = nodes.get(i);
            if (node.needsGradient && node.hasGradient()) {
                node.backward.accumulate(engine, node);
            }
        }
    }

    // ---- keeping the tape

    private Node next() {
        if (count == nodes.size()) {
            nodes.add(new Node(engine));
        }
        return nodes.get(count++);
    }

    private Node next(int rows, int columns, Node.Backward backward, Node x) {
        Node y = next();
        y.become(rows, columns);
        y.inputs[0] = x;
        return differentiate(y, backward, x.needsGradient);
    }

    private Node next(int rows, int columns, Node.Backward backward, Node a, Node b) {
        Node y = next();
        y.become(rows, columns);
        y.inputs[0] = a;
        y.inputs[1] = b;
        return differentiate(y, backward, a.needsGradient || b.needsGradient);
    }

    private Node next(int rows, int columns, Node.Backward backward, Node a, Node b, Node c) {
        Node y = next();
        y.become(rows, columns);
        y.inputs[0] = a;
        y.inputs[1] = b;
        y.inputs[2] = c;
        return differentiate(y, backward, a.needsGradient || b.needsGradient || c.needsGradient);
    }

    private static Node differentiate(Node y, Node.Backward backward, boolean needed) {
        y.needsGradient = needed;
        y.backward = needed ? backward : Node.NOTHING;
        return y;
    }

    /** Whether b is a column to be spread over the columns of a. */
    private static boolean requireBroadcast(Node a, Node b) {
        boolean column = b.columns() == 1 && a.columns() != 1;
        if (b.rows() != a.rows() || !(column || b.columns() == a.columns())) {
            throw new IllegalArgumentException(
                    "b: " + b.value + " (expected: the shape of a, " + a.value + ", or a column of as many rows)");
        }
        return column;
    }

    private static void requireRows(String name, int rows, Node x) {
        if (x.rows() != rows) {
            throw new IllegalArgumentException(name + ": " + rows + " rows (expected: " + x.rows() + ")");
        }
    }
}
