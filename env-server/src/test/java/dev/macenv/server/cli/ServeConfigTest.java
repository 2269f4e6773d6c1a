package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.session.SessionLimits;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the values of a server come from. */
final class ServeConfigTest {
    @TempDir
    private Path directory = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int serve(String... args) {
        List<String> line = new ArrayList<>(List.of("serve"));
        line.addAll(List.of(args));
        return Macenv.run(new PrintWriter(out, true), new PrintWriter(err, true), line.toArray(String[]::new));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("lab.yaml"), text);
    }

    private String printed(String key) {
        return out.toString()
                .lines()
                .filter(line -> line.strip().startsWith(key + ":"))
                .findFirst()
                .orElseThrow()
                .strip()
                .replaceAll(" +", " ");
    }

    @Test
    void theShippedLimitsAreTheStandardOnes() throws IOException {
        Serve.Plan plan = Serve.plan(ServeConfig.of(Optional.empty(), Map.of()));
        assertThat(plan.options().limits()).isEqualTo(SessionLimits.STANDARD);
    }

    @Test
    void everyValueIsPrintedWithItsOriginAndFlagsWin() throws IOException {
        Path file = file("limits:\n  sessions: 7\n  lanes: 12\nlisten:\n  port: 4000\nlog: {format: json}\n");
        assertThat(serve("--config", file.toString(), "--port", "5000", "--set", "limits.lanes=13", "--print-config"))
                .isZero();
        assertThat(printed("sessions")).isEqualTo("sessions: 7 # " + file + ":2");
        assertThat(printed("lanes")).isEqualTo("lanes: 13 # --set");
        assertThat(printed("port")).isEqualTo("port: 5000 # --port");
        assertThat(printed("host")).isEqualTo("host: 127.0.0.1 # default");
        assertThat(printed("format")).isEqualTo("format: json # " + file + ":6");
        assertThat(printed("tokens")).isEqualTo("tokens: # default");
    }

    @Test
    void whatIsPrintedIsItselfAFile() throws IOException {
        assertThat(serve("--max-sessions", "3", "--tokens", "a path: with #", "--print-config"))
                .isZero();
        String first = out.toString();
        Path file = file(first);
        out.getBuffer().setLength(0);
        assertThat(serve("--config", file.toString(), "--print-config")).isZero();
        assertThat(withoutOrigins(out.toString())).isEqualTo(withoutOrigins(first));
        assertThat(first).contains("tokens: 'a path: with #'");
    }

    private static String withoutOrigins(String text) {
        return text.replaceAll(" +# [^\n]*", "");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceWithTheNearestName() throws IOException {
        Path file = file("limits:\n  sesions: 7\n  lanes: many\nlisten:\n  port: 70000\n  host: [a, b]\nserver: 1\n");
        assertThat(serve("--config", file.toString(), "--set", "log.fromat=JSON", "--trust", "EVERYBODY"))
                .isEqualTo(2);
        assertThat(err.toString().lines())
                .contains(
                        file + ":2: limits.sesions: no such key (did you mean limits.sessions?)",
                        file + ":3: limits.lanes: many (expected: a whole number, 1 .. 2147483647)",
                        file + ":5: listen.port: 70000 (expected: a whole number, 0 .. 65535)",
                        file + ":6: listen.host: a list (expected: one value)",
                        file + ":7: server: no such key (macenv serve --print-config lists them all)",
                        "--set: log.fromat: no such key (did you mean log.format?)",
                        "--trust: environments.trust: EVERYBODY (expected: one of [BUILT_IN, CLASS_PATH, NOBODY])");
    }

    @Test
    void aFileThatIsNoYamlIsRefused() throws IOException {
        assertThat(serve("--config", file("limits: [").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("lab.yaml: not YAML");
        assertThat(serve("--config", directory.resolve("nowhere").toString())).isEqualTo(1);
    }
}
