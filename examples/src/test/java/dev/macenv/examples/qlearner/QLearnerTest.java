package dev.macenv.examples.qlearner;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class QLearnerTest {
    private static final double OPTIMUM = 99.4;

    @Test
    void twoIndependentAgentsLearnToPushTheBigBoxOverTheWire() throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (EnvironmentServer server = EnvironmentServer.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Catalog.load(),
                        ServerOptions.standard());
                EnvironmentClient client = EnvironmentClient.connect(server.target());
                PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            assertThat(QLearner.learn(client, out)).isGreaterThanOrEqualTo(0.95 * OPTIMUM);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(9)
                .last()
                .asString()
                .startsWith("the learned policies: return");
    }
}
