package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code macenv verify-golden} says, and how it ends: 0 all agree, 1 a difference, 2 no recording. */
final class VerifyGoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path BOX_PUSHING = GOLDEN.resolve("BP-10.jsonl.gz");
    private static final Path CAPTURE_TARGET = GOLDEN.resolve("CT-10.jsonl.gz");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder = Path.of("");

    private int verify(Path... files) {
        String[] args = new String[files.length + 1];
        args[0] = "verify-golden";
        for (int i = 0; i < files.length; i++) {
            args[i + 1] = files[i].toString();
        }
        return Macenv.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void filesThatAgreeAreCounted() {
        assertThat(verify(BOX_PUSHING, CAPTURE_TARGET)).isZero();

        assertThat(out.toString().lines())
                .containsExactly(
                        BOX_PUSHING + ": 32 episodes, 1332 steps, no difference",
                        CAPTURE_TARGET + ": 28 episodes, 1551 steps, no difference",
                        "2 files: 60 episodes, 2883 steps");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theFirstDifferenceOfAFileIsShownAndTheOthersAreStillChecked() throws IOException {
        Path file = falsified("\"cur\":[1,0,0,1", "\"cur\":[1,1,0,1");

        assertThat(verify(file, CAPTURE_TARGET)).isEqualTo(1);

        assertThat(out.toString().lines())
                .containsExactly(
                        file + ": 0 episodes, 1 step, then a difference",
                        file + ": episode 0, step 1, cur[1]: expected 1.0, got 0.0",
                        CAPTURE_TARGET + ": 28 episodes, 1551 steps, no difference",
                        "2 files: 28 episodes, 1552 steps");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void aScenarioThatIsNotRegisteredIsNamedWithAGuess() throws IOException {
        Path file = falsified("\"scenario\":\"CT-10\"", "\"scenario\":\"CT-20\"");

        assertThat(verify(file)).isEqualTo(2);

        assertThat(err.toString())
                .isEqualToIgnoringNewLines(file + ": environment: ct-20 is not registered (did you mean ct-10?)");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamedAndOutweighsADifference() throws IOException {
        Path missing = folder.resolve("missing.jsonl.gz");
        Path cut = folder.resolve("cut.jsonl.gz");
        byte[] whole = Files.readAllBytes(CAPTURE_TARGET);
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        Path text = Files.writeString(folder.resolve("text.jsonl"), "no recording\n");
        Path different = falsified("\"cur\":[1,0", "\"cur\":[1,1");

        assertThat(verify(missing, cut, text, different, folder)).isEqualTo(2);

        assertThat(err.toString().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .isEqualTo(missing + ": no such file (expected: a recording, *.jsonl or *.jsonl.gz)"),
                        line -> assertThat(line).startsWith(cut + ": "),
                        line -> assertThat(line)
                                .startsWith(text + ": line 1: ")
                                .contains("(expected: a recorded episode on each line)"),
                        line -> assertThat(line).startsWith(folder + ": no such file"));
        assertThat(out.toString()).contains("cur[1]");
    }

    @Test
    void withoutAFileItShowsItsUsage() {
        assertThat(verify()).isEqualTo(2);
        assertThat(err.toString()).contains("FILE", "Usage: macenv verify-golden");
    }

    private Path falsified(String truth, String lie) throws IOException {
        try (InputStream bytes = new GZIPInputStream(Files.newInputStream(CAPTURE_TARGET))) {
            String line = new String(bytes.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow();
            assertThat(line).contains(truth);
            return Files.writeString(folder.resolve("false.jsonl"), line.replace(truth, lie));
        }
    }
}
