package dev.macenv.avf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportsTest {

    private static RunRecord run(String name, long seed, double... returns) {
        return run(name, seed, true, returns);
    }

    private static RunRecord run(String name, long seed, boolean finished, double... returns) {
        List<Measurement> measurements = new ArrayList<>();
        for (int i = 0; i < returns.length; i++) {
            measurements.add(new Measurement(
                    100L * (i + 1), 1000, 70, 3, returns[i], 0, 11, "", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
        }
        return new RunRecord(
                Path.of("runs", name, "seed-" + seed),
                name,
                seed,
                Optional.of(new Goal(98.9, 0.99, 2)),
                List.of(new ReferenceLine("optimum", 98.9), new ReferenceLine("random policy", -8.3)),
                measurements,
                finished);
    }

    @Test
    void tablesTellSolvedKeptAndLost() {
        String table = SeedTable.markdown(List.of(
                run("bp-10/a", 0, 0, 98.9, 98.9, 98.9),
                run("bp-10/a", 1, 98.9, 98.9, -10, -10),
                run("bp-10/b", 0, 19.2, 19.2, 19.2, 19.2)));
        assertThat(table)
                .contains("| bp-10/a | 2 | 98.9 | 2/2 | 1/2 | 250 | 44.5 ± 54.5 | 44.5 | 98.9 | 62.6 ± 36.3 |")
                .contains("| bp-10/b | 1 | 98.9 | 0/1 | 0/1 | - | 19.2 ± 0.0 | 19.2 | 19.2 | 19.2 ± 0.0 |")
                .contains("| bp-10/a | 0 | 98.9 | 98.9 | 300 | yes | 100 % |")
                .contains("| bp-10/a | 1 | -10.0 | 98.9 | 200 | no | 33 % |");
    }

    @Test
    void smallReturnsHaveMoreDecimals() {
        assertThat(SeedTable.markdown(List.of(run("ct-10/a", 0, 0.1, 0.52), run("ct-10/a", 1, 0.1, 0.54))))
                .contains("| 0.530 ± 0.010 | 0.530 | 0.540 | 0.315 ± 0.005 |")
                .contains("| ct-10/a | 0 | 0.520 | 0.520 |");
    }

    @Test
    void runsThatGoOnAreListedButNotCounted() {
        String table = SeedTable.markdown(List.of(
                run("bp-10/a", 0, 98.9, 98.9, 98.9, 98.9),
                run("bp-10/a", 1, false, 98.9, 98.9, -10),
                run("bp-10/b", 0, false, 19.2)));
        assertThat(table)
                .contains(
                        "| bp-10/a | 1 (+ 1 going on) | 98.9 | 1/1 | 1/1 | 200 | 98.9 ± 0.0 | 98.9 | 98.9 | 98.9 ± 0.0 |")
                .contains("| bp-10/b | 0 (+ 1 going on) | 98.9 | 0/0 | 0/0 | - | - | - | - | - |")
                .contains("| bp-10/a | 1 | -10.0 | 98.9 | 200 | going on | 50 % |");
    }

    @Test
    void curvesAreWrittenAsPngForOneRunAndForSeeds(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("curve.png");
        LearningCurve.write("one run", List.of(run("bp-10/a", 0, 0, 19.2, 98.9)), file);
        assertThat(ImageIO.read(file.toFile()))
                .extracting(BufferedImage::getWidth)
                .isEqualTo(1000);
        LearningCurve.write(
                "seeds",
                List.of(run("bp-10/a", 0, 0, 19.2, 98.9), run("bp-10/a", 1, -900, 19.2, 98.9), run("b", 0)),
                file);
        assertThat(ImageIO.read(file.toFile()))
                .extracting(BufferedImage::getHeight)
                .isEqualTo(600);
    }

    @Test
    void collectedRunsTellWhatTheirDirectoriesTold(@TempDir Path folder) throws IOException {
        Path runs = folder.resolve("runs");
        written(runs.resolve("a"), "bp-10/a", 0, true, 0, 98.9, 98.899999999, 98.9);
        written(runs.resolve("b"), "bp-10/a", 1, true, -8.25, 98.9, 98.9, 19.2);
        written(runs.resolve("c"), "bp-10/a", 2, false, 98.9);
        Path file = folder.resolve("bp-10.runs.jsonl");
        assertThat(CollectedRuns.add(List.of(runs.resolve("b")), file)).isEqualTo(1);
        assertThat(CollectedRuns.add(List.of(runs), file)).isEqualTo(2);
        assertThat(SeedTable.markdown(RunRecord.readAll(List.of(file))))
                .isEqualTo(SeedTable.markdown(RunRecord.readAll(List.of(runs.resolve("a"), runs.resolve("b")))));
        assertThat(RunRecord.readAll(List.of(folder)))
                .as("directories and collected runs together")
                .hasSize(5);
    }

    @Test
    void aRunThatWasRepeatedTakesThePlaceOfTheOldOne(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("all.runs.jsonl");
        written(folder.resolve("a"), "bp-10/a", 0, true, 0, 1);
        CollectedRuns.add(List.of(folder.resolve("a")), file);
        written(folder.resolve("a"), "bp-10/a", 0, true, 0, 2);
        assertThat(CollectedRuns.add(List.of(folder.resolve("a")), file)).isEqualTo(1);
        assertThat(RunRecord.readAll(List.of(file)))
                .extracting(RunRecord::finalReturn)
                .containsExactly(2.0);
    }

    @Test
    void somethingElseIsNotTakenForCollectedRuns(@TempDir Path folder) throws IOException {
        written(folder.resolve("a"), "bp-10/a", 0, true, 0, 1);
        assertThatThrownBy(() -> CollectedRuns.add(List.of(folder.resolve("a")), folder.resolve("a.txt")))
                .hasMessageContaining("expected: a name that ends in .runs.jsonl");
        Path other = Files.writeString(folder.resolve("other.runs.jsonl"), "{\"a\": 1}\n");
        assertThatThrownBy(() -> CollectedRuns.add(List.of(folder.resolve("a")), other))
                .hasMessageContaining("expected: what `avf collect` wrote");
        assertThat(other).hasContent("{\"a\": 1}");
    }

    private static void written(Path directory, String name, long seed, boolean finished, double... returns)
            throws IOException {
        Files.createDirectories(directory);
        RunLayout layout = new RunLayout(directory);
        Files.writeString(layout.provenance(), """
                {"name": "%s", "seed": %d, "goal": {"optimum": 98.9, "fraction": 0.99, "streak": 2},
                 "references": {"optimum": 98.9}}
                """.formatted(name, seed));
        try (FileSink sink = FileSink.jsonLines(layout.metricsJsonLines(), List.of())) {
            run(name, seed, finished, returns).measurements().forEach(sink::write);
        }
        if (finished) {
            Files.writeString(layout.evaluation(), "{}");
        }
    }

    @Test
    void aFolderWithoutRunsIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> RunRecord.readAll(List.of(folder)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a run directory");
    }
}
