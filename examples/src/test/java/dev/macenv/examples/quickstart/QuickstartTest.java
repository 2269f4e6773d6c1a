package dev.macenv.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    @Test
    void itPlaysTheEpisodesItPromisesAndTheSameOnesAgain() {
        String first = play();

        assertThat(first.lines())
                .hasSize(3)
                .allMatch(line -> line.matches("episode \\d: return -?[0-9.]+ in \\d+ ticks and \\d+ decisions"));
        assertThat(play()).isEqualTo(first);
    }

    @Test
    void whatTheReadmeShowsPlaysTenEpisodesOnAServer() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        try (EnvironmentServer server = EnvironmentServer.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Catalog.load(),
                        ServerOptions.standard());
                PrintStream captured = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(captured);
            TenEpisodes.main(new String[] {server.target()});
        } finally {
            System.setOut(out);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8)).containsPattern("EpisodeSummary.*".repeat(10));
    }

    private static String play() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            Quickstart.play(client, 3, out);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
