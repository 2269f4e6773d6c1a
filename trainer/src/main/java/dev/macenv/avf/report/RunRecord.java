package dev.macenv.avf.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One run as its directory, or a file of {@link CollectedRuns}, tells it.
 *
 * @param directory the run directory, or the file
 * @param name what was run, for example {@code bp-10/avf-vdn}
 * @param seed its seed
 * @param goal when it counts as solved; empty where no optimum is known
 * @param references returns to compare with
 * @param measurements its evaluations, in order
 * @param finished whether it is over; otherwise it goes on, or waits to be resumed
 */
public record RunRecord(
        Path directory,
        String name,
        long seed,
        Optional<Goal> goal,
        List<ReferenceLine> references,
        List<Measurement> measurements,
        boolean finished) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Copies the lists. */
    public RunRecord {
        references = List.copyOf(references);
        measurements = List.copyOf(measurements);
    }

    /**
     * Reads a run directory; the run may still be going on.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static RunRecord read(Path directory) {
        RunLayout layout = new RunLayout(directory);
        if (!Files.isRegularFile(layout.provenance()) || !Files.isRegularFile(layout.metricsJsonLines())) {
            throw new IllegalArgumentException(
                    "run: " + directory + " (expected: a directory that `avf train` wrote, with "
                            + layout.provenance().getFileName() + " and "
                            + layout.metricsJsonLines().getFileName() + ")");
        }
        try {
            return of(
                    directory,
                    JSON.readTree(layout.provenance().toFile()),
                    FileSink.readJsonLines(layout.metricsJsonLines()),
                    Files.exists(layout.evaluation()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A run with what its {@code provenance.json} says of it. */
    static RunRecord of(Path place, JsonNode provenance, List<Measurement> measurements, boolean finished) {
        JsonNode goal = provenance.path("goal");
        List<ReferenceLine> references = new ArrayList<>();
        provenance
                .path("references")
                .properties()
                .forEach(entry -> references.add(
                        new ReferenceLine(entry.getKey(), entry.getValue().asDouble())));
        return new RunRecord(
                place,
                provenance.path("name").asText(),
                provenance.path("seed").asLong(),
                goal.has("optimum")
                        ? Optional.of(new Goal(
                                goal.path("optimum").asDouble(),
                                goal.path("fraction").asDouble(),
                                goal.path("streak").asInt()))
                        : Optional.empty(),
                references,
                measurements,
                finished);
    }

    /**
     * Reads all runs at or below the given paths, ordered by name and seed: run directories, and files of
     * {@link CollectedRuns}.
     *
     * @throws IllegalArgumentException if a path holds none
     */
    public static List<RunRecord> readAll(List<Path> paths) {
        List<RunRecord> runs = new ArrayList<>();
        for (Path path : paths) {
            List<RunRecord> found = new ArrayList<>();
            if (Files.exists(path)) {
                try (Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.toList()) {
                        if (file.endsWith("provenance.json")) {
                            found.add(read(file.resolveSibling("").normalize()));
                        } else if (file.toString().endsWith(CollectedRuns.SUFFIX)) {
                            found.addAll(CollectedRuns.read(file));
                        }
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            if (found.isEmpty()) {
                throw new IllegalArgumentException("run: " + path + " (expected: a run directory, a file *"
                        + CollectedRuns.SUFFIX + ", or a directory that holds some)");
            }
            runs.addAll(found);
        }
        return runs.stream()
                .distinct()
                .sorted(Comparator.comparing(RunRecord::name).thenComparingLong(RunRecord::seed))
                .toList();
    }

    /** Return of the last evaluation, NaN before the first. */
    public double finalReturn() {
        return measurements.isEmpty()
                ? Double.NaN
                : measurements.get(measurements.size() - 1).evaluationReturn();
    }

    /** Best return of all evaluations, NaN before the first. */
    public double bestReturn() {
        return measurements.stream()
                .mapToDouble(Measurement::evaluationReturn)
                .max()
                .orElse(Double.NaN);
    }
}
