package dev.macenv.avf.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.algorithm.PolicyDescription;
import dev.macenv.avf.experiment.TrainedPolicy;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes a trained policy into a directory: one file for each network, and {@code manifest.json}, which says what they are. docs/export.md shows
 * both, and how to act with them.
 *
 * <p>Each file holds its own part of the manifest as metadata, flattened: {@code environment.id}, {@code network.agents.0.name}, ... So a file
 * can be understood alone, and without a reader of JSON.
 */
public final class PolicyExport {
    /** Grows when a reader of older manifests would go wrong. */
    private static final int MANIFEST_VERSION = 1;

    private static final ObjectMapper JSON = new ObjectMapper();

    private PolicyExport() {}

    /**
     * Writes the files, replacing those of the same names.
     *
     * @param directory made if it is not there
     * @return all files written, the manifest last
     */
    public static List<Path> write(TrainedPolicy trained, ExportFormat format, Path directory) throws IOException {
        Files.createDirectories(directory);
        List<Path> written = new ArrayList<>();
        ObjectNode manifest = origin(trained, format);
        ArrayNode networks = manifest.putArray("networks");
        for (PolicyDescription.Network network : trained.policy().describe().networks()) {
            Path file = directory.resolve(fileName(network, format));
            ObjectNode entry =
                    JSON.createObjectNode().put("file", file.getFileName().toString());
            describe(network, trained.team(), entry);
            networks.add(entry);

            ObjectNode own = origin(trained, format);
            own.set("network", entry);
            Map<String, String> metadata = new TreeMap<>();
            flatten("", own, metadata);
            format.files().write(network, metadata, file);
            written.add(file);
        }
        Path file = directory.resolve("manifest.json");
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(manifest) + "\n");
        written.add(file);
        return written;
    }

    /** {@code agent0.onnx} of one agent; {@code agents0-2.onnx} shared by three; {@code joint.onnx} of one for all. */
    private static String fileName(PolicyDescription.Network network, ExportFormat format) {
        List<Integer> agents = network.agents();
        int first = agents.get(0);
        int last = agents.get(agents.size() - 1);
        String name = network.joint() ? "joint" : agents.size() == 1 ? "agent" + first : "agents" + first + "-" + last;
        return name + "." + format.files().extension();
    }

    private static ObjectNode origin(TrainedPolicy trained, ExportFormat format) {
        ObjectNode root = JSON.createObjectNode().put("manifest", MANIFEST_VERSION);
        root.putObject("format")
                .put("name", format.name().toLowerCase(Locale.ROOT))
                .setAll((ObjectNode)
                        JSON.valueToTree(new TreeMap<>(format.files().facts())));
        root.putObject("framework").put("name", "avf").put("version", trained.version());
        root.putObject("run")
                .put("experiment", trained.experiment())
                .put("algorithm", trained.algorithm())
                .put("seed", trained.seed())
                .put("episodes", trained.episodes())
                .put("updates", trained.updates());
        TeamSpec team = trained.team();
        ObjectNode environment = root.putObject("environment")
                .put("id", team.environment())
                .put("version", team.version())
                .put("fingerprint", team.fingerprint())
                .put("agents", team.size())
                .put("horizon", team.horizon());
        environment.set("settings", JSON.valueToTree(new TreeMap<>(team.settings())));
        return root;
    }

    private static void describe(PolicyDescription.Network network, TeamSpec team, ObjectNode entry) {
        entry.put("joint", network.joint());
        ArrayNode inputs = entry.putArray("inputs");
        network.inputs().forEach(input -> inputs.add(tensor(TensorNames.of(input.part()), input.size())));
        ArrayNode outputs = entry.putArray("outputs");
        outputs.add(tensor(TensorNames.of(network.output()), network.layers().outputSize()));
        network.layers().recurrent().ifPresent(gru -> {
            inputs.add(tensor(TensorNames.HIDDEN, gru.width()));
            outputs.add(tensor(TensorNames.NEXT_HIDDEN, gru.width()));
        });
        ArrayNode agents = entry.putArray("agents");
        network.agents().forEach(agent -> agents.add(describe(agent, team)));
    }

    private static ObjectNode tensor(String name, int size) {
        return JSON.createObjectNode().put("name", name).put("size", size);
    }

    private static ObjectNode describe(int agent, TeamSpec team) {
        TeamSpec.Agent known = team.agents().get(agent);
        ObjectNode node = JSON.createObjectNode().put("seat", agent).put("name", known.name());
        ArrayNode macroActions = node.putArray("macroActions");
        known.macroActions().forEach(macroAction -> macroActions.add(macroAction.name()));
        node.set("observation", layout(team.groups().get(known.group()).observation()));
        return node;
    }

    /** The named ranges of a macro-observation, each with the range of its values where the environment tells it. */
    private static ArrayNode layout(TensorSpec observation) {
        ArrayNode layout = JSON.createArrayNode();
        for (TensorSpec.Label label : observation.labels()) {
            ObjectNode range = layout.addObject()
                    .put("name", label.name())
                    .put("begin", label.begin())
                    .put("end", label.end());
            bound(observation.low(), label.begin()).ifPresent(low -> range.put("low", low));
            bound(observation.high(), label.begin()).ifPresent(high -> range.put("high", high));
        }
        return layout;
    }

    private static Optional<Double> bound(List<Double> bounds, int element) {
        return bounds.isEmpty() ? Optional.empty() : Optional.of(bounds.get(bounds.size() == 1 ? 0 : element));
    }

    /** Paths of names and places, joined with dots, each with its text. */
    private static void flatten(String path, JsonNode node, Map<String, String> texts) {
        String prefix = path.isEmpty() ? "" : path + ".";
        if (node.isObject()) {
            node.properties().forEach(entry -> flatten(prefix + entry.getKey(), entry.getValue(), texts));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(prefix + i, node.get(i), texts);
            }
        } else {
            texts.put(path, node.asText());
        }
    }
}
