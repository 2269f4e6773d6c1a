package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.util.random.RandomGenerator;

/** A fully connected layer {@code y = f(x W + b)}: x {@code [N, in]}, W {@code [in, out]}, b {@code [1, out]}, y {@code [N, out]}. */
public final class Linear {
    private final Parameter weight;
    private final Parameter bias;
    private final Activation activation;

    /** Adds {@code name/weight}, then {@code name/bias}, to {@code parameters}. */
    public Linear(
            String name,
            int in,
            int out,
            Activation activation,
            Initialization start,
            Parameters parameters,
            RandomGenerator init) {
        weight = parameters.add(name + "/weight", in, out, start.weightBound(in, out), init);
        bias = parameters.add(name + "/bias", 1, out, start.biasBound(in), init);
        this.activation = activation;
    }

    public Node forward(Tape tape, Node x) {
        return tape.linear(x, tape.parameter(weight), tape.parameter(bias), activation);
    }

    /** The same without a tape; y is resized. */
    void compute(Engine engine, Matrix x, Matrix y) {
        y.resize(x.rows(), weight.value().columns());
        engine.linear(x, weight.value(), bias.value(), activation, y);
    }

    /** The layer as plain numbers, under the last part of its name. */
    NetworkDescription.Dense describe() {
        String path = weight.name().substring(0, weight.name().lastIndexOf('/'));
        return new NetworkDescription.Dense(
                path.substring(path.lastIndexOf('/') + 1),
                NetworkDescription.Values.of(weight),
                NetworkDescription.Values.of(bias),
                activation);
    }
}
