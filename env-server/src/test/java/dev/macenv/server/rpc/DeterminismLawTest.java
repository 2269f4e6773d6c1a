package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.capturetarget.CaptureTargetProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Table.Sight;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A lane's trajectory is a function of environment, version, settings, lane seed and decisions, and of nothing else: played in
 * every combination of what it must not depend on, it is the same, bit for bit.
 */
@Tag("slow")
final class DeterminismLawTest {
    private static final int LANES = 4;
    private static final int KILL_EVERY = 7; // answers of the first player
    private static final int RECONNECT_EVERY = 3; // requests of each

    @TempDir
    private Path temporary = Path.of("");

    /** What happens beside the game, or to it. */
    private enum Disturbance {
        SPECTATORS,
        RECORDING,
        RECONNECTS,
        KILLS
    }

    /** How to play. */
    private record Way(
            boolean onStream, boolean grantForEachSeat, boolean lanesTogether, int minReady, Set<Disturbance> beside) {
        boolean has(Disturbance disturbance) {
            return beside.contains(disturbance);
        }
    }

    private static List<Way> ways() {
        List<Set<Disturbance>> disturbances = new ArrayList<>(List.of(Set.of()));
        for (Disturbance one : Disturbance.values()) {
            disturbances.add(Set.of(one));
        }
        disturbances.add(EnumSet.allOf(Disturbance.class));
        List<Way> ways = new ArrayList<>();
        for (Set<Disturbance> beside : disturbances) {
            for (boolean onStream : new boolean[] {false, true}) {
                for (boolean grantForEachSeat : new boolean[] {false, true}) {
                    for (int minReady : new int[] {0, 1, LANES / 2}) {
                        ways.add(new Way(onStream, grantForEachSeat, true, minReady, beside));
                    }
                    ways.add(new Way(onStream, grantForEachSeat, false, 0, beside));
                    ways.add(new Way(onStream, grantForEachSeat, false, 1, beside));
                }
            }
        }
        return ways;
    }

    /** Three agents of two shapes, and ten alike. */
    @ParameterizedTest
    @CsvSource({"relay, 3", "ct-10, 1"})
    void nothingElseMatters(String environment, int episodes) throws ExecutionException, InterruptedException {
        List<List<List<String>>> expected = null;
        for (Way way : ways()) {
            List<List<List<String>>> seen = new Game(environment, episodes, way).play();
            if (expected == null) {
                expected = seen;
                assertThat(seen)
                        .allSatisfy(ofSeat -> assertThat(ofSeat)
                                .allSatisfy(lane -> assertThat(lane).hasSizeGreaterThan(2)));
            }
            assertThat(seen).as("%s: %s", environment, way).isEqualTo(expected);
        }
    }

    /** One server after the other, each with what the one before had on its disk when it was killed. */
    private final class Lives implements AutoCloseable {
        private final List<EnvironmentServer> servers = new ArrayList<>();
        private final List<ManagedChannel> channels = new ArrayList<>();
        private Path state;

        Lives() {
            state = temporary.resolve("state" + System.identityHashCode(this));
            begin();
        }

        private void begin() {
            EnvironmentServer server = Transports.IN_PROCESS.start(
                    Catalog.of(new RelayProvider(), new CaptureTargetProvider()),
                    ServerOptions.standard()
                            .withDurability(new Durability(state, Duration.ZERO, 1 << 12, 1 << 22, new WatchedDisk())));
            servers.add(server);
            channels.add(Transports.IN_PROCESS.connect(server));
        }

        /** Of the server that lives. */
        synchronized ManagedChannel channel() {
            return channels.get(channels.size() - 1);
        }

        /** Nothing of what this server does from now on reaches anybody. */
        synchronized void kill() {
            channel().shutdownNow();
            state = WatchedDisk.afterKill(state, state.resolveSibling(state.getFileName() + "-" + channels.size()));
            begin();
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
            servers.forEach(EnvironmentServer::close);
        }
    }

    /** All lanes, in one session or in one for each, played in one way. */
    private final class Game {
        private final String environment;
        private final int episodes;
        private final Way way;

