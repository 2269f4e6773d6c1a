package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A gated recurrent unit in torch's convention, with a bias on both the input's and the state's share of each gate; the equations stand at
 * {@link Engine#gruForward}. All parameters start uniform in {@code 1 / sqrt(width)}.
 */
public final class Gru {
    private final int width;
    private final Parameter inputWeight;
    private final Parameter inputBias;
    private final Parameter weight;
    private final Parameter bias;

    // without a tape
    private final Matrix projected;
    private final Matrix trace;
    private final Matrix next;
    private final int[] one = {0};

    /** Adds {@code name/inputWeight [in, 3 width]}, {@code inputBias}, {@code weight [width, 3 width]}, {@code bias}; gate order r, z, g. */
    public Gru(String name, int in, int width, Parameters parameters, RandomGenerator init) {
        this.width = width;
        double bound = 1 / Math.sqrt(width);
        inputWeight = parameters.add(name + "/inputWeight", in, 3 * width, bound, init);
        inputBias = parameters.add(name + "/inputBias", 1, 3 * width, bound, init);
        weight = parameters.add(name + "/weight", width, 3 * width, bound, init);
        bias = parameters.add(name + "/bias", 1, 3 * width, bound, init);
        projected = parameters.engine().matrix(0, 0);
        trace = parameters.engine().matrix(0, 0);
        next = parameters.engine().matrix(0, 0);
    }

    /** The hidden states {@code [M, width]} after each row of x {@code [M, in]}, from zero at the start of each sequence. */
    public Node forward(Tape tape, Node x, PackedSequences sequences) {
        return forward(tape, x, sequences, null);
    }

    /** The same from hidden states {@code [sequences, width]}, which are constants; null for zeros. */
    Node forward(Tape tape, Node x, PackedSequences sequences, @Nullable Matrix initial) {
        Node inputs = tape.linear(x, tape.parameter(inputWeight), tape.parameter(inputBias), Activation.IDENTITY);
        return tape.gru(inputs, tape.parameter(weight), tape.parameter(bias), sequences, initial);
    }

    /** One step without a tape: hidden {@code [b, width]} is advanced by x {@code [b, in]}. */
    void advance(Engine engine, Matrix x, Matrix hidden) {
        projected.resize(x.rows(), 3 * width);
        trace.resize(x.rows(), 4 * width);
        next.resize(x.rows(), width);
        engine.linear(x, inputWeight.value(), inputBias.value(), Activation.IDENTITY, projected);
        one[0] = x.rows();
        engine.gruForward(one, 1, projected, weight.value(), bias.value(), hidden, trace, next);
        engine.copy(next, hidden);
    }

    /** The layer as plain numbers. */
    NetworkDescription.Recurrent describe() {
        return new NetworkDescription.Recurrent(
                "gru",
                NetworkDescription.Values.of(inputWeight),
                NetworkDescription.Values.of(inputBias),
                NetworkDescription.Values.of(weight),
                NetworkDescription.Values.of(bias));
    }
}
