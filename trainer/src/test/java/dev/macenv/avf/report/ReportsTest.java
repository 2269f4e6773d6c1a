package dev.macenv.avf.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import java.awt.image.BufferedImage;
import java.io.IOException;
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
                .contains("| bp-10/a | 2 | 98.9 | 2/2 | 1/2 | 250 | 44.5 ± 54.5 | 44.5 | 98.9 |")
                .contains("| bp-10/b | 1 | 98.9 | 0/1 | 0/1 | - | 19.2 ± 0.0 | 19.2 | 19.2 |")
                .contains("| bp-10/a | 0 | 98.9 | 98.9 | 300 | yes | 100 % |")
                .contains("| bp-10/a | 1 | -10.0 | 98.9 | 200 | no | 33 % |");
    }

    @Test
    void runsThatGoOnAreListedButNotCounted() {
        String table = SeedTable.markdown(List.of(
                run("bp-10/a", 0, 98.9, 98.9, 98.9, 98.9),
                run("bp-10/a", 1, false, 98.9, 98.9, -10),
                run("bp-10/b", 0, false, 19.2)));
        assertThat(table)
                .contains("| bp-10/a | 1 (+ 1 going on) | 98.9 | 1/1 | 1/1 | 200 | 98.9 ± 0.0 | 98.9 | 98.9 |")
                .contains("| bp-10/b | 0 (+ 1 going on) | 98.9 | 0/0 | 0/0 | - | - | - | - |")
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
    void aFolderWithoutRunsIsRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> RunRecord.readAll(List.of(folder)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: a run directory");
    }
}
