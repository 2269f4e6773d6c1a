package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConformTest {
    private static EnvironmentServer server;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws IOException {
        server = EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Catalog.of(new BoxPushingProvider()),
                ServerOptions.standard());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private int run(String... args) {
        return Macenv.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void itSaysWhatThereIsToTryWithoutAServer() {
        assertThat(run("conform", "--list", "--groups", "12,1")).isZero();
        assertThat(out.toString())
                .startsWith("1  specifications")
                .contains("12  operations", "     health says that it serves")
                .doesNotContain("skipping");
    }

    @Test
    void aServerThatKeepsTheProtocolGivesZeroAndAReport() throws IOException {
        Path report = directory.resolve("report.xml");
        int code = run(
                "conform",
                "--target",
                server.target(),
                "--env",
                "bp-4",
                "--groups",
                "1,12",
                "--junit",
                report.toString());
        assertThat(out.toString()).contains("ok      1  bp-4: rows have the size announced", " 0 failed, 0 skipped");
        assertThat(code).isZero();
        assertThat(Files.readString(report)).contains("<testsuite name=\"1 specifications\"");
    }

    @Test
    void whatCouldNotBeTriedIsSaidAndTheCodeIsNotZero() {
        // Nothing is ever illegal on this floor.
        assertThat(run("conform", "--target", server.target(), "--env", "bp-4-prim", "--groups", "6"))
                .as(out.toString())
                .isEqualTo(3);
        assertThat(out.toString())
                .contains("skipped 6  a macro-action that is masked out")
                .contains("no environment was seen in which a macro-action is illegal");
    }

    @Test
    void whoAsksForNothingSensibleIsTold() {
        assertThat(run("conform")).isEqualTo(2);
        assertThat(run("conform", "--list", "--groups", "13")).isEqualTo(2);
        assertThat(run("conform", "--target", "nowhere")).isEqualTo(2);
        assertThat(err.toString()).contains("--groups: 13 (expected: 1 to 12)", "target: nowhere (expected: host:port");
    }

    @Test
    void whereNobodyAnswersItFails() {
        assertThat(run("conform", "--target", "localhost:1", "--groups", "1")).isEqualTo(1);
        assertThat(err.toString()).contains("the server does not say what it is");
    }
}
