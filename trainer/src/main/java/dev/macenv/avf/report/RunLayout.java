package dev.macenv.avf.report;

import java.nio.file.Path;

/**
 * Where things lie in a run directory.
 *
 * @param directory the run directory
 */
public record RunLayout(Path directory) {

    /** The resolved configuration with the origin of each value; {@code avf train} reads it back. */
    public Path config() {
        return directory.resolve("config.yaml");
    }

    /** What was run, on what, against what: versions, machine, seed, environment, known returns. */
    public Path provenance() {
        return directory.resolve("provenance.json");
    }

    /** One JSON object per evaluation. */
    public Path metricsJsonLines() {
        return directory.resolve("metrics.jsonl");
    }

    /** The same as comma-separated values. */
    public Path metricsCsv() {
        return directory.resolve("metrics.csv");
    }

    /** The learning curve. */
    public Path curve() {
        return directory.resolve("curve.png");
    }

    /** The newest checkpoint. */
    public Path checkpoint() {
        return directory.resolve("checkpoint.bin");
    }

    /** The checkpoint before the newest, kept in case that cannot be read. */
    public Path previousCheckpoint() {
        return directory.resolve("checkpoint.previous.bin");
    }

    /** Held by the process that trains here. */
    public Path lock() {
        return directory.resolve("run.lock");
    }

    /** The result; it exists once the run is finished. */
    public Path evaluation() {
        return directory.resolve("evaluation.json");
    }
}
