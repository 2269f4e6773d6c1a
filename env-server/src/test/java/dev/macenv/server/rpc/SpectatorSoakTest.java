package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Invite;
import dev.macenv.client.JoinOptions;
import dev.macenv.client.Session;
import dev.macenv.client.SessionKey;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.View;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.policy.RandomPolicy;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fifty spectators, each on a connection of its own, follow one player; one of them never reads. {@code -Dmacenv.soakSeconds}
 * says for how long. What the player's decisions per second are with them and without them, in turns, is printed and not
 * judged, since it depends on what else the machine does.
 */
final class SpectatorSoakTest {
    private static final long SOAK_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("macenv.soakSeconds", 10));
    private static final int SPECTATORS = 50;
    private static final int LANES = 8;
    private static final int EPISODES = 400; // of one turn

    @Tag("slow")
    @Timeout(value = 1, unit = TimeUnit.DAYS) // as long as it is told to
    @Test
    void theServerStaysAsItIsHoweverLongTheyWatch() throws IOException, InterruptedException {
        try (SteeredServer server = new SteeredServer("1g", 100, "");
                EnvironmentClient client = EnvironmentClient.connect(server.target(), ClientOptions.defaults());
                Session session = client.createSession(SessionOptions.of("bp-10")
                        .withLanes(LANES)
                        .withSeeds(3L)
                        .withSpectators(View.ordinary()))) {
            LongAdder decisions = new LongAdder();
            EpisodeLoop player = new EpisodeLoop(
                    session, new RandomPolicy(new SplittableRandom(1)), events -> decisions.add(events.rows()));
            List<SessionKey> keys = join(client, session.invites().get(0));
            watched(server, keys, player, decisions); // everything has been done once
            ProcessSize before = server.size();
            List<Double> alone = new ArrayList<>();
            List<Double> watched = new ArrayList<>();
            long begin = System.nanoTime();
            do {
                alone.add(rate(player, decisions));
                watched.add(watched(server, keys, player, decisions));
            } while (System.nanoTime() - begin < SOAK_NANOS);
            ProcessSize after = server.size();
            System.out.printf(
                    "%d turns each, %d rows in all: rows per second, median: %.0f alone, %.0f with %d spectators (%.1f %%)%n",
                    alone.size(),
                    decisions.sum(),
                    median(alone),
                    median(watched),
                    SPECTATORS,
                    100 * median(watched) / median(alone));
            assertThat(after.heap()).as("bytes of heap").isLessThan(before.heap() + (4 << 20));
            assertThat(after.threads()).as("threads").isLessThanOrEqualTo(before.threads() + 20);
            assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors() + 4);
        }
    }

    private static List<SessionKey> join(EnvironmentClient client, Invite invite) {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < SPECTATORS; i++) {
            keys.add(client.join(JoinOptions.of(invite)).key());
        }
        return keys;
    }

    /** The player's rate while everybody watches. */
    private static double watched(SteeredServer server, List<SessionKey> keys, EpisodeLoop player, LongAdder decisions)
            throws InterruptedException {
        List<Spectator> spectators = new ArrayList<>();
        for (SessionKey key : keys) {
            spectators.add(new Spectator(server.target(), key, spectators.isEmpty() ? 0 : 1));
        }
        for (Spectator spectator : spectators.subList(1, SPECTATORS)) {
            assertThat(spectator.began.await(60, TimeUnit.SECONDS))
                    .as("a first message")
                    .isTrue();
        }
        double rate = rate(player, decisions);
        for (Spectator spectator : spectators) {
            spectator.leave();
        }
        return rate;
    }

    private static double rate(EpisodeLoop player, LongAdder decisions) {
        long before = decisions.sum();
        long begin = System.nanoTime();
        var unused = player.play(EPISODES);
        return (decisions.sum() - before) * 1e9 / (System.nanoTime() - begin);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Somebody who watches, and asks for the next message when the last has come; or for none. */
    private static final class Spectator implements ClientResponseObserver<WatchRequest, WatchResponse> {
        final CountDownLatch began = new CountDownLatch(1);
        private final ManagedChannel channel;
        private final int wanted;
        private volatile @Nullable Throwable problem;

        Spectator(String target, SessionKey key, int wanted) {
            this.wanted = wanted;
            channel = NettyChannelBuilder.forTarget(target)
                    .usePlaintext()
                    .directExecutor()
                    .build();
            SessionServiceGrpc.newStub(channel)
                    .watch(
                            WatchRequest.newBuilder()
                                    .setSession(key.session())
                                    .setToken(key.token())
                                    .build(),
                            this);
        }

        void leave() throws InterruptedException {
            assertThat(problem).as("the end of a stream").isNull();
            channel.shutdownNow();
            assertThat(channel.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> call) {
            if (wanted == 0) {
                call.disableAutoRequestWithInitial(0);
            }
        }

        @Override
        public void onNext(WatchResponse response) {
            began.countDown();
        }

        @Override
        public void onError(Throwable why) {
            problem = why;
            began.countDown();
        }

        @Override
        public void onCompleted() {}
    }
}
