package dev.macenv.avf.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.blas.params.MMulTranspose;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.Mmul;
import org.nd4j.linalg.api.ops.impl.scatter.ScatterAdd;
import org.nd4j.linalg.api.ops.impl.shape.Gather;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Single precision on ND4J, so that whatever ND4J runs on can train, and as a second opinion beside {@link VectorEngine}.
 *
 * <p>Written for clarity: every operation is a few of ND4J's, each of which costs some microseconds to dispatch, so small networks are several times slower than
 * on the vector engine. What operations allocate on the way lies in a workspace that the next operation uses again. ND4J is told to use one thread, as these
 * matrices are too small to share.
 */
@SuppressWarnings("try") // a workspace is opened for what happens in it, not to be called
final class Nd4jEngine implements Engine {
    /** ND4J sums single precision in single precision, one number after the other; so many at a time lose nothing that counts. */
    private static final int TERMS = 1024;

    private static final String WORKSPACE = "macenv";
    private static final WorkspaceConfiguration REUSED = WorkspaceConfiguration.builder()
            .initialSize(1 << 20)
            .overallocationLimit(1)
            .policyAllocation(AllocationPolicy.OVERALLOCATE)
            .policyLearning(LearningPolicy.OVER_TIME)
            .policyReset(ResetPolicy.BLOCK_LEFT)
            .policySpill(SpillPolicy.REALLOCATE)
            .build();

    Nd4jEngine() {
        Nd4j.getEnvironment().setMaxThreads(1);
        Nd4j.getEnvironment().setMaxMasterThreads(1);
    }

    @Override
    public String name() {
        return "nd4j";
    }

    @Override
    public Storage allocate(int size) {
        return new Nd4jStorage(size);
    }

    /** To be closed at the end of every operation that makes intermediate arrays. */
    private static MemoryWorkspace scratch() {
        return Nd4j.getWorkspaceManager().getAndActivateWorkspace(REUSED, WORKSPACE);
    }

    @Override
    public void fill(Matrix y, double value) {
        if (y.size() > 0) {
            array(y).assign((float) value);
        }
    }

    @Override
    public void copy(Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        if (y.size() > 0) {
            flat(y).assign(flat(x));
        }
    }

    @Override
    public void fillRows(Matrix row, Matrix y) {
        Shapes.require("row", row, 1, y.columns());
        if (y.size() > 0) {
            array(y).assign(0f).addiRowVector(array(row));
        }
    }

    // ---- products

