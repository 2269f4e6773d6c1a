package dev.macenv.avf.export;

import dev.macenv.avf.algorithm.PolicyDescription;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.nn.NetworkDescription;
import dev.macenv.avf.nn.NetworkDescription.Dense;
import dev.macenv.avf.nn.NetworkDescription.Head;
import dev.macenv.avf.nn.NetworkDescription.Recurrent;
import dev.macenv.avf.nn.NetworkDescription.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.GraphProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import onnx.Onnx.TensorProto;
import onnx.Onnx.TensorShapeProto;
import onnx.Onnx.TypeProto;
import onnx.Onnx.ValueInfoProto;
import org.nd4j.shade.protobuf.ByteString;

/**
 * ONNX (https://onnx.ai), in the version of 2020 that every runtime since then reads: IR version 7, operators of opset 13. The same network
 * gives the same bytes.
 *
 * <p>The recurrent layer is ONNX's GRU with {@code linear_before_reset = 1}, torch's convention: r multiplies {@code h W_g + b_g}, bias
 * included. Without that attribute r would multiply h alone, and every number would be a little wrong.
 */
final class OnnxFormat implements NetworkFormat {
    static final int IR_VERSION = 7;
    static final int OPSET = 13;

    /** Symbolic: one decision or many at once. */
    private static final String BATCH = "batch";

    @Override
    public String extension() {
        return "onnx";
    }

    @Override
    public Map<String, Object> facts() {
        return Map.of("irVersion", IR_VERSION, "opset", OPSET);
    }

    @Override
    public void write(PolicyDescription.Network network, Map<String, String> metadata, Path file) throws IOException {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("avf")
                .setGraph(new Graph(network).build());
        model.addOpsetImportBuilder().setDomain("").setVersion(OPSET);
        metadata.forEach(
                (key, value) -> model.addMetadataPropsBuilder().setKey(key).setValue(value));
        Files.write(file, model.build().toByteArray());
    }

    /** A network on its way to a graph. A value is known by the name of the edge that carries it. */
    private static final class Graph {
        private final PolicyDescription.Network network;
        private final GraphProto.Builder graph = GraphProto.newBuilder().setName("policy");

        Graph(PolicyDescription.Network network) {
            this.network = network;
        }

        GraphProto build() {
            String x = inputs();
            for (NetworkDescription.Layer layer : network.layers().layers()) {
                x = add(layer, x);
            }
            String output = TensorNames.of(network.output());
            node("Identity", output, List.of(x), output);
            graph.addOutput(batchOf(output, network.layers().outputSize()));
            network.layers()
                    .recurrent()
                    .ifPresent(gru -> graph.addOutput(batchOf(TensorNames.NEXT_HIDDEN, gru.width())));
            return graph.build();
        }

        /** Declares the inputs and lays them side by side, {@code [batch, in]}. */
        private String inputs() {
            List<String> parts = new ArrayList<>();
            for (PolicyDescription.Input input : network.inputs()) {
                String name = TensorNames.of(input.part());
                graph.addInput(batchOf(name, input.size()));
                parts.add(name);
            }
            network.layers().recurrent().ifPresent(gru -> graph.addInput(batchOf(TensorNames.HIDDEN, gru.width())));
            if (parts.size() == 1) {
                return parts.get(0);
            }
            return node("Concat", "input", parts, "input", integer("axis", 1));
        }

        private String add(NetworkDescription.Layer layer, String x) {
            if (layer instanceof Dense dense) {
                return add(dense, x);
            }
            if (layer instanceof Recurrent gru) {
                return add(gru, x);
            }
            return add((Head) layer, x);
        }

        private String add(Dense layer, String x) {
            String name = layer.name();
            String weight = constant(name + "/weight", layer.weight());
            String bias =
                    floats(name + "/bias", layer.bias().elements(), layer.bias().columns());
            if (layer.activation() == Activation.IDENTITY) {
                return node("Gemm", name, List.of(x, weight, bias), name + "/y");
            }
            String sum = node("Gemm", name, List.of(x, weight, bias), name + "/sum");
            return activate(layer.activation(), name, sum);
        }

        private String activate(Activation activation, String name, String x) {
            String node = name + "/activation";
            String y = name + "/y";
            return switch (activation) {
                case IDENTITY -> x;
                case LEAKY_RELU -> node("LeakyRelu", node, List.of(x), y, real("alpha", (float) Activation.LEAK));
                case RELU -> node("Relu", node, List.of(x), y);
                case ELU -> node("Elu", node, List.of(x), y, real("alpha", 1));
                case ABS -> node("Abs", node, List.of(x), y);
                case SIGMOID -> node("Sigmoid", node, List.of(x), y);
                case TANH -> node("Tanh", node, List.of(x), y);
                case EXP -> node("Exp", node, List.of(x), y);
                case LOG -> node("Log", node, List.of(x), y);
            };
        }

