package dev.macenv.avf.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.client.ServerInfo;
import dev.macenv.client.TeamSpec;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes what belongs into a run directory, apart from metrics and checkpoints. */
final class RunDirectory {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunLayout layout;

    private RunDirectory(RunLayout layout) {
        this.layout = layout;
    }

    /**
     * Makes the directory.
     *
     * @param overwrite whether an earlier run's files may go
     * @throws FileAlreadyExistsException if something is there and may not go
     */
    static RunDirectory create(Path directory, boolean overwrite) throws IOException {
        RunLayout layout = new RunLayout(directory);
        if (Files.exists(directory) && !isEmpty(directory)) {
            if (!overwrite || !Files.exists(layout.config())) {
                throw new FileAlreadyExistsException(
                        directory.toString(),
                        null,
                        overwrite ? "holds something else than a run" : "add --overwrite, or another --out");
            }
            clear(directory);
        }
        Files.createDirectories(directory);
        return new RunDirectory(layout);
    }

    RunLayout layout() {
        return layout;
    }

    void writeConfig(ResolvedConfig config) throws IOException {
        Files.writeString(layout.config(), config.print());
    }

    void writeProvenance(
            ResolvedConfig config,
            long seed,
            ServerInfo server,
            TeamSpec spec,
            Optional<Goal> goal,
            Optional<ScenarioReference> reference)
            throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("name", config.name());
        root.put("seed", seed);
        ObjectNode environment = root.putObject("environment");
        environment.put("id", spec.environment());
        environment.put("version", spec.version());
        environment.put("fingerprint", spec.fingerprint());
        environment.set("settings", JSON.valueToTree(new TreeMap<>(spec.settings())));
        environment.put("server", server.server() + " " + server.version());
        ObjectNode process = root.putObject("process");
        Provenance.ofThisProcess().forEach(process::put);
        goal.ifPresent(known -> root.putObject("goal")
                .put("optimum", known.optimum())
                .put("fraction", known.fraction())
                .put("streak", known.streak()));
        reference.ifPresent(known -> {
            ObjectNode lines = root.putObject("references");
            known.lines().forEach(lines::put);
            root.put("references from", known.source());
        });
        write(layout.provenance(), root);
    }

    void writeEvaluation(ObjectNode evaluation) throws IOException {
        write(layout.evaluation(), evaluation);
    }

    static ObjectNode newObject() {
        return JSON.createObjectNode();
    }

    private static void write(Path file, ObjectNode node) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().isEmpty();
        }
    }

    /** Removes what an earlier run left; only files that a run writes are touched. */
    private static void clear(Path directory) throws IOException {
        RunLayout layout = new RunLayout(directory);
        List<Path> files = List.of(
                layout.evaluation(),
                layout.config(),
                layout.provenance(),
                layout.metricsJsonLines(),
                layout.metricsCsv(),
                layout.curve(),
                layout.checkpoint());
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
