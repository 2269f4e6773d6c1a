package dev.macenv.avf.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.engine.Matrix;
import java.util.function.Function;

/**
 * Compares a tape's gradients with central differences, in double precision.
 *
 * <p>The error of each scalar parameter is taken relative to the larger of the two gradients, and to 1e-3 where both are smaller: there the
 * differences' own rounding, about 1e-16 / h, would decide.
 */
public final class GradientCheck {
    private static final double H = 1e-5;
    private static final double FLOOR = 1e-3;
    private static final double TOLERANCE = 1e-6;

    private GradientCheck() {}

    /** Checks the gradient of {@code scalar} in every scalar of {@code parameters}, which must live on the reference engine. */
    public static void check(Parameters parameters, Function<Tape, Node> scalar) {
        check(parameters, scalar, scalar);
    }

    /** Checks the gradient of {@code scalar} against differences of {@code surrogate}, which treats as constant what scalar lets no gradient pass. */
    public static void check(Parameters parameters, Function<Tape, Node> scalar, Function<Tape, Node> surrogate) {
        double[] gradient = gradient(parameters, scalar);
        Matrix values = parameters.values();
        Tape tape = Tape.evaluating(parameters.engine());
        int moving = 0;
        for (int i = 0; i < parameters.size(); i++) {
            double old = values.get(0, i);
            values.set(0, i, old + H);
            double above = value(tape, surrogate);
            values.set(0, i, old - H);
            double below = value(tape, surrogate);
            values.set(0, i, old);
            double expected = (above - below) / (2 * H);
            double scale = Math.max(FLOOR, Math.max(Math.abs(expected), Math.abs(gradient[i])));
            assertThat(Math.abs(gradient[i] - expected) / scale)
                    .as("%s: gradient %s, differences %s", describe(parameters, i), gradient[i], expected)
                    .isLessThan(TOLERANCE);
            if (Math.abs(expected) > FLOOR) {
                moving++;
            }
        }
        assertThat(moving).as("parameters that matter").isGreaterThan(parameters.size() / 5);
    }

    /** The gradient of {@code scalar} as the tape has it. */
    public static double[] gradient(Parameters parameters, Function<Tape, Node> scalar) {
        Tape tape = Tape.differentiating(parameters.engine());
        parameters.zeroGradients();
        tape.backward(scalar.apply(tape));
        double[] gradient = new double[parameters.size()];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = parameters.gradients().get(0, i);
        }
        return gradient;
    }

    private static double value(Tape tape, Function<Tape, Node> scalar) {
        tape.reset();
        return scalar.apply(tape).value().get(0, 0);
    }

    private static String describe(Parameters parameters, int index) {
        String name = "";
        for (Parameter parameter : parameters.list()) {
            if (parameter.offset() <= index) {
                name = parameter.name() + "[" + (index - parameter.offset()) + "]";
            }
        }
        return name;
    }
}
