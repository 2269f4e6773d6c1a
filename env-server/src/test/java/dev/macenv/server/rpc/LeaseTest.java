package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.util.Durations;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.RequestRefusedException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sessions that nobody uses are reaped; time is what the test says it is. */
final class LeaseTest {
    private final AtomicLong nanos = new AtomicLong();
    private final EnvironmentServer server = Transports.IN_PROCESS.start(
            ProtocolTest.CATALOG, ServerOptions.standard().withManualReaping(nanos::get));
    private final ManagedChannel channel = Transports.IN_PROCESS.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private static CreateSessionRequest.Builder leased(long seconds) {
        return Player.relay(2).setLease(Durations.fromSeconds(seconds));
    }

    private static GetSessionResponse look(Player player) {
        return player.stub.getSession(GetSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
    }

    @Test
    void aSessionLivesAsLongAsItIsUsedAndOneLeaseMore() {
        Player player = Player.create(channel, leased(60));
        assertThat(Durations.toSeconds(player.session.getLease())).isEqualTo(60);
        for (int use = 0; use < 5; use++) {
            pass(Duration.ofSeconds(59));
            assertThat(server.reap()).isZero();
            player.collect();
        }
        pass(Duration.ofSeconds(30));
        assertThat(Durations.toSeconds(look(player).getLeaseRemaining())).isEqualTo(60);
        pass(Duration.ofSeconds(60));
        assertThat(server.reap()).isEqualTo(1);
        assertThat(server.sessionCount()).isZero();
        assertThat(server.reservedSessionCount()).isZero();
        Refused.by(() -> look(player))
                .is(Code.NOT_FOUND, "SESSION_CLOSED")
                .metadata("cause", "LEASE_EXPIRED")
                .resource("macenv.v1.Session", player.session.getSession());
    }

    @Test
    void theJavaClientIsToldThatItsLeaseHasExpiredAndWhatToDo() {
        try (EnvironmentClient client = EnvironmentClient.connect(server.target());
                Session session =
                        client.createSession(SessionOptions.of("relay").withLease(Duration.ofSeconds(60)))) {
            pass(Duration.ofSeconds(60));
            assertThat(server.reap()).isEqualTo(1);
            assertThatExceptionOfType(RequestRefusedException.class)
                    .isThrownBy(() -> session.step(new Decisions()))
                    .withMessageContaining("create another")
                    .satisfies(refused -> {
                        assertThat(refused.reason()).isEqualTo("SESSION_CLOSED");
                        assertThat(refused.metadata()).containsEntry("cause", "LEASE_EXPIRED");
                    });
        }
    }

    @Test
    void anOpenStreamKeepsItsSessionAndItsEndBeginsTheLease() {
        Player player = Player.create(channel, leased(60)).onStream();
        player.collect();
        pass(Duration.ofHours(5));
        assertThat(server.reap()).isZero();
        player.line().halfClose();
        assertThat(player.line().awaitEnd().getStatus().isOk()).isTrue();
        pass(Duration.ofSeconds(59));
        assertThat(server.reap()).isZero();
        pass(Duration.ofSeconds(1));
        assertThat(server.reap()).isEqualTo(1);
    }

    @Test
    void wrongTokensRenewNothing() {
        Player player = Player.create(channel, leased(60));
        pass(Duration.ofSeconds(59));
        Refused.by(() -> player.stub.step(player.request().setToken("wrong").build()))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        pass(Duration.ofSeconds(1));
        assertThat(server.reap()).isEqualTo(1);
    }

    @Test
    void leasesAreClampedToTheLimitsAndHaveADefault() {
        assertThat(Durations.toSeconds(Player.create(channel, leased(1)).session.getLease()))
                .isEqualTo(5);
        assertThat(Durations.toSeconds(
                        Player.create(channel, leased(1_000_000)).session.getLease()))
                .isEqualTo(86_400);
        assertThat(Durations.toSeconds(
                        Player.create(channel, Player.relay(1)).session.getLease()))
                .isEqualTo(600);
        pass(Duration.ofSeconds(599));
        assertThat(server.reap()).isEqualTo(1);
        assertThat(server.sessionCount()).isEqualTo(2);
    }
}
