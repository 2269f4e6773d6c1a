package dev.macenv.avf.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.PolicyDescription;
import dev.macenv.avf.algorithm.PolicyDescription.Input;
import dev.macenv.avf.algorithm.PolicyDescription.Output;
import dev.macenv.avf.algorithm.PolicyDescription.Part;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.AgentNetwork;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkDescription;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.ModelProto;
import onnx.Onnx.NodeProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes out of an exported file is what comes out of the network, decision after decision. */
final class NetworkFormatTest {
    private static final int OBSERVATION = 7;
    private static final int ACTIONS = 5;
    private static final int BATCH = 3;
    private static final int DECISIONS = 20;
    private static final double TOLERANCE = 1e-5;

    @TempDir
    private Path folder;

    static Stream<Arguments> networks() {
        return Arrays.stream(ExportFormat.values())
                .flatMap(format -> Stream.of(
                                new NetworkSettings(
                                        List.of(10, 9),
                                        11,
                                        List.of(8),
                                        Dueling.NONE,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER),
                                new NetworkSettings(
                                        List.of(10, 9),
                                        11,
                                        List.of(8),
                                        Dueling.MEAN,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER),
                                new NetworkSettings(
                                        List.of(10, 9),
                                        11,
                                        List.of(8),
                                        Dueling.MAX,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER),
                                new NetworkSettings(
                                        List.of(10, 9),
                                        11,
                                        List.of(8),
                                        Dueling.RAW,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER),
                                new NetworkSettings(
                                        List.of(32),
                                        0,
                                        List.of(16),
                                        Dueling.MEAN,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER), // no memory
                                new NetworkSettings(
                                        List.of(),
                                        12,
                                        List.of(),
                                        Dueling.NONE,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER), // nothing but memory
                                new NetworkSettings(
                                        List.of(),
                                        0,
                                        List.of(),
                                        Dueling.NONE,
                                        Activation.LEAKY_RELU,
                                        NetworkSettings.Start.XAVIER)) // linear
                        .map(settings -> Arguments.of(format, settings)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void theFileGivesTheUtilitiesAndHiddenStatesOfTheNetwork(ExportFormat format, NetworkSettings settings)
            throws IOException {
        AgentNetwork network = network(OBSERVATION, settings);
        Path file = write(format, observing(network));

        assertThat(largestDifference(network, LoadedNetwork.load(format, file))).isLessThan(TOLERANCE);
    }

    /** The quirk of the export: ONNX's own default lets r multiply the hidden state before the product. */
    @Test
    void withoutLinearBeforeResetTheNumbersWouldDiffer() throws IOException {
        AgentNetwork network = network(
                OBSERVATION,
                new NetworkSettings(
                        List.of(16), 16, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER));
        Path file = write(ExportFormat.ONNX, observing(network));
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(file)).toBuilder();
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            for (AttributeProto.Builder attribute : node.getAttributeBuilderList()) {
                if (attribute.getName().equals("linear_before_reset")) {
                    attribute.setI(0);
                }
            }
        }
        Files.write(file, model.build().toByteArray());

        assertThat(largestDifference(network, LoadedNetwork.load(ExportFormat.ONNX, file)))
                .isGreaterThan(1000 * TOLERANCE);
    }

    /** The network of agents that share one sees more than a macro-observation; each part is an input of its own. */
    @ParameterizedTest
    @EnumSource(ExportFormat.class)
    void partsOfTheInputHaveNamesOfTheirOwn(ExportFormat format) throws IOException {
        int agents = 3;
        AgentNetwork network = network(
                OBSERVATION + ACTIONS + agents,
                new NetworkSettings(
                        List.of(9), 8, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER));
        Path file = write(
                format,
                new PolicyDescription.Network(
                        List.of(0, 1, 2),
                        false,
                        List.of(
                                new Input(Part.OBSERVATION, OBSERVATION),
                                new Input(Part.LAST_MACRO_ACTION, ACTIONS),
                                new Input(Part.AGENT, agents)),
                        Output.LOGITS,
                        network.describe()));
        Engine engine = EngineType.VECTOR.create();
        RandomGenerator random = new SplittableRandom(5);
        float[][] observation = draw(BATCH, OBSERVATION, random);
        float[][] last = draw(BATCH, ACTIONS, random);
        float[][] agent = draw(BATCH, agents, random);
        Matrix together = engine.matrix(BATCH, OBSERVATION + ACTIONS + agents);
        for (int r = 0; r < BATCH; r++) {
            float[] row = new float[OBSERVATION + ACTIONS + agents];
            System.arraycopy(observation[r], 0, row, 0, OBSERVATION);
            System.arraycopy(last[r], 0, row, OBSERVATION, ACTIONS);
            System.arraycopy(agent[r], 0, row, OBSERVATION + ACTIONS, agents);
            together.writeRow(r, row, 0);
        }
        Matrix q = engine.matrix(BATCH, ACTIONS);
        network.act(together, engine.matrix(BATCH, 8), q);

        Map<String, float[][]> outputs = LoadedNetwork.load(format, file)
                .run(Map.of(
                        "observation",
                        observation,
                        "lastMacroAction",
                        last,
                        "agent",
                        agent,
                        "hidden",
                        new float[BATCH][8]));

        assertThat(outputs).containsOnlyKeys("logits", "nextHidden");
        assertThat(difference(q, LoadedNetwork.named("logits", outputs))).isLessThan(TOLERANCE);
    }

    static Stream<Arguments> activations() {
        return Arrays.stream(ExportFormat.values())
                .flatMap(format -> Arrays.stream(Activation.values()).map(f -> Arguments.of(format, f)));
    }

    @ParameterizedTest
    @MethodSource("activations")
    void everyActivationIsTheEnginesOwn(ExportFormat format, Activation activation) throws IOException {
        float[] x =
                activation == Activation.LOG ? new float[] {0.25f, 1, 3} : new float[] {-3, -1, -0.25f, 0, 0.25f, 1, 3};
        NetworkDescription.Values one = new NetworkDescription.Values(1, 1, new float[] {1});
        NetworkDescription.Values zero = new NetworkDescription.Values(1, 1, new float[] {0});
        NetworkDescription layers =
                new NetworkDescription(1, 1, List.of(new NetworkDescription.Dense("f", one, zero, activation)));
        Path file = write(
                format,
                new PolicyDescription.Network(
                        List.of(0), false, List.of(new Input(Part.OBSERVATION, 1)), Output.UTILITIES, layers));
        Engine engine = EngineType.REFERENCE.create();
        Matrix y = engine.matrix(x.length, 1);
        y.write(x, 0);
        engine.activate(activation, y, y);
        float[][] column = new float[x.length][1];
        for (int r = 0; r < x.length; r++) {
            column[r][0] = x[r];
        }

        float[][] actual = LoadedNetwork.named(
                "utilities", LoadedNetwork.load(format, file).run(Map.of("observation", column)));

        for (int r = 0; r < x.length; r++) {
            assertThat(actual[r][0]).as("f(%s)", x[r]).isEqualTo((float) y.get(r, 0), within(1e-6f));
        }
    }

    @ParameterizedTest
    @EnumSource(ExportFormat.class)
    void textsAreKeptBesideTheNetwork(ExportFormat format) throws IOException {
        AgentNetwork network = network(
                OBSERVATION,
                new NetworkSettings(
                        List.of(), 2, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER));
        Path file = folder.resolve("network");
        Map<String, String> texts = Map.of("environment.id", "bp-10", "note", "Grüße, τ = 1");
        format.files().write(observing(network), texts, file);

        assertThat(LoadedNetwork.load(format, file).metadata()).isEqualTo(texts);
    }

    private Path write(ExportFormat format, PolicyDescription.Network network) throws IOException {
        Path file = folder.resolve("network." + format.files().extension());
        format.files().write(network, Map.of(), file);
        return file;
    }

    private static AgentNetwork network(int inputs, NetworkSettings settings) {
        Parameters parameters = new Parameters(EngineType.VECTOR.create());
        AgentNetwork network =
                new AgentNetwork("agent0", inputs, ACTIONS, settings, parameters, new SplittableRandom(1));
        RandomGenerator random = new SplittableRandom(2);
        for (int i = 0; i < parameters.size(); i++) { // biases start at zero, where they would hide mistakes
            parameters.values().set(0, i, parameters.values().get(0, i) + 0.2 * random.nextDouble() - 0.1);
        }
        return network;
    }

    private static PolicyDescription.Network observing(AgentNetwork network) {
        return new PolicyDescription.Network(
                List.of(0),
                false,
                List.of(new Input(Part.OBSERVATION, network.observationSize())),
                Output.UTILITIES,
                network.describe());
    }

    /** Between utilities and hidden states of network and file, over histories of {@link #DECISIONS} decisions. */
    private static double largestDifference(AgentNetwork network, LoadedNetwork file) {
        Engine engine = EngineType.VECTOR.create();
        RandomGenerator random = new SplittableRandom(3);
        Matrix observations = engine.matrix(BATCH, OBSERVATION);
        Matrix hidden = engine.matrix(BATCH, network.hiddenSize());
        Matrix q = engine.matrix(BATCH, ACTIONS);
        float[][] carried = new float[BATCH][network.hiddenSize()];
        double largest = 0;
        for (int decision = 0; decision < DECISIONS; decision++) {
            float[][] drawn = draw(BATCH, OBSERVATION, random);
            for (int r = 0; r < BATCH; r++) {
                observations.writeRow(r, drawn[r], 0);
            }
            network.act(observations, hidden, q);
            Map<String, float[][]> inputs = new HashMap<>(Map.of("observation", drawn));
            if (network.hiddenSize() > 0) {
                inputs.put("hidden", carried);
            }
            Map<String, float[][]> outputs = file.run(inputs);
            largest = Math.max(largest, difference(q, LoadedNetwork.named("utilities", outputs)));
            if (network.hiddenSize() > 0) {
                carried = LoadedNetwork.named("nextHidden", outputs);
                largest = Math.max(largest, difference(hidden, carried));
            }
        }
        return largest;
    }

    private static double difference(Matrix expected, float[][] actual) {
        assertThat(actual.length).isEqualTo(expected.rows());
        assertThat(actual[0].length).isEqualTo(expected.columns());
        double largest = 0;
        for (int r = 0; r < expected.rows(); r++) {
            for (int c = 0; c < expected.columns(); c++) {
                largest = Math.max(largest, Math.abs(expected.get(r, c) - actual[r][c]));
            }
        }
        return largest;
    }

    private static float[][] draw(int rows, int columns, RandomGenerator random) {
        float[][] drawn = new float[rows][columns];
        for (float[] row : drawn) {
            for (int c = 0; c < columns; c++) {
                row[c] = 2 * random.nextFloat() - 1;
            }
        }
        return drawn;
    }
}