        Game(String environment, int episodes, Way way) {
            this.environment = environment;
            this.episodes = episodes;
            this.way = way;
        }

        /** What each seat saw, by seat, by lane. */
        List<List<List<String>>> play() throws ExecutionException, InterruptedException {
            try (Lives lives = new Lives()) {
                if (way.lanesTogether()) {
                    return session(lives, LANES, 3);
                }
                List<Long> seeds = SessionServiceGrpc.newBlockingStub(lives.channel())
                        .createSession(wish(LANES, 3).build())
                        .getSeedsList();
                List<List<List<String>>> seen = new ArrayList<>();
                for (long seed : seeds) {
                    List<List<List<String>>> lane = session(lives, 1, seed);
                    for (int seat = 0; seat < lane.size(); seat++) {
                        if (seen.size() <= seat) {
                            seen.add(new ArrayList<>());
                        }
                        seen.get(seat).addAll(lane.get(seat));
                    }
                }
                return seen;
            }
        }

        private CreateSessionRequest.Builder wish(int lanes, long seed) {
            CreateSessionRequest.Builder wish = CreateSessionRequest.newBuilder()
                    .setEnvironment(environment)
                    .setLanes(lanes)
                    .setGamma(0.9)
                    .addSeeds(seed);
            if (way.has(Disturbance.RECORDING)) {
                wish.setRecording(RecordingOptions.newBuilder().setMode(RecordingMode.RECORDING_MODE_EVENTS));
            }
            return wish;
        }

        private List<List<List<String>>> session(Lives lives, int lanes, long seed)
                throws ExecutionException, InterruptedException {
            CreateSessionRequest.Builder wish = wish(lanes, seed);
            var stub = SessionServiceGrpc.newBlockingStub(lives.channel());
            int agents = environment.equals("relay") ? 3 : 10;
            if (way.grantForEachSeat()) {
                for (int seat = 0; seat < agents; seat++) {
                    wish.addSeats(Table.openSeat(seat))
                            .addInvites(InviteOptions.newBuilder().addSeats(seat));
                }
            }
            if (way.has(Disturbance.SPECTATORS)) {
                wish.addInvites(InviteOptions.newBuilder().setMaxUses(2));
            }
            CreateSessionResponse created = stub.createSession(wish.build());
            List<Seated> players = new ArrayList<>();
            if (way.grantForEachSeat()) {
                for (int seat = 0; seat < agents; seat++) {
                    JoinResponse joined = stub.join(join(created, seat));
                    players.add(new Seated(
                            lives, joined.getSpec(), created.getSession(), joined.getToken(), List.of(seat)));
                }
            } else {
                List<Integer> seats = IntStream.range(0, agents).boxed().toList();
                players.add(new Seated(lives, created.getSpec(), created.getSession(), created.getToken(), seats));
            }
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                if (way.has(Disturbance.SPECTATORS)) {
                    int invite = created.getInvitesCount() - 1;
                    WatchLine reader = watch(lives, created, stub.join(join(created, invite)));
                    var unused = watch(lives, created, stub.join(join(created, invite)));
                    var unusedReading = threads.submit(() -> {
                        while (reader.next() instanceof WatchResponse) {
                            // Whatever comes, until the stream ends.
                        }
                    });
                }
                List<Future<List<List<List<String>>>>> playing = new ArrayList<>();
                for (Seated player : players) {
                    playing.add(threads.submit(() -> player.play(lanes, player == players.get(0))));
                }
                List<List<List<String>>> seen = new ArrayList<>();
                AssertionError failed = new AssertionError(way + ": not everybody could play");
                for (Future<List<List<List<String>>>> one : playing) {
                    try {
                        seen.addAll(one.get());
                    } catch (ExecutionException e) {
                        failed.addSuppressed(e.getCause());
                    }
                }
                if (failed.getSuppressed().length > 0) {
                    throw failed;
                }
                return seen;
            } finally {
                threads.shutdownNow();
            }
        }

