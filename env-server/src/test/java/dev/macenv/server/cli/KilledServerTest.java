package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import dev.macenv.client.policy.RandomPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own is killed (SIGKILL) again and again while a client plays, who notices nothing. */
final class KilledServerTest {
    private static final int LANES = 4;
    private static final int EPISODES = 60;
    private static final int KILLS = 6;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aClientWhoseServerIsKilledPlaysTheGameThatItWouldHavePlayed() throws IOException {
        String undisturbed;
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            undisturbed = play(client, () -> {});
        }
        SplittableRandom moments = new SplittableRandom(5);
        int port = freePort();
        Queue<Process> servers = new ConcurrentLinkedQueue<>(List.of(start(port)));
        ExecutorService killer = Executors.newSingleThreadExecutor();
        AtomicInteger left = new AtomicInteger(moments.nextInt(1, 40));
        AtomicInteger kills = new AtomicInteger();
        try (EnvironmentClient client = EnvironmentClient.connect(
                "localhost:" + port, ClientOptions.defaults().withPatience(Duration.ofMinutes(2)))) {
            String disturbed = play(client, () -> {
                if (left.decrementAndGet() == 0) {
                    killer.execute(
                            () -> { // while the client goes on
                                servers.forEach(
                                        one -> one.destroyForcibly().onExit().join());
                                servers.add(start(port));
                                if (kills.incrementAndGet() < KILLS) {
                                    left.set(moments.nextInt(1, 40));
                                }
                            });
                }
            });
            assertThat(kills.get()).isEqualTo(KILLS);
            assertThat(disturbed).isEqualTo(undisturbed);
        } finally {
            killer.shutdownNow();
            servers.forEach(Process::destroyForcibly);
        }
    }

    private static String play(EnvironmentClient client, Runnable afterEachStep) {
        TrajectoryDigest digest = new TrajectoryDigest(LANES, EPISODES / LANES);
        try (Session session =
                client.createSession(SessionOptions.of("bp-10").withLanes(LANES).withSeeds(7L))) {
            EpisodeLoop loop = new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(1)), events -> {
                digest.accept(events);
                afterEachStep.run();
            });
            var unused = loop.play(EPISODES);
        }
        return digest.all();
    }

    private Process start(int port) {
        try {
            Process server = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Macenv.class.getName(),
                            "serve",
                            "--port",
                            String.valueOf(port),
                            "--state-dir",
                            directory.resolve("state").toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader said =
                    new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
            assertThat(said.readLine()).contains(" served at ");
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
