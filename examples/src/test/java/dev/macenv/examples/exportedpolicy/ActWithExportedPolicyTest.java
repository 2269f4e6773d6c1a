package dev.macenv.examples.exportedpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.cli.Avf;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was trained here for a moment acts there as it does here. */
class ActWithExportedPolicyTest {

    /** Who begins what: {@code avf evaluate} and the example print it alike. */
    private static final Pattern DECISION = Pattern.compile("agent\\d: [^,\\s]+");

    /** How the episode went, at the end of what both print. */
    private static final Pattern RETURN = Pattern.compile("return (-?\\d+\\.\\d+)");

    @TempDir
    private Path folder;

    @Test
    void theExportedPolicyPlaysTheEpisodeThatAvfEvaluatePlays() {
        String run = folder.resolve("run").toString();
        String exported = folder.resolve("exported").toString();
        avf(
                "train",
                "bp-6/avf-qplex",
                "--quiet",
                "--out",
                run, //
                "--set",
                "training.episodes=12", //
                "--set",
                "training.startEpisodes=2", //
                "--set",
                "replay.batch=4");
        assertThat(avf("export", run, "--format", "onnx", "--out", exported))
                .contains("agent0.onnx", "agent1.onnx", "manifest.json");

        String here = avf("evaluate", run);
        String there = play(Path.of(exported));

        List<String> decisions = all(DECISION, here); // a long playthrough is cut
        assertThat(decisions).hasSizeGreaterThan(4);
        assertThat(all(DECISION, there)).startsWith(decisions.toArray(String[]::new));
        assertThat(firstReturn(there)).isCloseTo(firstReturn(here), within(0.05)); // printed with one decimal
    }

    private static String play(Path exported) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            ActWithExportedPolicy.play(client, exported, 7, out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static String avf(String... command) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Avf.run(new PrintWriter(out), new PrintWriter(err), command);
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }

    private static double firstReturn(String text) {
        return RETURN.matcher(text)
                .results()
                .mapToDouble(found -> Double.parseDouble(found.group(1)))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(MatchResult::group).toList();
    }
}