        /** One step of a sequence: GRU wants {@code [1, batch, in]} and a hidden state {@code [1, batch, H]} and returns the like. */
        private String add(Recurrent layer, String x) {
            String name = layer.name();
            int width = layer.width();
            int in = layer.inputWeight().rows();
            String inputWeight = floats(name + "/inputWeight", gateRows(layer.inputWeight()), 1, 3 * width, in);
            String weight = floats(name + "/weight", gateRows(layer.weight()), 1, 3 * width, width);
            float[] biases = Arrays.copyOf(gateRows(layer.inputBias()), 6 * width);
            System.arraycopy(gateRows(layer.bias()), 0, biases, 3 * width, 3 * width);
            String bias = floats(name + "/bias", biases, 1, 6 * width);
            String first = integers(name + "/firstAxis", 0);

            String step = node("Unsqueeze", name + "/step", List.of(x, first), name + "/x");
            String hidden = node("Unsqueeze", name + "/before", List.of(TensorNames.HIDDEN, first), name + "/h");
            graph.addNode(NodeProto.newBuilder()
                    .setOpType("GRU")
                    .setName(name)
                    .addAllInput(List.of(step, inputWeight, weight, bias, "", hidden)) // "": no lengths of sequences
                    .addOutput("")
                    .addOutput(name + "/next")
                    .addAttribute(integer("hidden_size", width))
                    .addAttribute(integer("linear_before_reset", 1)));
            return node("Squeeze", name + "/after", List.of(name + "/next", first), TensorNames.NEXT_HIDDEN);
        }

        /** Columns r, z, g {@code [in, 3H]} become rows z, r, g {@code [3H, in]}, as ONNX has them. */
        private static float[] gateRows(Values columns) {
            int width = columns.columns() / 3;
            int[] gates = {1, 0, 2};
            float[] rows = new float[columns.elements().length];
            int next = 0;
            for (int gate : gates) {
                for (int j = 0; j < width; j++) {
                    for (int i = 0; i < columns.rows(); i++) {
                        rows[next++] = columns.get(i, gate * width + j);
                    }
                }
            }
            return rows;
        }

        private String add(Head head, String x) {
            String name = head.name();
            String v = add(head.value(), x);
            String advantage = add(head.advantage(), x);
            String relative = switch (head.kind()) {
                case NONE, RAW -> advantage;
                case MEAN -> less(name, advantage, overActions("ReduceMean", name + "/mean", advantage));
                case MAX -> less(name, advantage, overActions("ReduceMax", name + "/max", advantage));
            };
            return node("Add", name, List.of(relative, v), name + "/y");
        }

        private String less(String name, String x, String reference) {
            return node("Sub", name + "/relative", List.of(x, reference), name + "/a");
        }

        private String overActions(String operator, String name, String x) {
            return node(operator, name, List.of(x), name, integers("axes", List.of(1L)), integer("keepdims", 1));
        }

        // ---- the vocabulary of ONNX

        private String node(String operator, String name, List<String> in, String out, AttributeProto... attributes) {
            graph.addNode(NodeProto.newBuilder()
                    .setOpType(operator)
                    .setName(name)
                    .addAllInput(in)
                    .addOutput(out)
                    .addAllAttribute(List.of(attributes)));
            return out;
        }

        private String constant(String name, Values values) {
            return floats(name, values.elements(), values.rows(), values.columns());
        }

        private String floats(String name, float[] elements, int... shape) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(elements.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(elements);
            return tensor(name, TensorProto.DataType.FLOAT, bytes, shape);
        }

        private String integers(String name, long element) {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(element);
            return tensor(name, TensorProto.DataType.INT64, bytes, 1);
        }

        private String tensor(String name, TensorProto.DataType type, ByteBuffer bytes, int... shape) {
            TensorProto.Builder tensor = TensorProto.newBuilder()
                    .setName(name)
                    .setDataType(type.getNumber())
                    .setRawData(ByteString.copyFrom(bytes));
            for (int size : shape) {
                tensor.addDims(size);
            }
            graph.addInitializer(tensor);
            return name;
        }

        private static ValueInfoProto batchOf(String name, int size) {
            TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
            shape.addDimBuilder().setDimParam(BATCH);
            shape.addDimBuilder().setDimValue(size);
            TypeProto.Tensor type = TypeProto.Tensor.newBuilder()
                    .setElemType(TensorProto.DataType.FLOAT.getNumber())
                    .setShape(shape)
                    .build();
            return ValueInfoProto.newBuilder()
                    .setName(name)
                    .setType(TypeProto.newBuilder().setTensorType(type))
                    .build();
        }

        private static AttributeProto integer(String name, long value) {
            return attribute(name, AttributeProto.AttributeType.INT).setI(value).build();
        }

        private static AttributeProto integers(String name, List<Long> values) {
            return attribute(name, AttributeProto.AttributeType.INTS)
                    .addAllInts(values)
                    .build();
        }

        private static AttributeProto real(String name, float value) {
            return attribute(name, AttributeProto.AttributeType.FLOAT)
                    .setF(value)
                    .build();
        }

        private static AttributeProto.Builder attribute(String name, AttributeProto.AttributeType type) {
            return AttributeProto.newBuilder().setName(name).setType(type);
        }
    }
}
