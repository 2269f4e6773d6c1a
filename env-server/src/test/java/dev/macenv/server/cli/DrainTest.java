package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Invite;
import dev.macenv.client.JoinOptions;
import dev.macenv.client.MacenvException;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionKey;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.View;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.policy.RandomPolicy;
import dev.macenv.server.testing.Announcement;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

    @Tag("slow")
    @Test
    void spectatorsAreToldSoAndTheOneWhoNeverReadsKeepsNobody()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Macenv.class.getName(),
                        "serve",
                        "--port",
                        "0",
                        "--log-format",
                        "json")
                .redirectError(directory.resolve("log").toFile())
                .start();
        List<Spectator> spectators = new ArrayList<>();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            String target = Announcement.target(server, said);
            try (EnvironmentClient client = EnvironmentClient.connect(target, ClientOptions.defaults());
                    Session session = client.createSession(
                            SessionOptions.of("bp-10").withSeeds(3L).withSpectators(View.ordinary()))) {
                Invite invite = session.invites().get(0);
                for (boolean reads : new boolean[] {true, false, true}) {
                    spectators.add(new Spectator(
                            target, client.join(JoinOptions.of(invite)).key(), reads));
                }
                assertThat(spectators.get(0).began.await(60, TimeUnit.SECONDS)).isTrue();
                EpisodeLoop player = new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(1)), events -> {});
                var unused = player.play(1000); // more than a stream that nobody reads can hold
                server.destroy();
                for (Spectator spectator : List.of(spectators.get(0), spectators.get(2))) {
                    Throwable end = spectator.end.get(60, TimeUnit.SECONDS);
                    assertThat(end).hasMessageStartingWith("UNAVAILABLE: the server is going down");
                }
                assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(server.exitValue()).isZero();
        } finally {
            server.destroyForcibly();
            spectators.forEach(spectator -> spectator.channel.shutdownNow());
        }
    }

    /** Somebody who watches; maybe without ever reading. */
    private static final class Spectator implements ClientResponseObserver<WatchRequest, WatchResponse> {
        final CountDownLatch began = new CountDownLatch(1);
        final CompletableFuture<Throwable> end = new CompletableFuture<>();
        final ManagedChannel channel;
        private final boolean reads;

        Spectator(String target, SessionKey key, boolean reads) {
            this.reads = reads;
            channel = NettyChannelBuilder.forTarget(target).usePlaintext().build();
            SessionServiceGrpc.newStub(channel)
                    .watch(
                            WatchRequest.newBuilder()
                                    .setSession(key.session())
                                    .setToken(key.token())
                                    .build(),
                            this);
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
            if (!reads) {
                call.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            began.countDown();
        }

        @Override
        public void onError(Throwable why) {
            end.complete(why);
        }

        @Override
        public void onCompleted() {
            end.complete(new AssertionError("the stream ended as if all were told"));
        }
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
