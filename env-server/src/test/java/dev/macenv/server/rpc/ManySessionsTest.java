package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One server holds more sessions than a laboratory may forget, in 1 GiB of heap. {@code -Dmacenv.sessions} says how many.
 */
final class ManySessionsTest {
    private static final int SESSIONS = Integer.getInteger("macenv.sessions", 500);
    private static final int SEEDS = 25;
    private static final int STEPS = 4;
    private static final int CONNECTIONS = 8;

    @TempDir
    private Path folder = Path.of("");

    /** A session, and which script it plays. */
    private record Place(String session, String token, Script script) {}

    /** What a session of one seed is asked and answers, known from a server that has no other. */
    private record Script(CreateSessionRequest creation, List<StepRequest> requests, List<StepResponse> answers) {}

    @Tag("slow")
    @Timeout(value = 1, unit = TimeUnit.DAYS) // as long as it is told to
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void allOfThemArePlayedAndReapedAsIfEachWereAlone(boolean journals) throws IOException {
        List<Script> scripts = scripts();
        Path state = folder.resolve("state");
        try (SteeredServer server =
                new SteeredServer("1g", SESSIONS, journals ? state.toString() : "", SteeredServer.Time.STILL)) {
            ManagedChannel channel = NettyChannelBuilder.forTarget(server.target())
                    .usePlaintext()
                    .build();
            var stub = SessionServiceGrpc.newBlockingStub(channel);
            ProcessSize empty = server.size();
            List<Place> places = fill(stub, scripts, SESSIONS);
            play(stub, places, 0);
            play(stub, places, 1);
            ProcessSize full = server.size();
            System.out.printf(
                    "%d sessions%s: %d bytes of heap and %.2f descriptors each%n",
                    SESSIONS,
                    journals ? " with journals" : "",
                    (full.heap() - empty.heap()) / SESSIONS,
                    (double) (full.descriptors() - empty.descriptors()) / SESSIONS);
            assertThat(server.sessions()).isEqualTo(SESSIONS);
            Refused.by(() -> fill(stub, scripts, 1))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .metadata("limit", "sessions")
                    .quota()
                    .retry();

            assertThat(server.pass(Duration.ofMinutes(9))).isZero();
            List<Place> used = places.subList(0, SESSIONS / 2);
            play(stub, used, 2);
            assertThat(server.pass(Duration.ofMinutes(2))).isEqualTo(SESSIONS - used.size());
            play(stub, used, 3);
            for (Place gone : places.subList(SESSIONS / 2, SESSIONS)) {
                assertThat(refusal(stub, gone)).isIn(Code.NOT_FOUND, Code.UNAUTHENTICATED);
            }

            play(stub, fill(stub, scripts, SESSIONS - used.size()), 0);
            assertThat(server.sessions()).isEqualTo(SESSIONS);
            assertThat(server.pass(Duration.ofMinutes(11))).isEqualTo(SESSIONS);
            assertThat(server.sessions()).isZero();
            if (journals) {
                assertThat(StateFiles.awaitRemoval(state)).containsExactly("key", "lock");
            }
            empty.assertComesBack(server::size);
            channel.shutdownNow();
        }
    }

    @Tag("slow")
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    @Test
    void asManyStreamsOverAFewConnectionsAreAnsweredAllAtOnceAndLeaveNothing() throws IOException {
        List<Script> scripts = scripts();
        try (SteeredServer server = new SteeredServer("1g", SESSIONS, "", SteeredServer.Time.STILL)) {
            List<ManagedChannel> channels = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                channels.add(NettyChannelBuilder.forTarget(server.target())
                        .usePlaintext()
                        .build());
            }
            var stub = SessionServiceGrpc.newBlockingStub(channels.get(0));
            ProcessSize empty = server.size();
            List<Place> places = fill(stub, scripts, SESSIONS);
            List<PlayLine> lines = new ArrayList<>();
            for (int i = 0; i < SESSIONS; i++) {
                lines.add(new PlayLine(channels.get(i % CONNECTIONS)));
            }
            for (int step = 0; step < STEPS; step++) {
                for (int i = 0; i < SESSIONS; i++) {
                    lines.get(i).send(request(places.get(i), step));
                }
                for (int i = 0; i < SESSIONS; i++) {
                    assertThat(lines.get(i).await())
                            .isEqualTo(places.get(i).script().answers().get(step));
                }
            }
            Refused.by(() -> fill(stub, scripts, 1))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .metadata("limit", "sessions")
                    .quota()
                    .retry();
            assertThat(server.pass(Duration.ofMinutes(11)))
                    .as("streams keep their sessions alive")
                    .isZero();

            for (int i = 0; i < SESSIONS; i++) {
                if (i % 3 == 0) {
                    lines.get(i).halfClose();
                } else if (i % 3 == 1) {
                    lines.get(i).hangUp();
                } // the others go with their connection
            }
            channels.forEach(ManagedChannel::shutdownNow);
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); // for the server to hear of it
            for (int closed = 0; closed < SESSIONS && System.nanoTime() < giveUp; ) {
                closed += server.pass(Duration.ofMinutes(11));
            }
            assertThat(server.sessions()).isZero();
            empty.assertComesBack(server::size);
        }
    }

    private static List<Script> scripts() {
        List<Script> scripts = new ArrayList<>();
        try (EnvironmentServer alone = EnvironmentServer.inProcess(Catalog.load(), ServerOptions.standard())) {
            ManagedChannel channel = Transports.IN_PROCESS.connect(alone);
            for (long seed = 0; seed < SEEDS; seed++) {
                CreateSessionRequest.Builder creation = CreateSessionRequest.newBuilder()
                        .setEnvironment("bp-10")
                        .setLanes(1)
                        .addSeeds(seed);
                Player player = Player.create(channel, creation);
                Script script = new Script(creation.build(), new ArrayList<>(), new ArrayList<>());
                for (int step = 0; step < STEPS; step++) {
                    StepRequest.Builder request = step == 0
                            ? player.request()
                            : player.decisions(player.rows(script.answers().get(step - 1)));
                    script.requests().add(request.build());
                    script.answers().add(player.step(request));
                }
                scripts.add(script);
            }
            channel.shutdownNow();
        }
        return scripts;
    }

    private static List<Place> fill(
            SessionServiceGrpc.SessionServiceBlockingStub stub, List<Script> scripts, int count) {
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Script script = scripts.get(i % scripts.size());
            CreateSessionResponse created = stub.createSession(script.creation());
            places.add(new Place(created.getSession(), created.getToken(), script));
        }
        return places;
    }

    private static void play(SessionServiceGrpc.SessionServiceBlockingStub stub, List<Place> places, int step) {
        for (Place place : places) {
            assertThat(stub.step(request(place, step)))
                    .isEqualTo(place.script().answers().get(step));
        }
    }

    private static StepRequest request(Place place, int step) {
        return place.script().requests().get(step).toBuilder()
                .setSession(place.session())
                .setToken(place.token())
                .build();
    }

    /** The last of those that closed are remembered, the others are not known any more. */
    private static Code refusal(SessionServiceGrpc.SessionServiceBlockingStub stub, Place place) {
        try {
            var unused = stub.step(request(place, 2));
            return Code.OK;
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode();
        }
    }
}
