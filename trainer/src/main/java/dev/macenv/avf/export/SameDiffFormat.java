package dev.macenv.avf.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.avf.algorithm.PolicyDescription;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.nn.NetworkDescription;
import dev.macenv.avf.nn.NetworkDescription.Dense;
import dev.macenv.avf.nn.NetworkDescription.Head;
import dev.macenv.avf.nn.NetworkDescription.Recurrent;
import dev.macenv.avf.nn.NetworkDescription.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * SameDiff, for Deeplearning4j's applications: {@code SameDiff.load(file, false)}. The numbers are constants of the graph.
 *
 * <p>The format has no place for texts beside the network. So they are a constant of the graph, {@code metadata}: the bytes of a JSON object in
 * UTF-8. (ND4J's own arrays of strings lose what is not ASCII.)
 */
final class SameDiffFormat implements NetworkFormat {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String extension() {
        return "sd";
    }

    @Override
    public Map<String, Object> facts() {
        return Map.of();
    }

    @Override
    public void write(PolicyDescription.Network network, Map<String, String> metadata, Path file) throws IOException {
        SameDiff graph = new Graph(network).build();
        byte[] texts = JSON.writeValueAsBytes(metadata);
        INDArray bytes = Nd4j.create(DataType.INT8, texts.length);
        for (int i = 0; i < texts.length; i++) {
            bytes.putScalar(i, texts[i]);
        }
        graph.constant("metadata", bytes);
        graph.save(file.toFile(), false);
    }

    /** A network on its way to a graph. */
    private static final class Graph {
        private final PolicyDescription.Network network;
        private final SameDiff graph = SameDiff.create();

        Graph(PolicyDescription.Network network) {
            this.network = network;
        }

        SameDiff build() {
            SDVariable x = inputs();
            for (NetworkDescription.Layer layer : network.layers().layers()) {
                x = add(layer, x);
            }
            graph.identity(TensorNames.of(network.output()), x);
            return graph;
        }

        private SDVariable inputs() {
            List<SDVariable> parts = new ArrayList<>();
            for (PolicyDescription.Input input : network.inputs()) {
                parts.add(graph.placeHolder(TensorNames.of(input.part()), DataType.FLOAT, -1, input.size()));
            }
            return parts.size() == 1 ? parts.get(0) : graph.concat("input", 1, parts.toArray(SDVariable[]::new));
        }

        private SDVariable add(NetworkDescription.Layer layer, SDVariable x) {
            if (layer instanceof Dense dense) {
                return add(dense, x);
            }
            if (layer instanceof Recurrent gru) {
                return add(gru, x);
            }
            return add((Head) layer, x);
        }

        private SDVariable add(Dense layer, SDVariable x) {
            SDVariable sum = x.mmul(constant(
                            layer.name() + "/weight",
                            layer.weight(),
                            0,
                            layer.weight().columns()))
                    .add(constant(
                            layer.name() + "/bias",
                            layer.bias(),
                            0,
                            layer.bias().columns()));
            return switch (layer.activation()) {
                case IDENTITY -> sum;
                case LEAKY_RELU -> graph.nn().leakyRelu(sum, Activation.LEAK);
                case RELU -> graph.nn().relu(sum, 0);
                case ELU -> graph.nn().elu(sum);
                case ABS -> graph.math().abs(sum);
                case SIGMOID -> graph.nn().sigmoid(sum);
                case TANH -> graph.nn().tanh(sum);
                case EXP -> graph.math().exp(sum);
                case LOG -> graph.math().log(sum);
            };
        }

        /** In single operations, since ND4J's own GRU has no bias on the state's share. */
        private SDVariable add(Recurrent layer, SDVariable x) {
            SDVariable h = graph.placeHolder(TensorNames.HIDDEN, DataType.FLOAT, -1, layer.width());
            SDVariable r = graph.nn().sigmoid(inputShare(layer, x, 0).add(stateShare(layer, h, 0)));
            SDVariable z = graph.nn().sigmoid(inputShare(layer, x, 1).add(stateShare(layer, h, 1)));
            SDVariable g = graph.nn().tanh(inputShare(layer, x, 2).add(r.mul(stateShare(layer, h, 2))));
            return g.add(TensorNames.NEXT_HIDDEN, z.mul(h.sub(g))); // (1 - z) g + z h
        }

        private SDVariable inputShare(Recurrent layer, SDVariable x, int gate) {
            return share(layer.name() + "/input" + "RZG".charAt(gate), layer.inputWeight(), layer.inputBias(), x, gate);
        }

        private SDVariable stateShare(Recurrent layer, SDVariable h, int gate) {
            return share(layer.name() + "/state" + "RZG".charAt(gate), layer.weight(), layer.bias(), h, gate);
        }

        private SDVariable share(String name, Values weight, Values bias, SDVariable x, int gate) {
            int width = weight.columns() / 3;
            return x.mmul(constant(name + "/weight", weight, gate * width, width))
                    .add(constant(name + "/bias", bias, gate * width, width));
        }

        private SDVariable add(Head head, SDVariable x) {
            SDVariable v = add(head.value(), x);
            SDVariable advantage = add(head.advantage(), x);
            SDVariable relative = switch (head.kind()) {
                case NONE, RAW -> advantage;
                case MEAN -> advantage.sub(advantage.mean(true, 1));
                case MAX -> advantage.sub(advantage.max(true, 1));
            };
            return relative.add(v);
        }

        /** Some columns of a matrix. */
        private SDVariable constant(String name, Values values, int first, int columns) {
            INDArray array = Nd4j.create(DataType.FLOAT, values.rows(), columns);
            for (int r = 0; r < values.rows(); r++) {
                for (int c = 0; c < columns; c++) {
                    array.putScalar(r, c, values.get(r, first + c));
                }
            }
            return graph.constant(name, array);
        }
    }
}