        private static JoinRequest join(CreateSessionResponse created, int invite) {
            return JoinRequest.newBuilder()
                    .setSession(created.getSession())
                    .setInvite(created.getInvites(invite).getToken())
                    .build();
        }

        private static WatchLine watch(Lives lives, CreateSessionResponse created, JoinResponse joined) {
            WatchRequest request = WatchRequest.newBuilder()
                    .setSession(created.getSession())
                    .setToken(joined.getToken())
                    .build();
            return new WatchLine(lives.channel(), request);
        }

        /** Whoever decides for some seats, on whatever server lives. */
        private final class Seated {
            private final Lives lives;
            private final EnvSpec spec;
            private final StepRequest credentials;
            private final List<Integer> seats;
            private @Nullable PlayLine line;
            private @Nullable ManagedChannel lineOf;
            private int requests;

            Seated(Lives lives, EnvSpec spec, String session, String token, List<Integer> seats) {
                this.lives = lives;
                this.spec = spec;
                this.seats = seats;
                credentials = StepRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .setMinReady(way.minReady())
                        .build();
            }

            /** By seat, by lane. */
            List<List<List<String>>> play(int lanes, boolean kills) {
                List<List<List<String>>> seen = new ArrayList<>();
                for (int seat : seats) {
                    seen.add(new ArrayList<>());
                    for (int lane = 0; lane < lanes; lane++) {
                        seen.get(seat - seats.get(0)).add(new ArrayList<>());
                    }
                }
                int[] ended = new int[lanes];
                StepRequest.Builder request = credentials.toBuilder();
                while (true) {
                    Rows rows = new Rows(
                            spec, answer(request.setStepId(++requests).build()).getEvents());
                    boolean all = true;
                    for (int row = 0; row < rows.count(); row++) {
                        ended[rows.lane(row)] += rows.ends(row) ? 1 : 0;
                        for (int seat : seats) {
                            if (rows.episode(row) < episodes && Sight.concerns(rows, row, List.of(seat))) {
                                seen.get(seat - seats.get(0))
                                        .get(rows.lane(row))
                                        .add(Sight.text(rows, row, List.of(seat)));
                            }
                        }
                    }
                    for (int count : ended) {
                        all &= count >= episodes;
                    }
                    if (all) {
                        return seen;
                    }
                    if (kills && way.has(Disturbance.KILLS) && requests % KILL_EVERY == 0) {
                        lives.kill();
                    }
                    request = credentials.toBuilder();
                    for (int row = 0; row < rows.count(); row++) {
                        for (int[] decision : Player.decide(rows, row)) {
                            request.addLane(decision[0]).addSeat(decision[1]).addAction(decision[2]);
                        }
                    }
                }
            }

            /** The answer to a request, which is sent again whenever its server has been killed. */
            private StepResponse answer(StepRequest request) {
                while (true) {
                    ManagedChannel channel = lives.channel();
                    try {
                        return answer(request, channel);
                    } catch (StatusRuntimeException e) {
                        Metadata trailers = e.getTrailers();
                        boolean displaced = trailers != null // by its own older stream
                                && "SUPERSEDED".equals(trailers.get(Refusals.REASON_TRAILER));
                        if (channel == lives.channel() && !displaced) {
                            throw e;
                        }
                        line = null;
                    }
                }
            }

            private StepResponse answer(StepRequest request, ManagedChannel channel) {
                boolean twice = way.has(Disturbance.RECONNECTS) && requests % RECONNECT_EVERY == 0;
                if (!way.onStream()) {
                    var stub = SessionServiceGrpc.newBlockingStub(channel);
                    StepResponse first = stub.step(request);
                    if (twice) {
                        assertThat(stub.step(request)).isEqualTo(first);
                    }
                    return first;
                }
                PlayLine open = line;
                if (open == null || lineOf != channel) {
                    open = new PlayLine(channel);
                }
                open.send(request);
                if (twice) { // while the answer is due, or has come
                    open = new PlayLine(channel).send(request);
                }
                line = open;
                lineOf = channel;
                StepResponse response = open.await();
                assertThat(response.hasError()).as("%s", response.getError()).isFalse();
                return response;
            }
        }
    }
}
