package dev.macenv.examples.exportedpolicy;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.macenv.client.EventKind;
import dev.macenv.client.Events;
import dev.macenv.client.policy.Policy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides with the networks of an exported policy. Each file says itself whom it decides for, so that nothing needs to be
 * read but the files. An agent's hidden state starts at zero with the episode and goes on with the agent's own decisions.
 * Not thread-safe.
 */
public final class OnnxPolicy implements Policy, AutoCloseable {

    /** A network, and the name of what it says of macro-actions. */
    private record Network(OrtSession session, String output) {}

    /** What an agent carries from one of its decisions to the next. */
    private record Memory(float[][] hidden, int macroAction) {}

    private final OrtEnvironment runtime = OrtEnvironment.getEnvironment();
    private final RandomGenerator random;
    private final Map<Integer, Network> networks = new HashMap<>(); // by agent
    private final Map<Long, Memory> memories = new HashMap<>(); // by lane and agent
    private final List<OrtSession> sessions = new ArrayList<>();
    private Map<String, String> metadata = Map.of();

    private OnnxPolicy(RandomGenerator random) {
        this.random = random;
    }

    /**
     * Loads all networks of a directory.
     *
     * @param random draws the choices of policies that are not greedy
     */
    public static OnnxPolicy load(Path directory, RandomGenerator random) {
        OnnxPolicy policy = new OnnxPolicy(random);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.onnx")) {
            for (Path file : files) {
                policy.add(policy.runtime.createSession(Files.readAllBytes(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (OrtException e) {
            throw new IllegalArgumentException(directory + ": " + e.getMessage(), e);
        }
        return policy;
    }

    private void add(OrtSession session) throws OrtException {
        sessions.add(session);
        metadata = session.getMetadata().getCustomMetadata();
        if (metadata.getOrDefault("network.joint", "").equals("true")) {
            throw new IllegalArgumentException("network: joint (expected: networks that decide for an agent each)");
        }
        Network network = new Network(session, metadata.getOrDefault("network.outputs.0.name", ""));
        String path = "network.agents.%d.seat";
        for (int i = 0; metadata.containsKey(path.formatted(i)); i++) { // those who share it
            networks.put(Integer.valueOf(metadata.getOrDefault(path.formatted(i), "")), network);
        }
    }

    /** What a file tells of itself; what is told of run and environment is the same in all of them. */
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public int choose(Events events, int row, int agent) {
        Network network = networks.get(agent);
        if (network == null) {
            throw new IllegalArgumentException("agent: " + agent + " (expected: one of " + networks.keySet() + ")");
        }
        long place = ((long) events.lane(row) << Integer.SIZE) + agent;
        Memory memory = events.kind(row) == EventKind.START ? null : memories.get(place);
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            for (String name : network.session().getInputNames()) {
                float[][] input = input(name, network, memory, events, row, agent);
                inputs.put(name, OnnxTensor.createTensor(runtime, input));
            }
            try (OrtSession.Result outputs = network.session().run(inputs)) {
                int chosen = best(output(outputs, network.output())[0], network, events, row, agent);
                memories.put(place, new Memory(output(outputs, "nextHidden"), chosen));
                return chosen;
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /** An input {@code [1, size]}. */
    private static float[][] input(
            String name, Network network, @Nullable Memory memory, Events events, int row, int agent)
            throws OrtException {
        float[][] input = new float[1][size(network.session(), name)];
        switch (name) {
            case "observation" -> events.observation(row, agent, input[0], 0);
            case "agent" -> input[0][agent] = 1;
            case "lastMacroAction" -> {
                if (memory != null) {
                    input[0][memory.macroAction()] = 1;
                }
            }
            case "hidden" -> {
                if (memory != null) {
                    return memory.hidden();
                }
            }
            default -> throw new IllegalArgumentException("input: " + name + " (expected: one of docs/export.md)");
        }
        return input;
    }

    /** An output {@code [1, size]}; a network without memory has no next hidden state. */
    private static float[][] output(OrtSession.Result outputs, String name) throws OrtException {
        Optional<OnnxValue> output = outputs.get(name);
        return output.isPresent() ? (float[][]) output.get().getValue() : new float[1][0];
    }

    private static int size(OrtSession session, String input) throws OrtException {
        NodeInfo known = Objects.requireNonNull(session.getInputInfo().get(input));
        return (int) ((TensorInfo) known.getInfo()).getShape()[1];
    }

    /** The legal macro-action of highest value. With Gumbel's noise on them, that is a draw from the softmax of logits. */
    private int best(float[] values, Network network, Events events, int row, int agent) {
        boolean draws = network.output().equals("logits");
        int best = -1;
        double highest = Double.NEGATIVE_INFINITY;
        for (int m = 0; m < values.length; m++) {
            double value = draws ? values[m] - Math.log(-Math.log(random.nextDouble())) : values[m];
            if (events.legal(row, agent, m) && value > highest) {
                best = m;
                highest = value;
            }
        }
        return best;
    }

    @Override
    public void close() {
        try {
            for (OrtSession session : sessions) {
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
