package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.capturetarget.CaptureTargetProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.cli.ServerProcess;
import dev.macenv.server.cli.ServerProcess.Death;
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
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
        static final Way PLAIN = new Way(false, false, true, 0, Set.of());

        static Way plainBut(Disturbance beside) {
            return new Way(false, false, true, 0, Set.of(beside));
        }

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
    void nothingElseMatters(String environment, int episodes) throws IOException, InterruptedException {
        List<List<List<String>>> expected = played(environment, episodes, Way.PLAIN);
        assertThat(expected)
                .allSatisfy(ofSeat ->
                        assertThat(ofSeat).allSatisfy(lane -> assertThat(lane).hasSizeGreaterThan(2)));
        for (Way way : ways()) {
            assertThat(played(environment, episodes, way))
                    .as("%s: %s", environment, way)
                    .isEqualTo(expected);
        }
    }

    private List<List<List<String>>> played(String environment, int episodes, Way way)
            throws IOException, InterruptedException {
        try (Lives lives = new CopiedLives(new Spy(), new RelayProvider())) {
            return new Game(environment, episodes, way, lives).play();
        }
    }

    /** The server is a process, which is killed, and in its place comes one with the same port and the same directory. */
    @Test
    void noProcessThatIsKilledMatters() throws IOException, InterruptedException {
        List<List<List<String>>> expected = played("ct-10", 1, Way.PLAIN);
        for (Way way : List.of(
                Way.plainBut(Disturbance.KILLS),
                new Way(true, true, true, 1, Set.of(Disturbance.KILLS)),
                new Way(true, true, true, LANES / 2, EnumSet.allOf(Disturbance.class)))) {
            try (ProcessLives lives = new ProcessLives(Files.createTempDirectory(temporary, "process"))) {
                assertThat(new Game("ct-10", 1, way, lives).play())
                        .as("%s", way)
                        .isEqualTo(expected);
                assertThat(lives.kills()).as("kills, %s", way).isPositive();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ who would break
    // it

    /** What a lane must not depend on. */
    private enum Secret {
        STREAM,
        GRANTS,
        LANES_APART,
        MIN_READY,
        SPECTATORS,
        RECORDING,
        RECONNECTS,
        KILLS;

        /** Plain but for this. */
        Way way() {
            return switch (this) {
                case STREAM -> new Way(true, false, true, 0, Set.of());
                case GRANTS -> new Way(false, true, true, 0, Set.of());
                case LANES_APART -> new Way(false, false, false, 0, Set.of());
                case MIN_READY -> new Way(false, false, true, 1, Set.of());
                case SPECTATORS -> Way.plainBut(Disturbance.SPECTATORS);
                case RECORDING -> Way.plainBut(Disturbance.RECORDING);
                case RECONNECTS -> Way.plainBut(Disturbance.RECONNECTS);
                case KILLS -> Way.plainBut(Disturbance.KILLS);
            };
        }
    }

    /** The environment knows how it is played, and rewards it: only then is the trajectory another. */
    @ParameterizedTest
    @EnumSource
    void anEnvironmentThatKnowsOneThingMoreBreaksTheLawInThatAlone(Secret secret)
            throws IOException, InterruptedException {
        List<List<List<String>>> expected = playedWith(secret, Way.PLAIN);
        for (Secret other : Secret.values()) {
            List<List<List<String>>> seen = playedWith(secret, other.way());
            if (other == secret) {
                assertThat(seen).as("%s", other).isNotEqualTo(expected);
            } else {
                assertThat(seen).as("%s", other).isEqualTo(expected);
            }
        }
    }

    private List<List<List<String>>> playedWith(Secret secret, Way way) throws IOException, InterruptedException {
        Spy spy = new Spy();
        try (Lives lives = new CopiedLives(spy, new RelayProvider(() -> spy.knows(secret) ? 1 : 0))) {
            return new Game("relay", 1, way, lives).play();
        }
    }

    /** Sees what clients ask of a server, and knows what no environment may. Thread-safe. */
    private static final class Spy implements ClientInterceptor {
        private final Set<Secret> known = ConcurrentHashMap.newKeySet();
        private final Set<String> stepsOfThisLife = ConcurrentHashMap.newKeySet();

        boolean knows(Secret secret) {
            return known.contains(secret);
        }

        void nextLife() {
            known.add(Secret.KILLS);
            stepsOfThisLife.clear();
        }

        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions options, Channel channel) {
            if (method.equals(SessionServiceGrpc.getPlayMethod())) {
                known.add(Secret.STREAM);
            }
            return new SimpleForwardingClientCall<>(channel.newCall(method, options)) {
                @Override
                public void sendMessage(Q message) {
                    look(message);
                    super.sendMessage(message);
                }
            };
        }

        private void look(Object message) {
            if (message instanceof WatchRequest) {
                known.add(Secret.SPECTATORS);
            } else if (message instanceof CreateSessionRequest create) {
                know(create.getSeatsCount() > 0, Secret.GRANTS);
                know(create.getLanes() == 1, Secret.LANES_APART);
                know(create.hasRecording(), Secret.RECORDING);
            } else if (message instanceof StepRequest step) {
                know(step.getMinReady() > 0, Secret.MIN_READY);
                know(!stepsOfThisLife.add(step.getToken() + step.getStepId()), Secret.RECONNECTS);
            }
        }

        private void know(boolean so, Secret secret) {
            if (so) {
                known.add(secret);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ servers

    /** One server after the other, each with what the one before had on its disk when it was killed. */
    private interface Lives extends AutoCloseable {
        /** To the server that lives. */
        Channel channel();

        /** Nothing of what this server does from now on reaches anybody. */
        void kill() throws InterruptedException;

        @Override
        void close();
    }

    /** Servers in this process. Whoever is killed goes on with its directory, and the next one has a copy of it. */
    private final class CopiedLives implements Lives {
        private final Spy spy;
        private final EnvironmentProvider relay;
        private final List<EnvironmentServer> servers = new ArrayList<>();
        private final List<ManagedChannel> channels = new ArrayList<>();
        private Path state;
        private Channel channel;

        CopiedLives(Spy spy, EnvironmentProvider relay) throws IOException {
            this.spy = spy;
            this.relay = relay;
            state = Files.createTempDirectory(temporary, "lives").resolve("state");
            channel = begin();
        }

        private Channel begin() {
            EnvironmentServer server = Transports.IN_PROCESS.start(
                    Catalog.of(relay, new CaptureTargetProvider()),
                    ServerOptions.standard()
                            .withDurability(new Durability(state, Duration.ZERO, 1 << 12, 1 << 22, new WatchedDisk())));
            servers.add(server);
            channels.add(Transports.IN_PROCESS.connect(server));
            return ClientInterceptors.intercept(channels.get(channels.size() - 1), spy);
        }

        @Override
        public synchronized Channel channel() {
            return channel;
        }

        @Override
        public synchronized void kill() throws InterruptedException {
            ManagedChannel last = channels.get(channels.size() - 1).shutdownNow();
            // Until then answers may still arrive, of which the copy knows nothing.
            assertThat(last.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            state = WatchedDisk.afterKill(state, state.resolveSibling("state" + channels.size()));
            spy.nextLife();
            channel = begin();
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
            servers.forEach(EnvironmentServer::close);
        }
    }

    /** Servers that are processes, and die by SIGKILL. */
    private static final class ProcessLives implements Lives {
        private final ServerProcess process;
        private final List<ManagedChannel> channels = new ArrayList<>();

        ProcessLives(Path folder) throws IOException {
            process = new ServerProcess(folder);
            begin();
        }

        private void begin() {
            process.start(Death.OF_THE_PROCESS);
            channels.add(NettyChannelBuilder.forAddress("localhost", process.port())
                    .usePlaintext()
                    .build());
        }

        @Override
        public synchronized Channel channel() {
            return channels.get(channels.size() - 1);
        }

        @Override
        public synchronized void kill() {
            process.kill();
            begin();
        }

        int kills() {
            return channels.size() - 1;
        }

        @Override
        public void close() {
            channels.forEach(ManagedChannel::shutdownNow);
            process.close();
        }
    }

    /** All lanes, in one session or in one for each, played in one way. */
    private final class Game {
        private final String environment;
        private final int episodes;
        private final Way way;
        private final Lives lives;

        Game(String environment, int episodes, Way way, Lives lives) {
            this.environment = environment;
            this.episodes = episodes;
            this.way = way;
            this.lives = lives;
        }

        /** What each seat saw, by seat, by lane. */
        List<List<List<String>>> play() throws InterruptedException {
            if (way.lanesTogether()) {
                return session(LANES, 3);
            }
            List<Long> seeds = SessionServiceGrpc.newBlockingStub(lives.channel())
                    .createSession(wish(LANES, 3).build())
                    .getSeedsList();
            List<List<List<String>>> seen = new ArrayList<>();
            for (long seed : seeds) {
                List<List<List<String>>> lane = session(1, seed);
                for (int seat = 0; seat < lane.size(); seat++) {
                    if (seen.size() <= seat) {
                        seen.add(new ArrayList<>());
                    }
                    seen.get(seat).addAll(lane.get(seat));
                }
            }
            return seen;
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

        private List<List<List<String>>> session(int lanes, long seed) throws InterruptedException {
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
                    players.add(new Seated(joined.getSpec(), created.getSession(), joined.getToken(), List.of(seat)));
                }
            } else {
                List<Integer> seats = IntStream.range(0, agents).boxed().toList();
                players.add(new Seated(created.getSpec(), created.getSession(), created.getToken(), seats));
            }
            ExecutorService threads = Executors.newCachedThreadPool();
            try {
                if (way.has(Disturbance.SPECTATORS)) {
                    int invite = created.getInvitesCount() - 1;
                    WatchLine reader = watch(created, stub.join(join(created, invite)));
                    var unused = watch(created, stub.join(join(created, invite)));
                    var unusedReading = threads.submit(() -> {
                        while (reader.next() instanceof WatchResponse) {
                            // Whatever comes, until the stream ends.
                        }
                    });
                }
                CompletionService<List<List<List<String>>>> playing = new ExecutorCompletionService<>(threads);
                List<Future<List<List<List<String>>>>> played = new ArrayList<>();
                for (Seated player : players) {
                    played.add(playing.submit(() -> player.play(lanes, player == players.get(0))));
                }
                List<List<List<String>>> seen = new ArrayList<>();
                try {
                    for (int left = players.size(); left > 0; left--) {
                        var unused = playing.take().get(); // if one cannot play, the others wait for it in vain
                    }
                    for (Future<List<List<List<String>>>> one : played) {
                        seen.addAll(one.get());
                    }
                } catch (ExecutionException e) {
                    throw new AssertionError(way + ": somebody could not play", e.getCause());
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

        private WatchLine watch(CreateSessionResponse created, JoinResponse joined) {
            WatchRequest request = WatchRequest.newBuilder()
                    .setSession(created.getSession())
                    .setToken(joined.getToken())
                    .build();
            return new WatchLine(lives.channel(), request);
        }

        /** Whoever decides for some seats, on whatever server lives. */
        private final class Seated {
            private final EnvSpec spec;
            private final StepRequest credentials;
            private final List<Integer> seats;
            private @Nullable PlayLine line;
            private @Nullable Channel lineOf;
            private int requests;

            Seated(EnvSpec spec, String session, String token, List<Integer> seats) {
                this.spec = spec;
                this.seats = seats;
                credentials = StepRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .setMinReady(way.minReady())
                        .build();
            }

            /** By seat, by lane. */
            List<List<List<String>>> play(int lanes, boolean kills) throws InterruptedException {
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
                    Channel channel = lives.channel();
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

            private StepResponse answer(StepRequest request, Channel channel) {
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
