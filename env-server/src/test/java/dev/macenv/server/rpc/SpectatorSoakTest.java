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
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Fifty spectators, each on a connection of its own, follow one player; one of them never reads. {@code -Dmacenv.soakSeconds}
 * says for how long. Printed, and not judged, since it depends on what else the machine does, is with them and without them,
 * in turns: the player's rows per second, of which the spectators' own side, here in the player's process, has its part; and
 * the processor time that the server needs for a row.
 */
final class SpectatorSoakTest {
    private static final long SOAK_NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("macenv.soakSeconds", 10));
    private static final int SPECTATORS = 50;
    private static final int LANES = 8;
    private static final int EPISODES = 4000; // of one turn

    @Tag("slow")
    @Timeout(value = 1, unit = TimeUnit.DAYS) // as long as it is told to
    @Test
    void theServerStaysAsItIsHoweverLongTheyWatch() throws IOException, InterruptedException {
        try (SteeredServer server = new SteeredServer("1g", 100, "", SteeredServer.Time.RUNNING);
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
            List<Turn> alone = new ArrayList<>();
            List<Turn> watched = new ArrayList<>();
            long begin = System.nanoTime();
            do {
                alone.add(turn(server, player, decisions));
                watched.add(watched(server, keys, player, decisions));
            } while (System.nanoTime() - begin < SOAK_NANOS);
            System.out.printf(
                    "%d turns each, %d rows in all, medians: %.0f rows/s alone, %.0f with %d spectators (%.1f %%);"
                            + " %.1f us of the server's processors for a row alone, %.1f with them (%.1f %%), who get %.0f"
                            + " messages/s%n",
                    alone.size(),
                    decisions.sum(),
                    median(alone, Turn::rowsPerSecond),
                    median(watched, Turn::rowsPerSecond),
                    SPECTATORS,
                    100 * median(watched, Turn::rowsPerSecond) / median(alone, Turn::rowsPerSecond),
                    median(alone, Turn::cpuMicros),
                    median(watched, Turn::cpuMicros),
                    100 * median(watched, Turn::cpuMicros) / median(alone, Turn::cpuMicros),
                    median(watched, Turn::messagesPerSecond));
            before.assertComesBack(server::size);
        }
    }

    private static List<SessionKey> join(EnvironmentClient client, Invite invite) {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < SPECTATORS; i++) {
            keys.add(client.join(JoinOptions.of(invite)).key());
        }
        return keys;
    }

    /** The player's turn while everybody watches. */
    private static Turn watched(SteeredServer server, List<SessionKey> keys, EpisodeLoop player, LongAdder decisions)
            throws IOException, InterruptedException {
        List<Spectator> spectators = new ArrayList<>();
        for (SessionKey key : keys) {
            spectators.add(new Spectator(server.target(), key, spectators.isEmpty() ? 0 : 1));
        }
        for (Spectator spectator : spectators.subList(1, SPECTATORS)) {
            assertThat(spectator.began.await(60, TimeUnit.SECONDS))
                    .as("a first message")
                    .isTrue();
        }
        long before = messages(spectators);
        Turn turn = turn(server, player, decisions);
        long told = messages(spectators) - before;
        for (Spectator spectator : spectators) {
            spectator.leave();
        }
        return new Turn(turn.seconds(), turn.rows(), turn.cpuNanos(), told);
    }

    private static long messages(List<Spectator> spectators) {
        return spectators.stream()
                .mapToLong(spectator -> spectator.messages.sum())
                .sum();
    }

    /** What so many episodes took. */
    private record Turn(double seconds, long rows, long cpuNanos, long messages) {
        double rowsPerSecond() {
            return rows / seconds;
        }

        double cpuMicros() {
            return cpuNanos / 1e3 / rows;
        }

        double messagesPerSecond() {
            return messages / seconds;
        }
    }

    private static Turn turn(SteeredServer server, EpisodeLoop player, LongAdder decisions) throws IOException {
        long before = decisions.sum();
        long cpu = server.cpuNanos();
        long begin = System.nanoTime();
        var unused = player.play(EPISODES);
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Turn(seconds, decisions.sum() - before, server.cpuNanos() - cpu, 0);
    }

    private static double median(List<Turn> turns, ToDoubleFunction<Turn> value) {
        return turns.stream().mapToDouble(value).sorted().toArray()[turns.size() / 2];
    }

    /** Somebody who watches, and asks for the next message when the last has come; or for none. */
    private static final class Spectator implements ClientResponseObserver<WatchRequest, WatchResponse> {
        final CountDownLatch began = new CountDownLatch(1);
        final LongAdder messages = new LongAdder();
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
            messages.increment();
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
