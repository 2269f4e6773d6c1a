package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Matrix;
import java.util.random.RandomGenerator;

/** Small things for tests of networks and mixers. */
public final class Toy {
    private Toy() {}

    /** A matrix filled row by row. */
    public static Matrix matrix(Parameters parameters, int rows, int columns, double... values) {
        Matrix x = parameters.engine().matrix(rows, columns);
        if (values.length != x.size()) {
            throw new IllegalArgumentException("values: " + values.length + " (expected: " + x.size() + ")");
        }
        for (int i = 0; i < values.length; i++) {
            x.storage().set(i, values[i]);
        }
        return x;
    }

    /** Uniform in [-1, 1). */
    public static Matrix random(Parameters parameters, int rows, int columns, RandomGenerator random) {
        Matrix x = parameters.engine().matrix(rows, columns);
        for (int i = 0; i < x.size(); i++) {
            x.storage().set(i, 2 * random.nextDouble() - 1);
        }
        return x;
    }

    /**
     * A scalar in which every element of x has a gradient of its own: {@code sum_r (x[r] . direction)^2} with fixed directions.
     */
    public static Node scalar(Tape tape, Node x) {
        Matrix direction = tape.engine().matrix(x.columns(), 1);
        Matrix zero = tape.engine().matrix(1, 1);
        Matrix weights = tape.engine().matrix(x.rows(), 1);
        for (int c = 0; c < x.columns(); c++) {
            direction.set(c, 0, 0.7 + 0.3 * Math.sin(1.7 * c));
        }
        for (int r = 0; r < x.rows(); r++) {
            weights.set(r, 0, 0.6 + 0.4 * Math.cos(2.3 * r));
        }
        Node sum = tape.linear(x, tape.constant(direction), tape.constant(zero), Activation.IDENTITY);
        return tape.weightedSquares(tape.plus(sum, 0.3), tape.constant(weights), x.rows());
    }
}
