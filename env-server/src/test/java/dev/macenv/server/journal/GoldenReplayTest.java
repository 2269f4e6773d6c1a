package dev.macenv.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.catalog.UnknownEnvironmentException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoldenReplayTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    private final GoldenReplay replay = new GoldenReplay(Catalog.load());

    @ParameterizedTest
    @CsvSource({
        "BP-10, 32, 1332",
        "BP-10-prim, 22, 1631",
        "BP-20, 32, 2008",
        "BP-20-prim, 22, 1820",
        "WTD-S, 22, 2540",
        "WTD-S-prim, 22, 3273",
        "WTD-D, 22, 2971",
        "WTD-D-prim, 22, 3300",
        "WTD-T, 22, 3211",
        "WTD-T-prim, 22, 3300",
        "CT-10, 28, 1551",
        "CT-10-prim, 28, 1524",
    })
    void everyRecordingReplaysWithoutADifference(String name, int episodes, long steps) throws IOException {
        GoldenReplay.Report report = replay.verify(GOLDEN.resolve(name + ".jsonl.gz"));

        assertThat(report.difference()).isEmpty();
        assertThat(report.episodes()).isEqualTo(episodes);
        assertThat(report.steps()).isEqualTo(steps);
    }

    /** Each row falsifies one field of the first step that has it so. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"obs0\":[[0.0,|\"obs0\":[[1.0,|-1|obs0[0][0]",
                "\"state0\":[0.15,|\"state0\":[0.15000000000000002,|-1|state0[0]",
                "\"init\":{\"agents\":[[1.5,|\"init\":{\"agents\":[[2.5,|-1|init.agents[0][0]",
                "\"cur\":[3,2]|\"cur\":[3,3]|0|cur[1]",
                "\"done\":[0,0]|\"done\":[0,1]|0|done[1]",
                "\"r\":-0.1|\"r\":-0.10000000001|0|r",
                "\"term\":0|\"term\":1|0|term",
                "\"trunc\":0|\"trunc\":1|0|trunc",
                "\"obs\":[[0.0,0.0,1.0|\"obs\":[[0.0,0.0,0.0|0|obs[0][2]",
                "\"state\":[0.25|\"state\":[0.26|0|state[0]",
                "\"snap\":{\"agents\":[[2.5,1.5,1,-1,0]|\"snap\":{\"agents\":[[2.5,1.5,0,-1,0]|0|snap.agents[0][2]",
                "\"snap\":{\"agents\":[[2.5,1.5,1,-1,0]|\"snap\":{\"agents\":[[2.5,1.5,1,2,0]|0|snap.agents[0][3]",
                "\"snap\":{\"agents\":[[2.5,1.5,1,-1,0]|\"snap\":{\"agents\":[[2.5,1.5,1,-1,1]|0|snap.agents[0][4]",
                "\"boxes\":[[1.5,5.5],[8.5,5.5],[5.0,5.5]],\"joint_push\":0}},|\"boxes\":[[1.5,5.5],[8.5,5.5],[5.0,6.5]],\"joint_push\":0}},|0|snap.boxes[2][1]",
                "\"joint_push\":0}},|\"joint_push\":1}},|0|snap.joint_push",
                "\"joint_push\":0}},|\"joint_push\":0,\"more\":0}},|0|snap.more",
            })
    void aFalsifiedFieldIsFound(String truth, String lie, int step, String field, @TempDir Path folder)
            throws IOException {
        String line = firstLine("BP-10");
        assertThat(line).contains(truth);
        Path file = folder.resolve("false.jsonl");
        Files.writeString(
                file,
                line + "\n"
                        + line.replaceFirst(
                                java.util.regex.Pattern.quote(truth), java.util.regex.Matcher.quoteReplacement(lie)));

        GoldenReplay.Report report = replay.verify(file);

        assertThat(report.episodes()).isEqualTo(1);
        assertThat(report.difference()).hasValueSatisfying(difference -> {
            assertThat(difference.episode()).isEqualTo(1);
            assertThat(difference.step()).isEqualTo(step);
            assertThat(difference.field()).isEqualTo(field);
            assertThat(difference.toString())
                    .contains("false.jsonl: episode 1, step " + step + ", " + field + ": expected ");
        });
    }

    @Test
    void stepsAfterTheEndAndAWrongLengthOrReturnAreFound(@TempDir Path folder) throws IOException {
        String line = firstLine("BP-10");
        Path file = folder.resolve("false.jsonl");

        String last = line.substring(line.lastIndexOf("{\"req\""), line.indexOf("],\"return\""));
        Files.writeString(file, line.replace("],\"return\"", "," + last + "],\"return\""));
        assertThat(replay.verify(file).difference())
                .hasValueSatisfying(difference -> assertThat(difference.field()).isEqualTo("steps"));

        Files.writeString(file, line.replaceFirst("\"length\":", "\"length\":1"));
        assertThat(replay.verify(file).difference())
                .hasValueSatisfying(difference -> assertThat(difference.field()).isEqualTo("length"));

        Files.writeString(file, line.replaceFirst("\"return\":-?", "\"return\":1"));
        assertThat(replay.verify(file).difference())
                .hasValueSatisfying(difference -> assertThat(difference.field()).isEqualTo("return"));
    }

    @Test
    void anUnknownScenarioIsNamed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("unknown.jsonl");
        Files.write(file, List.of(firstLine("BP-10").replace("\"scenario\":\"BP-10\"", "\"scenario\":\"BP-11\"")));

        assertThatThrownBy(() -> replay.verify(file))
                .isInstanceOf(UnknownEnvironmentException.class)
                .hasMessageContaining("bp-11");
    }

    private static String firstLine(String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(GOLDEN.resolve(name + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            return lines.readLine();
        }
    }
}
