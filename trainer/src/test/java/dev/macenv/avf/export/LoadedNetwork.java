package dev.macenv.avf.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An exported file as another program sees it: nothing of this project takes part but the file. */
interface LoadedNetwork {
    /** The outputs {@code [batch, size]} by name, for inputs of that shape by name. */
    Map<String, float[][]> run(Map<String, float[][]> inputs);

    /** The output of this name, which must be there. */
    static float[][] named(String name, Map<String, float[][]> outputs) {
        return Objects.requireNonNull(outputs.get(name), name);
    }

    /** The texts beside the network. */
    Map<String, String> metadata();

    static LoadedNetwork load(ExportFormat format, Path file) {
        try {
            return switch (format) {
                case ONNX -> new Onnx(OrtEnvironment.getEnvironment().createSession(Files.readAllBytes(file)));
                case SAMEDIFF -> new Graph(SameDiff.load(file.toFile(), false));
            };
        } catch (OrtException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** By ONNX Runtime. */
    record Onnx(OrtSession session) implements LoadedNetwork {
        @Override
        public Map<String, float[][]> run(Map<String, float[][]> inputs) {
            Map<String, OnnxTensor> tensors = new HashMap<>();
            try {
                for (Map.Entry<String, float[][]> input : inputs.entrySet()) {
                    tensors.put(
                            input.getKey(), OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), input.getValue()));
                }
                try (OrtSession.Result result = session.run(tensors)) {
                    Map<String, float[][]> outputs = new HashMap<>();
                    for (Map.Entry<String, OnnxValue> output : result) {
                        outputs.put(
                                output.getKey(), (float[][]) output.getValue().getValue());
                    }
                    return outputs;
                }
            } catch (OrtException e) {
                throw new AssertionError(e);
            } finally {
                tensors.values().forEach(OnnxTensor::close);
            }
        }

        @Override
        public Map<String, String> metadata() {
            try {
                return new TreeMap<>(session.getMetadata().getCustomMetadata());
            } catch (OrtException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** By SameDiff. */
    record Graph(SameDiff graph) implements LoadedNetwork {
        private static final List<String> OUTPUTS = List.of("utilities", "logits", "nextHidden");

        @Override
        public Map<String, float[][]> run(Map<String, float[][]> inputs) {
            Map<String, INDArray> arrays = new HashMap<>();
            inputs.forEach((name, value) -> arrays.put(name, Nd4j.create(value)));
            String[] wanted = OUTPUTS.stream().filter(graph::hasVariable).toArray(String[]::new);
            Map<String, float[][]> outputs = new HashMap<>();
            graph.output(arrays, wanted).forEach((name, value) -> outputs.put(name, value.toFloatMatrix()));
            return outputs;
        }

        @Override
        public Map<String, String> metadata() {
            INDArray bytes = graph.getVariable("metadata").getArr();
            byte[] texts = new byte[(int) bytes.length()];
            for (int i = 0; i < texts.length; i++) {
                texts[i] = (byte) bytes.getInt(i);
            }
            try {
                return new ObjectMapper().readValue(texts, new TypeReference<TreeMap<String, String>>() {});
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
