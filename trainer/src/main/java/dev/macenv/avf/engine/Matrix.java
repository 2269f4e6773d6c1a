package dev.macenv.avf.engine;

import org.jspecify.annotations.Nullable;

/**
 * A dense row-major matrix {@code [rows, columns]} on a {@link Storage}: element {@code (r, c)} lies at {@code offset + r * columns + c}.
 *
 * <p>A matrix either owns its storage ({@link #allocate}) and can be {@link #resize resized} again and again without allocating once it has
 * been large enough, or it is a view into somebody else's ({@link #view}), whose shape is fixed. Not thread-safe.
 */
public final class Matrix {
    private final @Nullable Engine engine;
    private Storage storage;
    private final int offset;
    private int rows;
    private int columns;

    private Matrix(@Nullable Engine engine, Storage storage, int offset, int rows, int columns) {
        this.engine = engine;
        this.storage = storage;
        this.offset = offset;
        this.rows = rows;
        this.columns = columns;
    }

    /** A matrix of zeros with storage of its own. */
    public static Matrix allocate(Engine engine, int rows, int columns) {
        requireShape(rows, columns);
        return new Matrix(engine, engine.allocate(rows * columns), 0, rows, columns);
    }

    /** A matrix over the elements of {@code storage} from {@code offset} on. */
    public static Matrix view(Storage storage, int offset, int rows, int columns) {
        requireShape(rows, columns);
        if (offset < 0 || offset + rows * columns > storage.size()) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: room for " + rows + " x " + columns
                    + " in " + storage.size() + ")");
        }
        return new Matrix(null, storage, offset, rows, columns);
    }

    /** A view of {@code count} rows from {@code first} on. Becomes stale when this matrix is resized. */
    public Matrix rowsFrom(int first, int count) {
        return view(storage, offset + first * columns, count, columns);
    }

    /** Gives this matrix a new shape; the contents are unspecified afterwards. Only for matrices that own their storage. */
    public Matrix resize(int newRows, int newColumns) {
        requireShape(newRows, newColumns);
        if (engine == null) {
            throw new IllegalStateException("matrix: a view (expected: a matrix that owns its storage, to resize it)");
        }
        int needed = newRows * newColumns;
        if (needed > storage.size()) {
            storage = engine.allocate(needed + needed / 4);
        }
        rows = newRows;
        columns = newColumns;
        return this;
    }

    public Storage storage() {
        return storage;
    }

    /** Index of element (0, 0) in the storage. */
    public int offset() {
        return offset;
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Number of elements, {@code rows * columns}. */
    public int size() {
        return rows * columns;
    }

    public double get(int row, int column) {
        return storage.get(index(row, column));
    }

    public void set(int row, int column, double value) {
        storage.set(index(row, column), value);
    }

    /** Copies all elements, row by row, into {@code target} from {@code targetOffset} on. */
    public void read(float[] target, int targetOffset) {
        storage.read(offset, target, targetOffset, size());
    }

    /** Copies row {@code row} into {@code target} from {@code targetOffset} on. */
    public void readRow(int row, float[] target, int targetOffset) {
        storage.read(index(row, 0), target, targetOffset, columns);
    }

    /** Overwrites all elements, row by row, with those of {@code source} from {@code sourceOffset} on. */
    public void write(float[] source, int sourceOffset) {
        storage.write(offset, source, sourceOffset, size());
    }

    /** Overwrites row {@code row} with the elements of {@code source} from {@code sourceOffset} on. */
    public void writeRow(int row, float[] source, int sourceOffset) {
        storage.write(index(row, 0), source, sourceOffset, columns);
    }

    /** Overwrites row {@code row} with row {@code sourceRow} of {@code source}, which has as many columns. */
    public void copyRow(int row, Matrix source, int sourceRow) {
        if (columns != source.columns) {
            throw new IllegalArgumentException("source: " + source + " (expected: " + columns + " columns)");
        }
        int to = index(row, 0);
        int from = source.index(sourceRow, 0);
        for (int c = 0; c < columns; c++) {
            storage.set(to + c, source.storage.get(from + c));
        }
    }

    @Override
    public String toString() {
        return "Matrix[" + rows + " x " + columns + "]";
    }

    private int index(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || (column >= columns && columns > 0)) {
            throw new IndexOutOfBoundsException(
                    "element: (" + row + ", " + column + ") (expected: inside " + rows + " x " + columns + ")");
        }
        return offset + row * columns + column;
    }

    private static void requireShape(int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw new IllegalArgumentException("shape: " + rows + " x " + columns + " (expected: nothing negative)");
        }
    }
}
