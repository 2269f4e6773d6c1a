package dev.macenv.avf.engine;

/** The shape checks that engines share. */
final class Shapes {
    private Shapes() {}

    static void require(String name, Matrix x, int rows, int columns) {
        if (x.rows() != rows || x.columns() != columns) {
            throw new IllegalArgumentException(name + ": " + x + " (expected: " + rows + " x " + columns + ")");
        }
    }

    static void requireSameSize(Matrix x, Matrix y) {
        if (x.size() != y.size()) {
            throw new IllegalArgumentException("x: " + x + " (expected: as many elements as " + y + ")");
        }
    }

    static void requireSame(String name, Matrix x, Matrix y) {
        require(name, x, y.rows(), y.columns());
    }

    /** Whether b is a column to be spread over the columns of a; otherwise it must have the shape of a. */
    static boolean spread(Matrix a, Matrix b) {
        if (b.columns() == 1 && a.columns() != 1) {
            require("b", b, a.rows(), 1);
            return true;
        }
        requireSame("b", b, a);
        return false;
    }

    static int requireGru(
            int[] counts, int steps, Matrix projected, Matrix weight, Matrix bias, Matrix trace, Matrix hidden) {
        int rows = 0;
        for (int s = 0; s < steps; s++) {
            rows += counts[s];
        }
        int width = weight.rows();
        require("projected", projected, rows, 3 * width);
        require("weight", weight, width, 3 * width);
        require("bias", bias, 1, 3 * width);
        require("trace", trace, rows, 4 * width);
        require("hidden", hidden, rows, width);
        return rows;
    }
}
