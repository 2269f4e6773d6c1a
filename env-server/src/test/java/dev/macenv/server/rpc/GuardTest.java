package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.rpc.Player.Batching;
import dev.macenv.server.testing.Relay;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An environment that never returns costs its own lane the episode, and nobody else more than the server's patience. */
final class GuardTest {
    /** With what never returns; the rest of the same session has to come within it on a slow machine, too. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final EnvironmentServer server = Transports.IN_PROCESS.start(
            ProtocolTest.CATALOG, ServerOptions.standard().withTrust(ServerOptions.Trust.NOBODY, PATIENCE));
    private final ManagedChannel channel = Transports.IN_PROCESS.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    @AfterAll
    static void endTheLoops() {
        Relay.relent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"loop", "stubbornLoop"})
    void aTickThatNeverReturnsFaultsItsLaneAlone(String fault) {
        Player player = Player.create(channel, Player.faulty(fault, 3));
        player.collect();
        StepRequest.Builder request = player.request();
        for (int lane = 0; lane < 3; lane++) {
            for (int seat = 0; seat < 3; seat++) {
                request.addLane(lane).addSeat(seat).addAction(lane == 1 && seat == 0 ? 1 : 0);
            }
        }

        StepResponse response = player.step(request);

        assertThat(response.getEvents().getFaultsList()).singleElement().satisfies(reported -> {
            assertThat(reported.getLane()).isEqualTo(1);
            assertThat(reported.getStatus().getCode()).isEqualTo(Code.INTERNAL.value());
            assertThat(reported.getStatus().getMessage()).contains("step: did not return (expected: within 1000 ms)");
        });
        Rows rows = player.rows(response);
        assertThat(rows.kind(rows.count() - 1)).isNotEqualTo(EventKind.EVENT_KIND_FAULT);
        assertThat(response.getEvents().getLaneList()).contains(0, 1, 2);

        player.stub.reset(ResetRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .addLanes(1)
                .build());
        Rows fresh = player.rows(player.collect());
        assertThat(fresh.kind(fresh.count() - 1)).isEqualTo(EventKind.EVENT_KIND_START);
    }

    @Test
    void anEpisodeThatNeverBeginsIsAFaultInPlaceOfItsStart() {
        Player player = Player.create(channel, Player.faulty("loopInReset", 1));
        assertThat(player.collect().getEvents().getFaultsList())
                .singleElement()
                .satisfies(fault -> assertThat(fault.getStatus().getMessage()).contains("reset: did not return"));
    }

    @Test
    void anEnvironmentThatIsNeverMadeIsRefused() {
        Refused.by(() -> Player.create(channel, Player.faulty("loopInConstructor", 1)))
                .is(Code.INTERNAL, "ENVIRONMENT_FAULT");
    }

    /** The relay of these tests does not come with the server, so that nobody need ask for the guard. */
    @Test
    void strangersAreGuardedByDefault() {
        assertThat(ServerOptions.standard().trust()).isEqualTo(ServerOptions.Trust.BUILT_IN);
        EnvironmentServer standard = Transports.IN_PROCESS.start(
                ProtocolTest.CATALOG, ServerOptions.standard().withTrust(ServerOptions.Trust.BUILT_IN, PATIENCE));
        ManagedChannel other = Transports.IN_PROCESS.connect(standard);
        try {
            Player player = Player.create(other, Player.faulty("loopInReset", 1));
            assertThat(player.collect().getEvents().getFaultsCount()).isEqualTo(1);
        } finally {
            other.shutdownNow();
            standard.close();
        }
    }

    @Test
    void whatIsGuardedPlaysTheSameEpisodes() {
        assertThat(played(ServerOptions.Trust.NOBODY)).isEqualTo(played(ServerOptions.Trust.CLASS_PATH));
    }

    private static List<List<String>> played(ServerOptions.Trust trust) {
        try (EnvironmentServer patient = Transports.IN_PROCESS.start(
                ProtocolTest.CATALOG, ServerOptions.standard().withTrust(trust, Duration.ofMinutes(5)))) {
            ManagedChannel other = Transports.IN_PROCESS.connect(patient);
            try {
                return Player.create(other, Player.relay(3, 7)).play(2, Batching.PLAIN);
            } finally {
                other.shutdownNow();
            }
        }
    }
}
