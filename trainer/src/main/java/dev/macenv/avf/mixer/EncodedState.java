package dev.macenv.avf.mixer;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.nn.Initialization;
import dev.macenv.avf.nn.Linear;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.random.RandomGenerator;

/**
 * A mixer that sees a compressed state: {@code Mix(q, ReLU(Lin(x)))}, for joint macro-states, which grow with the number of
 * agents (appendix B.1 of the AVF paper). The layer's parameters stand before the mixer's own and are trained and followed
 * with them. What a mixer says of agents does not depend on how its state came about, so it stays as consistent as it is.
 */
public final class EncodedState implements Mixer {
    private final Linear encoder;
    private final Mixer mixer;

    private EncodedState(Linear encoder, Mixer mixer) {
        this.encoder = encoder;
        this.mixer = mixer;
    }

    /**
     * Makes the layer and, behind it, the mixer.
     *
     * @param shape with the uncompressed state
     * @param width of the compressed state, at least 1
     */
    public static Mixer create(
            MixerShape shape,
            int width,
            MixerProvider<?> provider,
            Record settings,
            Parameters parameters,
            RandomGenerator init) {
        Linear encoder = new Linear(
                "stateEncoder", shape.stateSize(), width, Activation.RELU, Initialization.TORCH, parameters, init);
        MixerShape compressed = new MixerShape(shape.actionCounts(), width);
        return new EncodedState(encoder, provider.createFrom(compressed, settings, parameters, init));
    }

    @Override
    public References references() {
        return mixer.references();
    }

    @Override
    public Node mix(Tape tape, MixerInput in) {
        Node state = encoder.forward(tape, in.state());
        return mixer.mix(tape, new MixerInput(in.utilities(), in.references(), state, in.actions()));
    }
}
