package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import java.util.List;

/**
 * The shape of an agent's network: linear layers with an activation, a recurrent layer, linear layers with an activation, a
 * head.
 *
 * @param before widths of the linear layers before the recurrent one
 * @param recurrent width of the recurrent layer, 0 for none
 * @param after widths of the linear layers after it
 * @param dueling the head
 * @param activation {@link Activation#LEAKY_RELU} or {@link Activation#RELU}, behind every linear layer but the head
 * @param initialization how the linear layers' parameters start
 */
public record NetworkSettings(
        List<Integer> before,
        int recurrent,
        List<Integer> after,
        Dueling dueling,
        Activation activation,
        Start initialization) {
    /** How linear layers start; see {@link Initialization}. */
    public enum Start {
        /** Glorot's bounds, biases 0. */
        XAVIER,
        /** Torch's own: weights and biases within {@code 1 / sqrt(in)}. */
        TORCH
    }

    public NetworkSettings {
        before = List.copyOf(before);
        after = List.copyOf(after);
        new InvalidSettings.Check()
                .that(before.stream().allMatch(width -> width >= 1), "before", before, "widths of at least 1")
                .atLeast("recurrent", recurrent, 0)
                .that(after.stream().allMatch(width -> width >= 1), "after", after, "widths of at least 1")
                .that(
                        activation == Activation.LEAKY_RELU || activation == Activation.RELU,
                        "activation",
                        activation,
                        "LEAKY_RELU or RELU")
                .done();
    }

    Initialization hiddenStart() {
        return initialization == Start.TORCH
                ? Initialization.TORCH
                : activation == Activation.RELU ? Initialization.XAVIER_RELU : Initialization.XAVIER_LEAKY_RELU;
    }

    Initialization headStart() {
        return initialization == Start.TORCH ? Initialization.TORCH : Initialization.XAVIER_LINEAR;
    }
}
