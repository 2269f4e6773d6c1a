package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.server.testing.Plugin;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says and how it ends. */
final class MacenvTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory = Path.of("");

    private int macenvReading(String typed, String... args) {
        BufferedReader in = new BufferedReader(new StringReader(typed));
        return Macenv.run(in, new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    private int macenv(String... args) {
        return Macenv.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void listNamesEveryEnvironmentOnALineOfItsOwn() {
        assertThat(macenv("list")).isZero();
        assertThat(out.toString().lines()).anyMatch(line -> line.startsWith("bp-10 "));
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void listAndDescribeSpeakJson() throws JsonProcessingException {
        assertThat(macenv("list", "--json")).isZero();
        JsonNode list = new ObjectMapper().readTree(out.toString());
        assertThat(list.findValuesAsText("id")).contains("box-pushing");
        out.getBuffer().setLength(0);
        assertThat(macenv("describe", "box-pushing", "--set", "grid=12", "--json"))
                .isZero();
        JsonNode one = new ObjectMapper().readTree(out.toString());
        assertThat(one.path("values").path("grid").asInt()).isEqualTo(12);
        assertThat(one.path("agents")).hasSize(2);
        assertThat(one.path("agents")
                        .get(0)
                        .path("macroActions")
                        .get(4)
                        .path("name")
                        .asText())
                .isEqualTo("Push");
    }

    @Test
    void describeShowsMacroActionsObservationsAndSettings() {
        assertThat(macenv("describe", "bp-10")).isZero();
        assertThat(out.toString()).contains("Agents: 2", "Push", "macro-observation", "State,", "Settings", "horizon");
    }

    @Test
    void aMistakeIsNamedWithoutAStackTraceAndExitsWith2() {
        assertThat(macenv("describe", "bp-11")).isEqualTo(2);
        assertThat(err.toString()).contains("bp-11").doesNotContain("\tat ");
        assertThat(macenv("describe", "box-pushing", "--set", "grid=7", "--set", "gird=8"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("grid: 7", "gird");
        assertThat(macenv("frobnicate")).isEqualTo(2);
    }

    @Test
    void addressesThatOthersCanReachNeedInsecure() {
        assertThat(macenv("serve", "--host", "0.0.0.0", "--port", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--insecure");
        assertThat(macenv("serve", "--port", "70000")).isEqualTo(2);
    }

    @Test
    void filesOfTheProtectionGoTogetherAndMustBeThere() {
        assertThat(macenv("serve", "--tls-cert", "a.pem")).isEqualTo(2);
        assertThat(err.toString()).contains("protection.certificate: a.pem (expected: --tls-cert and --tls-key both");
        assertThat(macenv("serve", "--tls-client-ca", "a.pem")).isEqualTo(2);
        assertThat(macenv("serve", "--uds", "s", "--tls-cert", "a.pem", "--tls-key", "b.pem"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("a Unix domain socket is never encrypted");
        String nowhere = directory.resolve("nowhere").toString();
        assertThat(macenv("serve", "--port", "0", "--tokens", nowhere)).isEqualTo(1);
        assertThat(macenv("serve", "--host", "0.0.0.0", "--port", "0", "--tls-cert", nowhere, "--tls-key", nowhere))
                .as("encrypted, so it may be reached by others")
                .isEqualTo(1);
        assertThat(err.toString().lines().filter(line -> line.contains(nowhere)))
                .hasSize(2)
                .noneMatch(line -> line.contains("cannot listen"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"serve", "list", "describe", "play", "record", "check", "verify-golden"})
    void helpHasAnExample(String command) {
        assertThat(macenv(command, "--help")).isZero();
        assertThat(out.toString()).contains("Examples:", "  macenv " + command);
    }

    @Test
    void recordShowsEveryTickInTheTerminal() {
        assertThat(macenv("record", "bp-6", "--policy", "scripted")).isZero();
        assertThat(out.toString())
                .contains("bp-6   tick 0   reward 0   return 0", "tick 6   reward +99.9   return +99.4   terminated");
    }

    @Test
    void recordLeavesAnAnimationAPictureAndText() throws IOException {
        Path gif = directory.resolve("new/bp.gif");
        Path png = directory.resolve("bp.png");
        Path text = directory.resolve("bp.txt");
        assertThat(macenv(
                        "record",
                        "bp-6",
                        "--policy",
                        "scripted",
                        "--episodes",
                        "2",
                        "--ticks",
                        "3",
                        "--gif",
                        gif.toString(),
                        "--png",
                        png.toString(),
                        "--text",
                        text.toString()))
                .isZero();
        assertThat(out.toString()).isEqualTo("8 frames, the last at tick 3\n");
        try (ImageInputStream stream = ImageIO.createImageInputStream(gif.toFile())) {
            ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
            reader.setInput(stream);
            assertThat(reader.getNumImages(true)).isEqualTo(8);
        }
        assertThat(ImageIO.read(png.toFile()).getWidth()).isGreaterThan(600);
        assertThat(Files.readString(text)).contains("tick 3   reward -0.1   return -0.3");
    }

    @Test
    void theSameSeedRecordsTheSameEpisode() {
        assertThat(macenv("record", "bp-10", "--seed", "5")).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(macenv("record", "bp-10", "--seed", "5")).isZero();
        assertThat(out.toString()).isEqualTo(first);
        out.getBuffer().setLength(0);
        assertThat(macenv("record", "bp-10", "--seed", "6")).isZero();
        assertThat(out.toString()).isNotEqualTo(first);
    }

    @Test
    void mistakesInRecordingAreNamed() {
        assertThat(macenv("record", "bp-10", "--fps", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--fps: 0 (expected: 1 .. 50)");
        assertThat(macenv("record", "bp-10", "--set", "horizon=0")).isEqualTo(2);
        assertThat(macenv("record", "bp-10", "--png", "/dev/null/x.png")).isEqualTo(1);
    }

    @Test
    void aPersonPlaysByNumberAndByName() {
        assertThat(macenvReading("2\nbig-box(right)\n4\n\nq\n", "play", "bp-6")).isZero();
        assertThat(out.toString())
                .contains("agent0> ", "agent1> ", "0 Go-to-Small-Box(0)")
                .contains("tick 4   reward -0.1   return -0.4")
                .contains("1 agent1  Go-to-Big-Box(right), tick 1, done, decides");
    }

    @Test
    void severalWordsOnALineDecideForSeveralAgentsAndTheEndOfInputQuits() {
        assertThat(macenvReading("2 3 push push", "play", "bp-6", "--every-tick"))
                .isZero();
        assertThat(out.toString()).contains("tick 1   ", "tick 6   reward +99.9   return +99.4   terminated", "over: ");
    }

    @Test
    void aDecisionCanBeTakenBack() {
        assertThat(macenvReading("2 3\n push push\n u\n stay stay\n q", "play", "bp-6"))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.startsWith("bp-6   ")))
                .containsExactly(
                        "bp-6   tick 0   reward 0   return 0",
                        "bp-6   tick 4   reward -0.1   return -0.4",
                        "bp-6   tick 6   reward +99.9   return +99.4   terminated",
                        "bp-6   tick 4   reward -0.1   return -0.4",
                        "bp-6   tick 5   reward -0.1   return -0.5");
    }

    @Test
    void whatIsNotUnderstoodIsAskedAgain() {
        assertThat(macenvReading("8\nturn\n\nu\nr\n?\nq\n", "play", "bp-6")).isZero();
        assertThat(out.toString())
                .contains(
                        "8: not one of agent0's macro-actions",
                        "turn: not one of",
                        "nothing to repeat yet",
                        "take the last decision back");
    }

    @Test
    void checkTriesEveryPromise() {
        assertThat(macenv("check", "bp-4")).isZero();
        assertThat(out.toString())
                .contains("ok      observations are held", "16 of 16 promises kept")
                .doesNotContain("BROKEN");
    }

    @Test
    void checkTellsWhichPromisesAreBroken() throws IOException {
        Path jars = Plugin.jar(directory, "relay", "dev.macenv.server.testing.RelayProvider");
        assertThat(macenv("check", "relay", "--set", "fault=step", "--plugins", jars.toString()))
                .isEqualTo(1);
        assertThat(out.toString())
                .contains("BROKEN  something is legal", "it threw java.lang.IllegalStateException: stepped to fail")
                .contains("promises kept");
        assertThat(macenv("check", "bp-11")).isEqualTo(2);
        assertThat(macenv("check", "bp-10", "--set", "horizon=many")).isEqualTo(2);
    }

    @Test
    void everyCommandFindsPluginsAndTellsOfBrokenOnes() throws IOException {
        Path jars = Plugin.jar(directory, "relay", "dev.macenv.server.testing.RelayProvider");
        Files.writeString(jars.resolve("broken.jar"), "no jar at all");
        for (String[] command :
                new String[][] {{"list"}, {"describe", "relay"}, {"play", "relay"}, {"record", "relay"}}) {
            List<String> args = new ArrayList<>(List.of(command));
            args.addAll(List.of("--plugins", jars.toString()));
            out.getBuffer().setLength(0);
            err.getBuffer().setLength(0);
            assertThat(macenv(args.toArray(String[]::new))).as(command[0]).isZero();
            assertThat(out.toString()).contains("relay");
            assertThat(err.toString())
                    .startsWith(jars.resolve("broken.jar") + ": cannot be read as a jar")
                    .hasLineCount(1);
        }
        assertThat(macenv("list", "--plugins", jars.resolve("nowhere").toString()))
                .isEqualTo(2);
    }

    @Test
    void aClientFindsTheServerThatItEmbeds() {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            assertThat(client.serverInfo().protocols()).contains("macenv.v1");
            assertThat(client.environments()).extracting("id").contains("bp-10");
        }
    }
}
