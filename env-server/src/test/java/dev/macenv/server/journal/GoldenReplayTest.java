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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        assertFound("BP-10", truth, lie, step, field, folder);
    }

    /** The same where the environment draws: a falsified draw shows as the field that it changes, or as itself if the environment draws otherwise. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"obs0\":[[0.3,|\"obs0\":[[0.4,|-1|obs0[0][0]",
                "\"state0\":[0.3,|\"state0\":[0.4,|-1|state0[0]",
                "\"init\":{\"agents\":[[3,7]|\"init\":{\"agents\":[[4,7]|-1|obs0[0][0]",
                "\"init\":{\"agents\":[[3,7]|\"init\":{\"agents\":[[13,7]|-1|init.agents[0][0]",
                "\"req\":[1,0|\"req\":[2,0|0|req",
                "\"cur\":[1,0|\"cur\":[1,1|0|cur[1]",
                "\"done\":[1,0|\"done\":[1,1|0|done[1]",
                "\"r\":0.0|\"r\":1.0|0|r",
                "\"r\":0.0|\"r\":null|0|r",
                "\"obs\":[[0.3,0.7,-1.0|\"obs\":[[0.3,0.7,-0.9|0|obs[0][2]",
                "\"state\":[0.3,|\"state\":[0.30000000000000004,|0|state[0]",
                "\"last_goal\":[[-1,-1],[5,4]|\"last_goal\":[[-1,-1],[5,5]|0|snap.last_goal[1][1]",
                "\"prim_obs\":[[0.3,0.7,-1.0|\"prim_obs\":[[0.3,0.7,0.5|0|snap.prim_obs[0][2]",
                "\"target\":[5,3]|\"target\":[5,4]|0|snap.target[1]",
                "\"agents\":[null,[[0],0,1]|\"agents\":[null,[[0],0,0]|0|state[2]",
                "\"agents\":[null,[[0],0,1]|\"agents\":[null,[[0,3],0,1]|0|draws.agents[1][1]",
                "\"agents\":[null,[[0],0,1]|\"agents\":[null,null|0|draws.target_dir",
                "\"agents\":[null,[[0],0,1]|\"agents\":[[[0],0,1],[[0],0,1]|0|draws.agents[8][1]",
                "\"target_dir\":1|\"target_dir\":2|0|obs[3][2]",
                "\"target_dir\":1|\"target_dir\":5|0|draws.target_dir",
                "\"target_dir\":1|\"target_dir\":null|0|draws.visible[0]",
                "\"visible\":[0,1,0|\"visible\":[1,1,0|0|obs[0][2]",
                "\"visible\":[0,1,0,1,1,0,1,1,0,0]|\"visible\":[0,1,0,1,1,0,1,1,0]|0|draws",
                "\"visible\":[0,1,0,1,1,0,1,1,0,0]|\"visible\":[0,1,0,1,1,0,1,1,0,0,0]|0|draws.visible[10]",
            })
    void aFalsifiedFieldOrDrawIsFound(String truth, String lie, int step, String field, @TempDir Path folder)
            throws IOException {
        assertFound("CT-10", truth, lie, step, field, folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"init\":{\"agents\":[[7,0]|\"init\":{\"agents\":[[8,0]|-1|obs0[0][0]",
                "\"target\":[3,7]}|\"target\":[3,8]}|-1|obs0[0][3]",
                "\"draws\":{\"agents\":[1,|\"draws\":{\"agents\":[0,|0|obs[0][0]",
                "\"draws\":{\"agents\":[1,|\"draws\":{\"agents\":[2,|0|obs[0][0]",
                "\"draws\":{\"agents\":[1,|\"draws\":{\"agents\":[null,|0|draws.target_dir",
            })
    void aFalsifiedDrawOfThePrimitiveVersionIsFound(
            String truth, String lie, int step, String field, @TempDir Path folder) throws IOException {
        assertFound("CT-10-prim", truth, lie, step, field, folder);
    }

    private void assertFound(String name, String truth, String lie, int step, String field, Path folder)
            throws IOException {
        String line = firstLine(name);
        assertThat(line).contains(truth);
        Path file = folder.resolve("false.jsonl");
        String falsified = line.replaceFirst(Pattern.quote(truth), Matcher.quoteReplacement(lie))
                .replaceFirst("\"episode\": ?0,", "\"episode\": 17,");
        Files.writeString(file, line + "\n" + falsified);

        GoldenReplay.Report report = replay.verify(file);

        assertThat(report.episodes()).isEqualTo(1);
        assertThat(report.difference()).hasValueSatisfying(difference -> {
            assertThat(difference.episode()).isEqualTo(17);
            assertThat(difference.step()).isEqualTo(step);
            assertThat(difference.field()).isEqualTo(field);
            assertThat(difference.toString())
                    .contains("false.jsonl: episode 17, step " + step + ", " + field + ": expected ");
        });
    }

    /** The same for the warehouse, whose raw situation is nested deeper. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"robots\":[[3.0,1.5,-1,|\"robots\":[[3.0,1.5,1,|-1|init.robots[0][2]",
                "\"r\":-1.0|\"r\":-1.0000001|0|r",
                "0.050000000000000044],\"snap\"|0.05],\"snap\"|0|state[23]",
                "-1,1.86,[0,0,0],0]|-1,1.87,[0,0,0],0]|0|snap.robots[0][3]",
                "-1,1.86,[0,0,0],0]|-1,1.86,[0,1,0],0]|0|snap.robots[0][4][1]",
                "-1,1.86,[0,0,0],0]|-1,1.86,[0,0,0],1]|0|snap.robots[0][5]",
                "\"timer\":3.0,\"staging\":[]|\"timer\":2.0,\"staging\":[]|0|snap.manip.timer",
                "\"timer\":3.0,\"staging\":[]|\"timer\":3.0,\"staging\":[2]|0|snap.manip.staging.length",
                "\"found\":[0,0,0],\"failed\":1|\"found\":[0,1,0],\"failed\":1|0|snap.manip.found[1]",
                "\"failed\":1|\"failed\":0|0|snap.manip.failed",
                "\"humans\":[[0,19.0,0,0]]|\"humans\":[[0,18.0,0,0]]|0|snap.humans[0][1]",
                "\"humans\":[[0,19.0,0,0]]|\"humans\":[[0,19.0,1,0]]|0|snap.humans[0][2]",
                "\"humans\":[[0,19.0,0,0]]|\"humans\":[[0,19.0,0,1]]|0|snap.humans[0][3]",
            })
    void aFalsifiedFieldOfTheWarehouseIsFound(String truth, String lie, int step, String field, @TempDir Path folder)
            throws IOException {
        String line = firstLine("WTD-S");
        assertThat(line).contains(truth);
        Path file = folder.resolve("false.jsonl");
        int at = line.indexOf(truth);
        Files.writeString(file, line.substring(0, at) + lie + line.substring(at + truth.length()));

        assertThat(replay.verify(file).difference()).hasValueSatisfying(difference -> {
            assertThat(difference.step()).isEqualTo(step);
            assertThat(difference.field()).isEqualTo(field);
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

    /** What is no recording says so, and where: no difference is made of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{| |line 1: ",
                "\"flags\":[]}|\"flags\":[]} {}|line 1: ",
                "\"horizon\":60|\"horizon\":0|line 1: horizon: 0 (expected: an integer from 1 to 1000000)",
                "\"scenario\":|\"scene\":|line 1: No value for property 'scenario'",
                "\"draws\":|\"drawn\":|line 1: No value for property 'draws'",
                "[[0],0,1]|[[0],1,1]|line 1: draws: move 1 (expected: one of [0])",
                "[[0],0,1]|[[0],0,3]|line 1: draws.agents[1]: noise 3 (expected: 0, 1 or 2)",
            })
    void whatIsNoRecordingIsRefused(String truth, String lie, String message, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("no.jsonl");
        String line = firstLine("CT-10");
        assertThat(line).contains(truth);
        Files.writeString(
                file, line.replaceFirst(Pattern.quote(truth), Matcher.quoteReplacement(lie == null ? "" : lie)));

        assertThatThrownBy(() -> replay.verify(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("(expected: ");
    }

    /** Whether a file is gzipped is seen from its bytes, not from its name. */
    @Test
    void plainAndGzippedFilesAreTold(@TempDir Path folder) throws IOException {
        Path plain = folder.resolve("plain.gz");
        Files.writeString(plain, firstLine("CT-10"));
        Path gzipped = Files.copy(GOLDEN.resolve("CT-10.jsonl.gz"), folder.resolve("gzipped.jsonl"));

        assertThat(replay.verify(plain).episodes()).isEqualTo(1);
        assertThat(replay.verify(gzipped).episodes()).isEqualTo(28);
    }

    @Test
    void anEmptyFileProvesNothing(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("empty.jsonl"), "");

        assertThatThrownBy(() -> replay.verify(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("empty");
    }

    private static String firstLine(String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(GOLDEN.resolve(name + ".jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            return lines.readLine();
        }
    }
}
