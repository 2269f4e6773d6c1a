package dev.macenv.avf.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.metric.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Finished runs in one small file, to be published, or brought together from several machines: a line of JSON per run, with its
 * provenance and, as columns, what tables and curves need of its evaluations. About 7 KB for a run of 200 evaluations, where its
 * directory has megabytes.
 */
public final class CollectedRuns {

    /** How the names of such files end. */
    public static final String SUFFIX = ".runs.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double RETURN_GRID = 1e6;
    private static final double SECONDS_GRID = 10;

    private record Key(String name, long seed) {}

    private CollectedRuns() {}

    /**
     * Adds finished runs to a file. A run of the same name and seed takes the place of what the file had.
     *
     * @param runs run directories, or directories that hold some; runs that go on are left out
     * @param file is created where it is missing, and replaced at once
     * @return how many runs the file has now
     * @throws IllegalArgumentException if a path holds no run, or the file's name ends otherwise or its content is something else
     */
    public static int add(List<Path> runs, Path file) throws IOException {
        if (!file.toString().endsWith(SUFFIX)) {
            throw new IllegalArgumentException("out: " + file + " (expected: a name that ends in " + SUFFIX + ")");
        }
        Map<Key, String> lines = new TreeMap<>(Comparator.comparing(Key::name).thenComparingLong(Key::seed));
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                RunRecord run = parse(line, file);
                lines.put(new Key(run.name(), run.seed()), line);
            }
        }
        for (RunRecord run : RunRecord.readAll(runs)) {
            if (run.finished() && !run.directory().toString().endsWith(SUFFIX)) {
                lines.put(new Key(run.name(), run.seed()), line(run));
            }
        }
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.write(partial, lines.values());
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        return lines.size();
    }

    private static String line(RunRecord run) throws IOException {
        ObjectNode line = JSON.createObjectNode();
        line.set(
                "provenance",
                JSON.readTree(new RunLayout(run.directory()).provenance().toFile()));
        ObjectNode columns = line.putObject("evaluations");
        column(columns.putArray("episodes"), run, Measurement::episodes, 1);
        column(columns.putArray("ticks"), run, Measurement::ticks, 1);
        column(columns.putArray("updates"), run, Measurement::updates, 1);
        column(columns.putArray("seconds"), run, Measurement::seconds, SECONDS_GRID);
        column(columns.putArray("return"), run, Measurement::evaluationReturn, RETURN_GRID);
        return line.toString();
    }

    private static void column(ArrayNode column, RunRecord run, ToDoubleFunction<Measurement> value, double grid) {
        for (Measurement measurement : run.measurements()) {
            double rounded = Math.rint(value.applyAsDouble(measurement) * grid) / grid;
            if (rounded == Math.rint(rounded)) {
                column.add((long) rounded);
            } else {
                column.add(rounded);
            }
        }
    }

    /** The runs of a file, in its order. */
    static List<RunRecord> read(Path file) throws IOException {
        List<RunRecord> runs = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            runs.add(parse(line, file));
        }
        return runs;
    }

    private static RunRecord parse(String line, Path file) throws IOException {
        JsonNode node = JSON.readTree(line);
        JsonNode columns = node.path("evaluations");
        int size = columns.path("episodes").size();
        for (String name : List.of("ticks", "updates", "seconds", "return")) {
            if (columns.path(name).size() != size || !node.has("provenance")) {
                throw new IllegalArgumentException("run: a line of " + file + " (expected: what `avf collect` wrote)");
            }
        }
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            measurements.add(Measurement.evaluation(
                    columns.path("episodes").path(i).asLong(),
                    columns.path("ticks").path(i).asLong(),
                    columns.path("updates").path(i).asLong(),
                    columns.path("seconds").path(i).asDouble(),
                    columns.path("return").path(i).asDouble()));
        }
        return RunRecord.of(file, node.path("provenance"), measurements, true);
    }
}