    @Override
    public void product(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, a.columns(), c.columns());
        Shapes.require("c", c, a.rows(), b.columns());
        product(a, false, b, false, c, accumulate);
    }

    @Override
    public void productTransposedLeft(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, a.rows(), c.columns());
        Shapes.require("c", c, a.columns(), b.columns());
        product(a, true, b, false, c, accumulate);
    }

    @Override
    public void productTransposedRight(Matrix a, Matrix b, Matrix c, boolean accumulate) {
        Shapes.require("b", b, c.columns(), a.columns());
        Shapes.require("c", c, a.rows(), b.rows());
        product(a, false, b, true, c, accumulate);
    }

    private static void product(Matrix a, boolean left, Matrix b, boolean right, Matrix c, boolean accumulate) {
        if (c.size() == 0) {
            return;
        }
        if (a.size() == 0) {
            if (!accumulate) {
                array(c).assign(0f);
            }
            return;
        }
        try (MemoryWorkspace scratch = scratch()) {
            multiply(array(a), left, array(b), right, array(c), accumulate);
        }
    }

    /** {@code c (+)= a b}, each factor transposed first if so said. */
    private static void multiply(INDArray a, boolean left, INDArray b, boolean right, INDArray c, boolean accumulate) {
        MMulTranspose transposes =
                MMulTranspose.builder().transposeA(left).transposeB(right).build();
        INDArray product = Nd4j.createUninitialized(c.dataType(), c.shape(), 'f');
        Nd4j.exec(new Mmul(a, b, product, transposes));
        if (accumulate) {
            c.addi(product);
        } else {
            c.assign(product);
        }
    }

    // ---- element-wise

    @Override
    public void addScaled(double alpha, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                flat(y).addi(flat(x).mul((float) alpha));
            }
        }
    }

    @Override
    public void addScaledColumn(double alpha, Matrix column, Matrix y) {
        Shapes.require("column", column, y.rows(), 1);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(y).addi(array(column).mul((float) alpha));
            }
        }
    }

    @Override
    public void multiply(Matrix a, Matrix b, Matrix y, boolean accumulate) {
        Shapes.requireSame("a", a, y);
        Shapes.spread(a, b);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                put(array(y), array(a).mul(array(b)), accumulate);
            }
        }
    }

    @Override
    public void addConstant(Matrix x, double constant, Matrix y) {
        Shapes.requireSame("x", x, y);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(y).assign(array(x).add((float) constant));
            }
        }
    }

    @Override
    public void activate(Activation f, Matrix x, Matrix y) {
        Shapes.requireSame("x", x, y);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(y).assign(activated(f, array(x)));
            }
        }
    }

    private static INDArray activated(Activation f, INDArray x) {
        return switch (f) {
            case IDENTITY -> x;
            case LEAKY_RELU -> Transforms.leakyRelu(x, Activation.LEAK);
            case RELU -> Transforms.relu(x);
            case ELU -> Transforms.elu(x);
            case ABS -> Transforms.abs(x);
            case SIGMOID -> Transforms.sigmoid(x);
            case TANH -> Transforms.tanh(x);
            case EXP -> Transforms.exp(x);
            case LOG -> Transforms.log(x);
        };
    }

    @Override
    public void activationGradient(Activation f, Matrix x, Matrix y, Matrix dy, Matrix dx, boolean accumulate) {
        Shapes.requireSame("y", y, dx);
        Shapes.requireSame("dy", dy, dx);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                put(array(dx), slope(f, x, array(y)).muli(array(dy)), accumulate);
            }
        }
    }

    /** The derivative, as a new array. */
    private static INDArray slope(Activation f, Matrix x, INDArray y) {
        return switch (f) {
            case IDENTITY -> y.mul(0f).addi(1f);
            // 1 where y is positive, else the leak
            case LEAKY_RELU -> positive(y).muli((float) (1 - Activation.LEAK)).addi((float) Activation.LEAK);
            case RELU -> positive(y);
            // exp(x) is y + 1 below zero; above, y + 1 - y
            case ELU -> y.add(1f).subi(Transforms.relu(y));
            case ABS -> Transforms.sign(array(x));
            case SIGMOID -> y.mul(y.rsub(1f));
            case TANH -> y.mul(y).rsubi(1f);
            case EXP -> y.dup();
            case LOG -> array(x).rdiv(1f);
        };
    }

    private static INDArray positive(INDArray y) {
        return y.gt(0f).castTo(y.dataType());
    }

    private static void put(INDArray y, INDArray value, boolean accumulate) {
        if (accumulate) {
            y.addi(value);
        } else {
            y.assign(value);
        }
    }

    // ---- sums

    @Override
    public void addColumnSums(Matrix x, Matrix row) {
        Shapes.require("row", row, 1, x.columns());
        if (x.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(row).addi(array(x).sum(true, 0));
            }
        }
    }

    @Override
    public void rowSums(double alpha, Matrix x, Matrix column, boolean accumulate) {
        Shapes.require("column", column, x.rows(), 1);
        if (x.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                put(array(column), array(x).sum(true, 1).muli((float) alpha), accumulate);
            }
        }
    }

    @Override
    public void rowDot(Matrix a, Matrix b, Matrix column, boolean accumulate) {
        Shapes.requireSame("b", b, a);
        Shapes.require("column", column, a.rows(), 1);
        if (a.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                put(array(column), array(a).mul(array(b)).sum(true, 1), accumulate);
            }
        }
    }

    @Override
    public void rowMax(Matrix x, Matrix column, int[] argmax) {
        Shapes.require("column", column, x.rows(), 1);
        if (x.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(column).assign(array(x).max(true, 1));
                // ND4J's argMax says nothing about ties: the lowest column is wanted
                for (int r = 0; r < x.rows(); r++) {
                    argmax[r] = 0;
                    while (x.get(r, argmax[r]) != column.get(r, 0) && argmax[r] < x.columns() - 1) {
                        argmax[r]++;
                    }
                }
            }
        }
    }

    @Override
    public double weightedSquares(Matrix x, Matrix weights) {
        Shapes.require("x", x, x.rows(), 1);
        Shapes.requireSame("weights", weights, x);
        if (x.size() == 0) {
            return 0;
        }
        try (MemoryWorkspace scratch = scratch()) {
            return array(x).mul(array(x)).muli(array(weights)).sumNumber().doubleValue();
        }
    }

    @Override
    public double sumOfSquares(Matrix x) {
        if (x.size() == 0) {
            return 0;
        }
        try (MemoryWorkspace scratch = scratch()) {
            int rows = x.size() / TERMS;
            int rest = x.size() % TERMS;
            return squares(x, 0, rows, TERMS) + squares(x, rows * TERMS, 1, rest);
        }
    }

    /** The squares of so many rows of x, laid out anew from its element {@code first} on: each row in single precision, their sum in double. */
    private static double squares(Matrix x, int first, int rows, int terms) {
        if (rows * terms == 0) {
            return 0;
        }
        INDArray part = ((Nd4jStorage) x.storage()).view(x.offset() + first, rows, terms, terms);
        return part.mul(part).sum(1).castTo(DataType.DOUBLE).sumNumber().doubleValue();
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
        for (int i = 0; y.size() > 0 && i < n; i++) {
            try (MemoryWorkspace scratch = scratch()) {
                array(y).addi(columns(w, i * e, e).mul(columns(q, i, 1)));
            }
        }
    }

    @Override
    public void rowProductTransposed(Matrix dy, Matrix w, Matrix dq, boolean accumulate) {
        int n = dq.columns();
        int e = dy.columns();
        Shapes.require("w", w, dq.rows(), n * e);
        Shapes.require("dy", dy, dq.rows(), e);
        for (int i = 0; dq.size() > 0 && i < n; i++) {
            try (MemoryWorkspace scratch = scratch()) {
                put(columns(dq, i, 1), columns(w, i * e, e).mul(array(dy)).sum(true, 1), accumulate);
            }
        }
    }

    @Override
    public void rowOuter(Matrix q, Matrix dy, Matrix dw, boolean accumulate) {
        int n = q.columns();
        int e = dy.columns();
        Shapes.require("dw", dw, q.rows(), n * e);
        Shapes.require("dy", dy, q.rows(), e);
        for (int i = 0; dy.size() > 0 && i < n; i++) {
            try (MemoryWorkspace scratch = scratch()) {
                put(columns(dw, i * e, e), array(dy).mul(columns(q, i, 1)), accumulate);
            }
        }
    }

    // ---- rows and elements by index

    @Override
    public void gatherRows(Matrix x, int[] rows, Matrix y) {
        Shapes.require("y", y, y.rows(), x.columns());
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                array(y).assign(gather(array(x), rowIndices(x, rows, y.rows())));
            }
        }
    }

    @Override
    public void scatterAddRows(Matrix dy, int[] rows, Matrix dx) {
        Shapes.require("dy", dy, dy.rows(), dx.columns());
        if (dy.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                scatterAdd(array(dx), rowIndices(dx, rows, dy.rows()), array(dy));
            }
        }
    }

    @Override
    public void pick(Matrix x, int @Nullable [] rows, int[] columns, Matrix y) {
        Shapes.require("y", y, y.rows(), 1);
        if (y.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                flat(y).assign(gather(flat(x).reshape(x.size()), elementIndices(x, rows, columns, y.rows()))
                        .reshape(1, y.size()));
            }
        }
    }

    @Override
    public void scatterAdd(Matrix dy, int @Nullable [] rows, int[] columns, Matrix dx) {
        Shapes.require("dy", dy, dy.rows(), 1);
        if (dy.size() > 0) {
            try (MemoryWorkspace scratch = scratch()) {
                scatterAdd(
                        flat(dx).reshape(dx.size()),
                        elementIndices(dx, rows, columns, dy.rows()),
                        flat(dy).reshape(dy.size()));
            }
        }
    }

    private static INDArray gather(INDArray x, INDArray indices) {
        return Nd4j.exec(new Gather(x, indices, 0))[0];
    }

    private static void scatterAdd(INDArray x, INDArray indices, INDArray values) {
        ScatterAdd add = new ScatterAdd(x, indices, values);
        add.addBArgument(true); // one thread: several lose additions to a row that comes more than once
        x.assign(Nd4j.exec(add)[0]);
    }

    private static INDArray rowIndices(Matrix x, int[] rows, int count) {
        int[] indices = Arrays.copyOf(rows, count);
        for (int row : indices) {
            check(x, row, 0);
        }
        return Nd4j.createFromArray(indices);
    }

    private static INDArray elementIndices(Matrix x, int @Nullable [] rows, int[] columns, int count) {
        int[] indices = new int[count];
        for (int k = 0; k < count; k++) {
            int row = rows == null ? k : rows[k];
            check(x, row, columns[k]);
            indices[k] = row * x.columns() + columns[k];
        }
        return Nd4j.createFromArray(indices);
    }

    private static void check(Matrix x, int row, int column) {
        if (row < 0 || row >= x.rows() || column < 0 || column >= x.columns()) {
            throw new IndexOutOfBoundsException("element: (" + row + ", " + column + ") (expected: inside " + x + ")");
        }
    }

    @Override
    public void putColumns(Matrix x, Matrix y, int first) {
        Shapes.require("x", x, y.rows(), x.columns());
        requireColumns(first, x.columns(), y);
        if (x.size() > 0) {
            columns(y, first, x.columns()).assign(array(x));
        }
    }

    @Override
    public void takeColumns(Matrix dy, int first, Matrix dx, boolean accumulate) {
        Shapes.require("dx", dx, dy.rows(), dx.columns());
        requireColumns(first, dx.columns(), dy);
        if (dx.size() > 0) {
            put(array(dx), columns(dy, first, dx.columns()), accumulate);
        }
    }

    private static void requireColumns(int first, int count, Matrix y) {
        if (first < 0 || first + count > y.columns()) {
            throw new IllegalArgumentException(
                    "first: " + first + " (expected: room for " + count + " columns in " + y + ")");
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
        int width = weight.rows();
        if (steps > 0 && initial != null && (initial.columns() != width || initial.rows() < counts[0])) {
            throw new IllegalArgumentException(
                    "initial: " + initial + " (expected: " + counts[0] + " x " + width + " or more rows)");
        }
        int start = 0;
        for (int s = 0; s < steps; s++) {
            int n = counts[s];
            try (MemoryWorkspace scratch = scratch()) {
                INDArray old = s > 0
                        ? block(hidden, start - counts[s - 1], n, 0, width)
                        : initial != null ? block(initial, 0, n, 0, width) : zeros(n, width);
                INDArray a = Nd4j.createUninitialized(old.dataType(), new long[] {n, 3L * width}, 'f');
                multiply(old, false, array(weight), false, a, false);
                a.addiRowVector(array(bias));
                INDArray r = block(trace, start, n, 0, width);
                INDArray z = block(trace, start, n, width, width);
                INDArray g = block(trace, start, n, 2 * width, width);
                INDArray u = block(trace, start, n, 3 * width, width);
                r.assign(Transforms.sigmoid(block(projected, start, n, 0, width).add(part(a, 0, width))));
                z.assign(Transforms.sigmoid(
                        block(projected, start, n, width, width).add(part(a, width, width))));
                u.assign(part(a, 2 * width, width));
                g.assign(Transforms.tanh(r.mul(u).addi(block(projected, start, n, 2 * width, width))));
                block(hidden, start, n, 0, width).assign(old.sub(g).muli(z).addi(g));
            }
            start += n;
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
        int start = Shapes.requireGru(counts, steps, dProjected, dWeight, dBias, trace, dHidden);
        Shapes.requireSame("hidden", hidden, dHidden);
        int width = weight.rows();
        for (int s = steps - 1; s >= 0; s--) {
            int n = counts[s];
            start -= n;
            int before = s > 0 ? start - counts[s - 1] : 0;
            try (MemoryWorkspace scratch = scratch()) {
                INDArray r = block(trace, start, n, 0, width);
                INDArray z = block(trace, start, n, width, width);
                INDArray g = block(trace, start, n, 2 * width, width);
                INDArray u = block(trace, start, n, 3 * width, width);
                INDArray old = s > 0
                        ? block(hidden, before, n, 0, width)
                        : initial != null ? block(initial, 0, n, 0, width) : zeros(n, width);
                INDArray dh = block(dHidden, start, n, 0, width);
                INDArray dg = dh.mul(z.rsub(1f)).muli(g.mul(g).rsubi(1f));
                INDArray dr = dg.mul(u).muli(r).muli(r.rsub(1f));
                INDArray dz = dh.mul(old.sub(g)).muli(z).muli(z.rsub(1f));
                block(dProjected, start, n, 0, width).assign(dr);
                block(dProjected, start, n, width, width).assign(dz);
                block(dProjected, start, n, 2 * width, width).assign(dg);
                INDArray da = Nd4j.concat(1, dr, dz, dg.mul(r));
                array(dBias).addi(da.sum(true, 0));
                if (s > 0 || initial != null) {
                    multiply(old, true, da, false, array(dWeight), true);
                }
                if (s > 0) {
                    INDArray dOld = block(dHidden, before, n, 0, width);
                    dOld.addi(dh.mul(z));
                    multiply(da, false, array(weight), true, dOld, true);
                }
            }
        }
    }

    private static INDArray zeros(int rows, int columns) {
        return Nd4j.createUninitialized(DataType.FLOAT, rows, columns).assign(0f);
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
        double stepSize = rate / (1 - StrictMath.pow(b1, (double) t));
        double rootScale = 1 / Math.sqrt(1 - StrictMath.pow(b2, (double) t));
        try (MemoryWorkspace scratch = scratch()) {
            INDArray g = flat(gradient).mul((float) gradientScale);
            INDArray first = flat(m).muli((float) b1).addi(g.mul((float) (1 - b1)));
            INDArray second = flat(v).muli((float) b2).addi(g.muli(g).muli((float) (1 - b2)));
            INDArray root = Transforms.sqrt(second).muli((float) rootScale).addi((float) epsilon);
            flat(x).subi(first.mul((float) stepSize).divi(root));
        }
    }

    @Override
    public void rmsProp(
            Matrix x, Matrix gradient, Matrix v, double gradientScale, double rate, double decay, double epsilon) {
        Shapes.requireSameSize(gradient, x);
        Shapes.requireSameSize(v, x);
        try (MemoryWorkspace scratch = scratch()) {
            INDArray g = flat(gradient).mul((float) gradientScale);
            INDArray second = flat(v).muli((float) decay).addi(g.mul(g).muli((float) (1 - decay)));
            flat(x).subi(g.muli((float) rate).divi(Transforms.sqrt(second).addi((float) epsilon)));
        }
    }

    @Override
    public void blend(double keep, Matrix x, Matrix y) {
        Shapes.requireSameSize(x, y);
        try (MemoryWorkspace scratch = scratch()) {
            flat(x).addi(flat(y).sub(flat(x)).muli((float) (1 - keep)));
        }
    }

    // ---- matrices as ND4J sees them

    private static INDArray array(Matrix x) {
        return storage(x).view(x.offset(), x.rows(), x.columns(), x.columns());
    }

    private static INDArray flat(Matrix x) {
        return storage(x).view(x.offset(), 1, x.size(), x.size());
    }

    private static INDArray columns(Matrix x, int first, int count) {
        return block(x, 0, x.rows(), first, count);
    }

    private static INDArray block(Matrix x, int firstRow, int rows, int firstColumn, int columns) {
        return storage(x).view(x.offset() + firstRow * x.columns() + firstColumn, rows, columns, x.columns());
    }

    /** Columns of an intermediate array. */
    private static INDArray part(INDArray x, int first, int count) {
        return x.get(NDArrayIndex.all(), NDArrayIndex.interval(first, first + count));
    }

    private static Nd4jStorage storage(Matrix x) {
        return (Nd4jStorage) x.storage();
    }
}
