package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The small nets of mixers: {@code layers} linear layers with ReLU between them and none after the last, all of initialisation TORCH. */
public final class Mlp {
    private final List<Linear> layers = new ArrayList<>();

    /**
     * Adds the layers {@code name/0}, {@code name/1}, ... to {@code parameters}.
     *
     * @param hidden width of all layers but the last
     * @param layers at least 1
     */
    public Mlp(String name, int in, int hidden, int out, int layers, Parameters parameters, RandomGenerator init) {
        if (layers < 1) {
            throw new IllegalArgumentException("layers: " + layers + " (expected: at least 1)");
        }
        int width = in;
        for (int i = 0; i < layers; i++) {
            boolean last = i == layers - 1;
            int next = last ? out : hidden;
            Activation activation = last ? Activation.IDENTITY : Activation.RELU;
            this.layers.add(
                    new Linear(name + "/" + i, width, next, activation, Initialization.TORCH, parameters, init));
            width = next;
        }
    }

    /** x {@code [N, in]} to {@code [N, out]}. */
    public Node forward(Tape tape, Node x) {
        Node y = x;
        for (Linear layer : layers) {
            y = layer.forward(tape, y);
        }
        return y;
    }
}
