package dev.macenv.avf.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.client.ServerInfo;
import dev.macenv.client.TeamSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what belongs into a run directory, apart from metrics and checkpoints. */
final class RunDirectory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RunDirectory.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunLayout layout;

    private final FileChannel lock;

    private RunDirectory(RunLayout layout, FileChannel lock) {
        this.layout = layout;
        this.lock = lock;
    }

    /**
     * Makes the directory, and takes it for this process.
     *
     * @throws FileAlreadyExistsException if something is there and may not go
     * @throws IOException if another process trains there
     */
    static RunDirectory open(Path directory, Experiment.Earlier earlier) throws IOException {
        RunLayout layout = new RunLayout(directory);
        if (Files.exists(directory) && !isEmpty(layout)) {
            if (!Files.exists(layout.config())) {
                throw new FileAlreadyExistsException(directory.toString(), null, "holds something else than a run");
            }
            if (earlier == Experiment.Earlier.REFUSE) {
                throw new FileAlreadyExistsException(
                        directory.toString(),
                        null,
                        "--resume goes on with it, --overwrite replaces it; or choose another --out");
            }
        }
        Files.createDirectories(directory);
        return new RunDirectory(layout, lock(layout.lock()));
    }

    /** The lock goes with the process, however that ends. */
    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            log.debug("{} is locked by this process", file, e);
        }
        channel.close();
        throw new IOException("run: " + file.getParent() + " is being trained by another process");
    }

    /** What is trained in a directory. */
    record Identity(String name, long seed) {}

    /** Reads what is trained in a directory. */
    static Identity identity(Path directory) throws IOException {
        JsonNode provenance =
                JSON.readTree(new RunLayout(directory).provenance().toFile());
        return new Identity(
                provenance.path("name").asText(), provenance.path("seed").asLong());
    }

    RunLayout layout() {
        return layout;
    }

    void writeConfig(ResolvedConfig config) throws IOException {
        write(layout.config(), config.print());
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
        write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    /** At one stroke: whoever finds the file finds the whole of it. */
    private static void write(Path file, String text) throws IOException {
        Path partial = partial(file);
        Files.writeString(partial, text);
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private static Path partial(Path file) {
        return file.resolveSibling(file.getFileName() + ".partial");
    }

    /** Whether there is nothing, or nothing but what a run had begun to write when it was killed. */
    private static boolean isEmpty(RunLayout layout) throws IOException {
        Set<Path> beginnings =
                Set.of(layout.lock(), layout.provenance(), partial(layout.provenance()), partial(layout.config()));
        try (Stream<Path> files = Files.list(layout.directory())) {
            return files.allMatch(beginnings::contains);
        }
    }

    /** Removes what an earlier run left; only files that a run writes are touched. */
    void clear() throws IOException {
        List<Path> files = List.of(
                layout.evaluation(), // first of all: its presence says that the run is finished
                layout.checkpoint(),
                layout.previousCheckpoint(),
                layout.metricsJsonLines(),
                layout.metricsCsv(),
                layout.curve(),
                layout.config(),
                layout.provenance());
        for (Path file : files) {
            Files.deleteIfExists(file);
            Files.deleteIfExists(partial(file));
        }
    }

    /** Lets other processes have the directory. */
    @Override
    public void close() throws IOException {
        Files.deleteIfExists(layout.lock());
        lock.close();
    }
}
