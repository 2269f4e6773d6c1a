package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Matrix;
import java.util.List;
import java.util.Optional;

/**
 * A network that acts, as plain numbers: what it takes to rebuild it where there is no engine of this project. Its layers follow one another,
 * each taking what the one before gave; the numbers are copies and do not change when the network learns.
 *
 * @param inputSize elements of the input
 * @param outputSize elements of the output
 * @param layers in the order of the forward pass, at most one of them {@link Recurrent}
 */
public record NetworkDescription(int inputSize, int outputSize, List<Layer> layers) {
    public NetworkDescription {
        layers = List.copyOf(layers);
    }

    /** Width of the hidden state; 0 without a recurrent layer. */
    public int hiddenSize() {
        return layers.stream()
                .mapToInt(layer -> layer instanceof Recurrent gru ? gru.width() : 0)
                .sum();
    }

    /** One layer. */
    public sealed interface Layer {
        /** Unique within the network, such as {@code before0}. */
        String name();
    }

    /**
     * {@code y = f(x W + b)}.
     *
     * @param weight {@code [in, out]}
     * @param bias {@code [1, out]}
     * @param activation f
     */
    public record Dense(String name, Values weight, Values bias, Activation activation) implements Layer {}

    /**
     * A gated recurrent unit; the equations stand at {@link dev.macenv.avf.engine.Engine#gruForward}, and {@code projected = x inputWeight +
     * inputBias}. Columns are those of r, then z, then g. The output is the new hidden state.
     *
     * @param inputWeight {@code [in, 3H]}
     * @param inputBias {@code [1, 3H]}
     * @param weight {@code [H, 3H]}
     * @param bias {@code [1, 3H]}; g's part stands inside the product with r
     */
    public record Recurrent(String name, Values inputWeight, Values inputBias, Values weight, Values bias)
            implements Layer {
        /** H. */
        public int width() {
            return weight.rows();
        }
    }

    /**
     * A dueling head.
     *
     * @param value V {@code [b, 1]} of the layer before
     * @param advantage A {@code [b, A]} of the layer before
     * @param kind how they become Q
     */
    public record Head(String name, Dense value, Dense advantage, Dueling kind) implements Layer {}

    /**
     * A matrix of numbers.
     *
     * @param elements row by row; not to be changed
     */
    public record Values(int rows, int columns, float[] elements) {
        static Values of(Parameter parameter) {
            Matrix matrix = parameter.value();
            float[] elements = new float[matrix.size()];
            matrix.read(elements, 0);
            return new Values(matrix.rows(), matrix.columns(), elements);
        }

        /** Element (r, c). */
        public float get(int r, int c) {
            return elements[r * columns + c];
        }
    }

    /** The recurrent layer. */
    public Optional<Recurrent> recurrent() {
        return layers.stream()
                .filter(Recurrent.class::isInstance)
                .map(Recurrent.class::cast)
                .findFirst();
    }
}
