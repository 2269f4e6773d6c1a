package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * One value of a computation recorded on a {@link Tape}. A node belongs to its tape and is reused after {@link Tape#reset}: do not keep it, nor its
 * matrices, longer than that.
 */
public final class Node {
    private static final int[] NO_INDICES = {};

    /** Adds a node's share of the gradient to its inputs. */
    interface Backward {
        void accumulate(Engine engine, Node y);
    }

    static final Backward NOTHING = (engine, y) -> {};

    private final Matrix ownValue;
    private final Matrix ownGradient;

    /** What an operation keeps for its backward pass. */
    final Matrix trace;

    final Node[] inputs = new Node[3];
    Matrix value;
    Matrix gradient;
    boolean needsGradient;
    /** Whether {@link #gradient} holds a sum already; before the first contribution its contents are meaningless. */
    private boolean begun;

    Backward backward = NOTHING;
    Activation activation = Activation.IDENTITY;
    double factor;
    int[] rowIndices = NO_INDICES;
    int[] columnIndices = NO_INDICES;
    boolean byRow;
    PackedSequences sequences = NO_SEQUENCES;

    @Nullable
    Matrix initial;

    private static final PackedSequences NO_SEQUENCES = PackedSequences.ofLengths();

    Node(Engine engine) {
        ownValue = engine.matrix(0, 0);
        ownGradient = engine.matrix(0, 0);
        trace = engine.matrix(0, 0);
        value = ownValue;
        gradient = ownGradient;
    }

    /** The value {@code [rows, columns]}. */
    public Matrix value() {
        return value;
    }

    /** The gradient of the scalar given to {@link Tape#backward} in this node's value; only for nodes that it depends on. */
    public Matrix gradient() {
        if (!needsGradient || !begun) {
            throw new IllegalStateException(
                    "gradient: none (expected: a node that the result depends on, after backward)");
        }
        return gradient;
    }

    public int rows() {
        return value.rows();
    }

    public int columns() {
        return value.columns();
    }

    /** Starts this node's next life with a value of its own. */
    void become(int rows, int columns) {
        value = ownValue.resize(rows, columns);
        forget();
    }

    /** Starts this node's next life as somebody else's value. */
    void become(Matrix shared) {
        value = shared;
        forget();
    }

    private void forget() {
        gradient = ownGradient;
        begun = false;
        needsGradient = false;
        backward = NOTHING;
    }

    /** Makes contributions go to {@code sum}, which is complete in itself: they are added to what it holds. */
    void collectInto(Matrix sum) {
        gradient = sum;
        begun = true;
        needsGradient = true;
    }

    boolean hasGradient() {
        return begun;
    }

    /**
     * Prepares {@link #gradient} for a contribution.
     *
     * @return whether the contribution must be added to what is there (otherwise it must replace it)
     */
    boolean begin() {
        boolean accumulate = begun;
        if (!begun) {
            gradient.resize(value.rows(), value.columns());
            begun = true;
        }
        return accumulate;
    }

    /** {@link #gradient}, ready to be added to. */
    Matrix sum(Engine engine) {
        if (!begin()) {
            engine.fill(gradient, 0);
        }
        return gradient;
    }
}
