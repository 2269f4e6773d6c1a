package dev.macenv.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import dev.macenv.client.policy.RandomPolicy;
import dev.macenv.server.cli.ServerProcess.Death;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own is killed again and again while a client plays, who notices nothing. */
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
        ExecutorService killer = Executors.newSingleThreadExecutor();
        AtomicInteger left = new AtomicInteger(moments.nextInt(1, 40));
        AtomicInteger kills = new AtomicInteger();
        try (ServerProcess server = new ServerProcess(directory)) {
            server.start(Death.OF_THE_PROCESS);
            try (EnvironmentClient client = EnvironmentClient.connect(
                    "localhost:" + server.port(), ClientOptions.defaults().withPatience(Duration.ofMinutes(2)))) {
                String disturbed = play(client, () -> {
                    if (left.decrementAndGet() == 0) {
                        killer.execute(
                                () -> { // while the client goes on
                                    server.kill();
                                    boolean last = kills.incrementAndGet() == KILLS;
                                    left.set(last ? Integer.MAX_VALUE : moments.nextInt(1, 40));
                                    server.start(Death.inTurn(kills.get()));
                                });
                    }
                    while (left.get() < -20) { // a killer who is late misses nothing
                        Thread.onSpinWait();
                    }
                });
                assertThat(kills.get()).isEqualTo(KILLS);
                assertThat(disturbed).isEqualTo(undisturbed);
            } finally {
                killer.shutdownNow();
            }
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
}
