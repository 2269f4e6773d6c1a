package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Matrix;

/** One named matrix of {@link Parameters}: a view of its values and one of its gradients. */
public final class Parameter {
    private final String name;
    private final int offset;
    private Matrix value;
    private Matrix gradient;

    Parameter(String name, int offset, Matrix value, Matrix gradient) {
        this.name = name;
        this.offset = offset;
        this.value = value;
        this.gradient = gradient;
    }

    /** Unique within its {@link Parameters}, such as {@code agent0/gru/weight}. */
    public String name() {
        return name;
    }

    /** The values. Fetch anew after further parameters have been added. */
    public Matrix value() {
        return value;
    }

    /** The gradient, added to by {@link Tape#backward}. Fetch anew after further parameters have been added. */
    public Matrix gradient() {
        return gradient;
    }

    int offset() {
        return offset;
    }

    void move(Matrix newValue, Matrix newGradient) {
        value = newValue;
        gradient = newGradient;
    }

    @Override
    public String toString() {
        return name + " " + value;
    }
}
