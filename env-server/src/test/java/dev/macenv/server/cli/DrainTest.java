package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.MacenvException;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.server.testing.Announcement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own is told to end (SIGTERM), as systemd and Kubernetes do it. */
final class DrainTest {
    @TempDir
    private Path directory = Path.of("");

    @Tag("slow") // the server gives notice for so long that a slow machine sees it, too
    @Test
    void aServerThatIsToldToEndSaysSoAnswersAndEndsWell() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Macenv.class.getName(),
                        "serve",
                        "--port",
                        "0",
                        "--log-format",
                        "json",
                        "--set",
                        "stop.noticeSeconds=15")
                .redirectError(log.toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String target = Announcement.target(server, said);
            ClientOptions impatient = ClientOptions.defaults().withPatience(Duration.ZERO);
            try (EnvironmentClient client = EnvironmentClient.connect(target, impatient);
                    Session session = client.createSession(SessionOptions.of("bp-10"))) {
                assertThat(session.step(new Decisions()).rows()).isEqualTo(1);
                assertThat(client.serving()).isTrue();
                server.destroy();
                while (client.serving()) {
                    assertThat(server.isAlive()).as("the server gives notice").isTrue();
                }
                assertThatThrownBy(() -> client.createSession(SessionOptions.of("bp-10")))
                        .isInstanceOfSatisfying(ServerUnavailableException.class, DrainTest::saysWhenToComeBack);
                assertThatThrownBy(() -> session.step(new Decisions()))
                        .isInstanceOfSatisfying(ServerUnavailableException.class, DrainTest::saysWhenToComeBack);
                assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.exitValue()).isZero();
        } finally {
            server.destroyForcibly();
        }
        List<String> messages = Files.readAllLines(log).stream()
                .map(DrainTest::json)
                .map(event -> event.path("formattedMessage").asText() + event.path("kvpList"))
                .toList();
        assertThat(messages)
                .anySatisfy(message -> assertThat(message).contains("session opened", "\"environment\":\"bp-10\""))
                .anySatisfy(message -> assertThat(message).contains("going down"))
                .anySatisfy(message -> assertThat(message).contains("session closed", "SERVER_SHUTDOWN"));
    }

    private static void saysWhenToComeBack(MacenvException refused) {
        assertThat(refused.reason()).isEqualTo("DRAINING");
        assertThat(refused.retryAfter()).isPresent();
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }
}
