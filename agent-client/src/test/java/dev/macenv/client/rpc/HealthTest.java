package dev.macenv.client.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.EnvironmentClient;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class HealthTest {

    private static final String NAME = "health";

    private final HealthStatusManager health = new HealthStatusManager();

    @Test
    void aServerServesIfItSaysSo() throws IOException {
        Server server = InProcessServerBuilder.forName(NAME)
                .directExecutor()
                .addService(health.getHealthService())
                .build()
                .start();
        try (EnvironmentClient client = EnvironmentClient.inProcess(NAME)) {
            assertThat(client.serving()).as("it says nothing of sessions").isFalse();
            health.setStatus(SessionServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
            assertThat(client.serving()).isTrue();
            health.enterTerminalState();
            assertThat(client.serving()).as("it is going down").isFalse();
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void aServerWithoutTheServiceServesIfItAnswers() throws IOException {
        Server server =
                InProcessServerBuilder.forName(NAME).directExecutor().build().start();
        try (EnvironmentClient client = EnvironmentClient.inProcess(NAME)) {
            assertThat(client.serving()).isTrue();
        } finally {
            server.shutdownNow();
        }
    }

    @Test
    void nobodyServesNothing() {
        try (EnvironmentClient client = EnvironmentClient.inProcess("nobody")) {
            assertThat(client.serving()).isFalse();
        }
    }
}
