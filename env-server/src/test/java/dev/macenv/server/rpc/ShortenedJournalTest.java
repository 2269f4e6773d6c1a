package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.macenv.recording.Frames;
import dev.macenv.server.rpc.WatchedDisk.Act;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that has become long is shortened to what it comes to, and nobody can tell. */
final class ShortenedJournalTest {
    private static final int LANES = 3;
    private static final int SHORTEN_AT = 6_000; // bytes; a step has some fifty, the session itself a few thousand
    private static final int MOST = 1 << 16;

    @TempDir
    private Path temporary = Path.of("");

    private final AtomicLong nanos = new AtomicLong();
    private final WatchedDisk disk = new WatchedDisk();
    private final List<EnvironmentServer> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private int copies;

    @AfterEach
    void stopServers() {
        disk.before = WatchedDisk.NOBODY;
        disk.after = WatchedDisk.NOBODY;
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(EnvironmentServer::close);
    }

    private Path directory() {
        return temporary.resolve("state");
    }

    private ManagedChannel serve() {
        return serve(directory(), disk);
    }

    private ManagedChannel serve(Path directory, dev.macenv.server.journal.StateDirectory.Opener opener) {
        EnvironmentServer server = Transports.IN_PROCESS.start(
                ProtocolTest.CATALOG,
                ServerOptions.standard()
                        .withManualReaping(nanos::get)
                        .withDurability(new Durability(directory, Duration.ZERO, SHORTEN_AT, MOST, opener)));
        servers.add(server);
        ManagedChannel channel = Transports.IN_PROCESS.connect(server);
        channels.add(channel);
        return channel;
    }

    /** A server that finds what a killed one has left now, and stops when the test does. */
    private ManagedChannel afterKill() {
        return serve(WatchedDisk.afterKill(directory(), temporary.resolve("copy" + copies++)), new WatchedDisk());
    }

    private void stopLast() {
        channels.remove(channels.size() - 1).shutdownNow();
        servers.remove(servers.size() - 1).close();
    }

    private static Path journal(Path directory, Player player) {
        return directory.resolve(player.session.getSession() + ".journal");
    }

    private static GetSessionResponse look(Player player) {
        return player.stub.getSession(GetSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
    }

    /** The answers to so many steps of a session whose server keeps nothing. */
    private List<StepResponse> undisturbed(CreateSessionRequest.Builder request, int steps) {
        EnvironmentServer server = Transports.IN_PROCESS.start(ProtocolTest.CATALOG, ServerOptions.standard());
        servers.add(server);
        channels.add(Transports.IN_PROCESS.connect(server));
        Player player = Player.create(channels.get(channels.size() - 1), request);
        List<StepResponse> answers = new ArrayList<>(List.of(player.collect()));
        while (answers.size() < steps) {
            answers.add(player.answer(player.rows(answers.get(answers.size() - 1))));
        }
        return answers;
    }

    /** The requests that get these answers, when this player sends them. */
    private static List<StepRequest> requests(Player player, List<StepResponse> answers) {
        List<StepRequest> requests = new ArrayList<>(List.of(player.request().build()));
        for (StepResponse answer : answers) {
            requests.add(player.decisions(player.rows(answer))
                    .setStepId(requests.size() + 1)
                    .build());
        }
        return requests;
    }

    /** The session is where it is after this step, with its answer, and goes on as it would have. */
    private static void goesOnFrom(int step, Player again, List<StepRequest> requests, List<StepResponse> answers) {
        assertThat(look(again).getGrant().getLastStepId()).isEqualTo(step);
        StepRequest last = requests.get(step - 1);
        assertThat(again.send(last)).isEqualTo(answers.get(step - 1));
        Refused.by(() -> again.send(last.toBuilder().setMaxTicks(1).build())).is(Code.ABORTED, "STEP_ID_REUSED");
        for (int next = step; next < Math.min(step + 3, answers.size()); next++) {
            assertThat(again.send(requests.get(next))).isEqualTo(answers.get(next));
        }
    }

    // ------------------------------------------------------------------------------------------------ nobody can tell

    @Test
    void aLongRunNeedsLittleRoomAndComesBackFromAnywhere() throws IOException {
        List<StepResponse> answers = undisturbed(Player.relay(LANES, 3), 1200);
        Player player = Player.create(serve(), Player.relay(LANES, 3));
        List<StepRequest> requests = requests(player, answers);
        for (int step = 1; step <= answers.size(); step++) {
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
            assertThat(Files.size(journal(directory(), player))).isLessThan(4 * SHORTEN_AT);
            if (step % 61 == 0) {
                goesOnFrom(step, player.on(afterKill()), requests, answers);
                stopLast();
            }
        }
        assertThat(disk.renames.get()).isGreaterThan(5);
    }

    @Test
    void stepsWithLimitsAndSeatsOneByOneComeBack() {
        CreateSessionRequest.Builder request = Player.relay(LANES, 3);
        List<List<String>> expected = null;
        for (Player.Batching batching :
                List.of(Player.Batching.PLAIN, new Player.Batching(1, 1, true), new Player.Batching(2, 0, true))) {
            int before = disk.renames.get();
            ManagedChannel channel = servers.isEmpty() ? serve() : channels.get(0);
            Player player = Player.create(channel, request);
            List<List<String>> seen = player.play(12, batching);
            expected = expected == null ? seen : expected;
            assertThat(disk.renames.get()).isGreaterThan(before);
            Player again = player.on(afterKill());
            assertThat(look(again).getLanesList()).isEqualTo(look(player).getLanesList());
            StepRequest next = player.request().build(); // asks for what it is owed
            assertThat(again.send(next)).isEqualTo(player.send(next));
            stopLast();
        }
    }

    @Test
    void whatWasAskedForOnceIsAnsweredAgain() {
        CreateSessionRequest.Builder manual =
                Player.relay(LANES, 3).setResetMode(ResetMode.RESET_MODE_MANUAL).setRequestId("mine");
        Player player = Player.create(serve(), manual);
        StepResponse last = player.collect();
        ByteString saved = player.stub
                .snapshot(SnapshotRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .setLane(1)
                        .build())
                .getSnapshot();
        RestoreRequest back = RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(0)
                .setSnapshot(saved)
                .setRequestId("back")
                .build();
        var restored = player.stub.restore(back);
        ResetRequest again = null;
        for (int round = 0; disk.renames.get() < 2; round++) {
            again = ResetRequest.newBuilder()
                    .setSession(player.session.getSession())
                    .setToken(player.session.getToken())
                    .setRequestId("again" + round)
                    .build();
            var unused = player.stub.reset(again);
            last = player.collect();
            last = player.answer(player.rows(last));
        }
        ResetRequest newest = java.util.Objects.requireNonNull(again);
        ManagedChannel later = afterKill();
        Player after = player.on(later);
        assertThat(after.stub.reset(newest)).isEqualTo(player.stub.reset(newest));
        assertThat(after.stub.restore(back)).isEqualTo(restored);
        Refused.by(() -> after.stub.restore(back.toBuilder().setLane(1).build()))
                .is(Code.ABORTED, "REQUEST_ID_REUSED");
        assertThat(Player.create(later, manual).session).isEqualTo(player.session);
        assertThat(after.answer(after.rows(last))).isEqualTo(player.answer(player.rows(last)));
    }

    @Test
    void playersComeBackWithTheirSeatsAnswersAndStepsThatWaitForOthers() {
        AbsencePolicy.Builder byLot = AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        Table table = new Table(
                serve(),
                Player.relay(2, 3)
                        .addSeats(Table.openSeat(0))
                        .addSeats(Table.openSeat(1))
                        .addSeats(Table.optionalSeat(2, byLot)));
        Table.Guest gone = table.seat(2);
        var unused = table.owner.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(gone.joined.getToken())
                .build());
        Table.Guest first = table.seat(table.join(0).setRequestId("first"));
        Duo duo = new Duo(first, table.seat(1), channels.get(0));
        for (int checks = 0; checks < 12 || disk.renames.get() < 2; ) {
            duo.sendIfAnswered(0);
            if (duo.waits(0) && !duo.waits(1) && duo.sent > 100 * checks) {
                look(table.owner); // is answered behind it
                ManagedChannel later = afterKill();
                Player owner = table.owner.on(later);
                assertThat(look(owner).getLanesList())
                        .isEqualTo(look(table.owner).getLanesList());
                new PlayLine(later).send(duo.requests[0]); // waits again, or is answered again
                assertThat(new PlayLine(later).send(duo.requests[1]).await()).isEqualTo(duo.answers[1]);
                duo.sendIfAnswered(1);
                new PlayLine(later).send(duo.requests[1]);
                assertThat(look(owner).getLanesList())
                        .isEqualTo(look(table.owner).getLanesList());
                assertThat(owner.stub.join(table.join(0).setRequestId("first").build()))
                        .isEqualTo(first.joined);
                Refused.by(() -> look(owner, gone.joined.getToken())).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
                stopLast();
                checks++;
            }
            duo.sendIfAnswered(1);
            duo.take(0);
            duo.take(1);
        }
    }

    /** Two players of one table, in one thread. */
    private static final class Duo {
        final StepRequest[] requests = new StepRequest[2];
        final StepResponse[] answers = new StepResponse[2];
        private final List<Table.Guest> guests;
        private final List<PlayLine> lines;
        private final int[] stepId = new int[2];
        private final boolean[] waiting = new boolean[2];
        int sent;

        Duo(Table.Guest first, Table.Guest second, ManagedChannel channel) {
            guests = List.of(first, second);
            lines = List.of(new PlayLine(channel), new PlayLine(channel));
            for (int guest = 0; guest < 2; guest++) {
                StepRequest collect = guests.get(guest).request().build();
                stepId[guest] = 1;
                requests[guest] = collect;
                answers[guest] = lines.get(guest).send(collect).await();
            }
        }

        boolean waits(int guest) {
            return waiting[guest];
        }

        void sendIfAnswered(int guest) {
            if (!waiting[guest]) {
                requests[guest] = decisions(guests.get(guest), answers[guest])
                        .setStepId(++stepId[guest])
                        .build();
                lines.get(guest).send(requests[guest]);
                waiting[guest] = true;
                sent++;
            }
        }

        void take(int guest) {
            StepResponse arrived = waiting[guest] ? lines.get(guest).poll() : null;
            if (arrived != null) {
                assertThat(arrived.hasError()).as("%s", arrived.getError()).isFalse();
                answers[guest] = arrived;
                waiting[guest] = false;
            }
        }
    }

    private static StepRequest.Builder decisions(Table.Guest guest, StepResponse answer) {
        return guest.decisions(new Rows(guest.joined.getSpec(), answer.getEvents()));
    }

    private static GetSessionResponse look(Player player, String token) {
        return player.stub.getSession(GetSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(token)
                .build());
    }

    @Test
    void aShortenedJournalHasNoSecretsAndOpensNothingWithAnotherKey() throws IOException {
        Table table = new Table(serve(), Table.open(Player.relay(1, 3)));
        Table.Guest guest = table.seat(table.join(0).setRequestId("once"));
        Player.create(channels.get(0), Player.relay(1, 3)); // whose journal stays as it is
        while (disk.renames.get() == 0) {
            var unused = table.owner.stub.reset(ResetRequest.newBuilder()
                    .setSession(table.owner.session.getSession())
                    .setToken(table.owner.session.getToken())
                    .build());
        }
        String text = Files.readString(journal(directory(), table.owner), java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain(table.owner.session.getToken(), guest.joined.getToken(), table.invite(0));
        Path copy = WatchedDisk.afterKill(directory(), temporary.resolve("foreign"));
        Files.write(copy.resolve("key"), new byte[32]);
        serve(copy, new WatchedDisk());
        assertThat(servers.get(1).sessionCount()).isZero();
    }

    // ------------------------------------------------------------------------------------------------ dying

    /** What a killed server, and one whose machine lost its power, left at one moment. */
    private record Moment(Path killed, Path cut, int answered) {}

    @Test
    void whoeverDiesWhileAJournalIsShortenedLeavesTheOldOneOrTheNew() throws IOException {
        List<StepResponse> answers = undisturbed(Player.relay(LANES, 3), 300);
        Player player = Player.create(serve(), Player.relay(LANES, 3));
        List<StepRequest> requests = requests(player, answers);
        List<Moment> moments = new ArrayList<>();
        int[] answered = {0};
        WatchedDisk.Watcher keep = (act, file) -> {
            synchronized (moments) {
                boolean shortening = WatchedDisk.isUnfinished(file) || act == Act.RENAME;
                if (shortening && disk.renames.get() < 3) {
                    int number = moments.size();
                    moments.add(new Moment(
                            WatchedDisk.afterKill(directory(), temporary.resolve("killed" + number)),
                            disk.afterPowerCut(directory(), temporary.resolve("cut" + number)),
                            answered[0]));
                }
            }
        };
        disk.before = keep;
        disk.after = keep;
        for (int step = 1; step < answers.size() - 3; step++) {
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
            synchronized (moments) {
                answered[0] = step;
            }
        }
        disk.before = WatchedDisk.NOBODY;
        disk.after = WatchedDisk.NOBODY;
        assertThat(moments).hasSizeGreaterThan(12);
        for (Moment moment : moments) {
            for (Path left : List.of(moment.killed(), moment.cut())) {
                Player again = player.on(serve(left, new WatchedDisk()));
                int step = (int) look(again).getGrant().getLastStepId();
                assertThat(step).as("%s", left).isBetween(Math.max(1, moment.answered()), moment.answered() + 1);
                goesOnFrom(step, again, requests, answers);
                stopLast();
            }
        }
    }

    @Test
    void aSumThatIsTornIsCutOffWhereverItIsTorn() throws IOException {
        List<StepResponse> answers = undisturbed(Player.relay(1, 3), 400);
        disk.before = (act, file) -> {
            if (WatchedDisk.isUnfinished(file)) {
                throw new IOException("No space left on device");
            }
        };
        Player player = Player.create(serve(), Player.relay(1, 3));
        List<StepRequest> requests = requests(player, answers);
        int[] at = null;
        int step = 0;
        while (at == null) {
            step++;
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
            at = sum(Files.readAllBytes(journal(directory(), player)));
        }
        Path torn = WatchedDisk.afterKill(directory(), temporary.resolve("torn"));
        byte[] whole = Files.readAllBytes(journal(torn, player));
        for (int length = at[0];
                length <= at[1];
                length += length > at[0] + 12 && length + 110 < at[1]
                        ? 97
                        : length + 12 < at[1] && length > at[0] + 12 ? 9 : 1) {
            Files.write(journal(torn, player), Arrays.copyOf(whole, length));
            Player again = player.on(serve(torn, new WatchedDisk()));
            int there = (int) look(again).getGrant().getLastStepId();
            goesOnFrom(there, again, requests, answers);
            stopLast();
            Player oncemore = player.on(serve(torn, new WatchedDisk())); // with what was written behind the cut
            goesOnFrom(there + 3, oncemore, requests, answers);
            stopLast();
        }
    }

    /** Where the first sum of a session begins and ends in the file; null if there is none. */
    private static int @org.jspecify.annotations.Nullable [] sum(byte[] file) throws IOException {
        Frames.Reader reader = new Frames.Reader(new ByteArrayInputStream(file));
        int before = (int) reader.soundBytes();
        for (byte[] record = reader.next(); record != null; record = reader.next()) {
            if (RecordingEntry.parseFrom(record).hasLane()) {
                return new int[] {before, (int) reader.soundBytes()};
            }
            before = (int) reader.soundBytes();
        }
        return null;
    }

    // ------------------------------------------------------------------------------------------------ damage

    /** A journal that has been shortened and then gone on for some steps, and what was answered. */
    private record Shortened(
            Player player, List<StepRequest> requests, List<StepResponse> answers, int step, Path state, byte[] file) {
        /** Where records begin, and the last one ends. */
        List<Integer> boundaries() {
            List<Integer> boundaries = new ArrayList<>();
            ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
            int at = Frames.MAGIC_BYTES;
            while (at < file.length) {
                boundaries.add(at);
                at += Frames.OVERHEAD + bytes.getInt(at);
            }
            boundaries.add(at);
            return boundaries;
        }
    }

    private Shortened shortened() throws IOException {
        List<StepResponse> answers = undisturbed(Player.relay(1, 3), 400);
        ManagedChannel channel = serve();
        Player player = Player.create(channel, Player.relay(1, 3));
        List<StepRequest> requests = requests(player, answers);
        int step = 0;
        for (int more = 0; more < 3; ) {
            more += disk.renames.get() > 0 ? 1 : 0;
            step++;
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
        }
        Player.create(channel, Player.relay(1, 4)); // whose journal nothing happens to
        Path state = WatchedDisk.afterKill(directory(), temporary.resolve("damaged"));
        return new Shortened(player, requests, answers, step, state, Files.readAllBytes(journal(state, player)));
    }

    @Test
    void aTornLastRecordBehindASumIsCutOffWhereverItIsTorn() throws IOException {
        Shortened journal = shortened();
        List<Integer> boundaries = journal.boundaries();
        assertThat(boundaries).hasSizeGreaterThan(4); // header, sum, steps, and the end
        for (int length = boundaries.get(boundaries.size() - 2); length <= journal.file().length; length++) {
            int intact = journal.step() - (length < journal.file().length ? 1 : 0);
            Files.write(journal(journal.state(), journal.player()), Arrays.copyOf(journal.file(), length));
            Player again = journal.player().on(serve(journal.state(), new WatchedDisk()));
            goesOnFrom(intact, again, journal.requests(), journal.answers());
            stopLast();
            Player oncemore = journal.player().on(serve(journal.state(), new WatchedDisk()));
            goesOnFrom(intact + 3, oncemore, journal.requests(), journal.answers());
            stopLast();
        }
    }

    @Test
    void whereverAShortenedJournalIsDamagedItsSessionIsSoundOrRefusedAndTheOthersAreServed() throws IOException {
        Shortened journal = shortened();
        List<Integer> boundaries = journal.boundaries();
        for (int record = -1; record < boundaries.size() - 1; record++) {
            int begin = record < 0 ? 0 : boundaries.get(record);
            int end = boundaries.get(record + 1);
            for (int at : new int[] {begin, begin + 3, begin + 4, begin + 7, Math.min(begin + 8, end - 1), end - 1}) {
                byte[] damaged = journal.file().clone();
                damaged[at] ^= (byte) 0x55;
                Path file = journal(journal.state(), journal.player());
                Files.write(file, damaged);
                Player again = journal.player().on(serve(journal.state(), new WatchedDisk()));
                boolean lost = record < 2; // the beginning of the file, the header, the sum
                assertThat(servers.get(servers.size() - 1).sessionCount())
                        .as("with byte %d of record %d damaged", at - begin, record)
                        .isEqualTo(lost ? 1 : 2);
                if (lost) {
                    Refused.by(() -> look(again)).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
                    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
                } else {
                    int behindSum = boundaries.size() - 3;
                    goesOnFrom(journal.step() - behindSum + record - 2, again, journal.requests(), journal.answers());
                }
                stopLast();
            }
        }
    }

    @Test
    void aForkWhoseFirstSnapshotIsDamagedIsRefused() throws IOException {
        Player player = Player.create(serve(), Player.relay(2, 3));
        player.collect();
        ByteString saved = player.stub
                .snapshot(SnapshotRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getSnapshot();
        Player fork = Player.create(channels.get(0), Player.relay(2).setSnapshot(saved));
        Path state = WatchedDisk.afterKill(directory(), temporary.resolve("damaged"));
        byte[] file = Files.readAllBytes(journal(state, fork));
        int at = Frames.MAGIC_BYTES;
        for (int record = 0; record < 3; record++) { // header, and a copy for each lane
            byte[] damaged = file.clone();
            damaged[at + Frames.OVERHEAD] ^= 1;
            Files.write(journal(state, fork), damaged);
            serve(state, new WatchedDisk());
            assertThat(servers.get(servers.size() - 1).sessionCount())
                    .as("record %d", record)
                    .isEqualTo(1);
            stopLast();
            at += Frames.OVERHEAD
                    + ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
        }
    }

    // ------------------------------------------------------------------------------------------------ full disks

    @Test
    void aDiskThatIsFullWhileAJournalIsShortenedCostsNothing() throws IOException {
        List<StepResponse> answers = undisturbed(Player.relay(LANES, 3), 600);
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicLong failures = new AtomicLong();
        disk.after = (act, file) -> { // when half of it has been written
            if (full.get() && act == Act.APPEND && WatchedDisk.isUnfinished(file)) {
                failures.incrementAndGet();
                throw new IOException("No space left on device");
            }
        };
        Player player = Player.create(serve(), Player.relay(LANES, 3));
        List<StepRequest> requests = requests(player, answers);
        int step = 0;
        while (failures.get() < 3) {
            step++;
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
        }
        assertThat(disk.renames.get()).isZero();
        goesOnFrom(step, player.on(afterKill()), requests, answers);
        stopLast();
        full.set(false);
        while (disk.renames.get() == 0) {
            step++;
            assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
        }
        goesOnFrom(step, player.on(afterKill()), requests, answers);
        try (var files = Files.list(directory())) {
            assertThat(files.filter(WatchedDisk::isUnfinished)).isEmpty();
        }
    }

    @Test
    void aSessionWhoseJournalCouldNotBeShortenedInTimeGoesOnWhenItCanBe() {
        AtomicBoolean full = new AtomicBoolean(true);
        disk.before = (act, file) -> {
            if (full.get() && WatchedDisk.isUnfinished(file)) {
                throw new IOException("No space left on device");
            }
        };
        Player player = Player.create(serve(), Player.relay(LANES, 3));
        StepResponse last = player.collect();
        StepRequest request = null;
        while (request == null) {
            StepRequest next = player.decisions(player.rows(last)).build();
            try {
                last = player.step(next.toBuilder());
            } catch (StatusRuntimeException refused) {
                request = next;
            }
        }
        StepRequest waiting = request;
        Refused.by(() -> player.send(waiting))
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "journal")
                .quota();
        full.set(false);
        StepResponse taken = null;
        while (taken == null) {
            try {
                taken = player.step(waiting.toBuilder());
            } catch (StatusRuntimeException refused) { // it is being shortened
                assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
            }
        }
        assertThat(player.on(afterKill()).send(waiting)).isEqualTo(taken);
    }

    // ------------------------------------------------------------------------------------------------ others

    @Test
    void whileOneJournalIsShortenedOnlyItsOwnSessionWaits() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.before = (act, file) -> {
            if (act == Act.FORCE && WatchedDisk.isUnfinished(file)) {
                begun.countDown();
                await(goOn);
            }
        };
        ManagedChannel channel = serve();
        Player other = Player.create(channel, Player.relay(LANES, 4));
        StepResponse ofOther = other.collect();
        List<StepResponse> answers = undisturbed(Player.relay(LANES, 3), 400);
        Player player = Player.create(channel, Player.relay(LANES, 3));
        List<StepRequest> requests = requests(player, answers);
        CompletableFuture<Void> play = CompletableFuture.runAsync(() -> {
            for (int step = 1; step <= answers.size(); step++) {
                assertThat(player.send(requests.get(step - 1))).isEqualTo(answers.get(step - 1));
            }
        });
        await(begun);
        for (int i = 0; i < 20; i++) {
            ofOther = other.answer(other.rows(ofOther));
        }
        Player.create(channel, Player.relay(LANES, 5)).collect();
        assertThat(CatalogServiceGrpc.newBlockingStub(channel)
                        .getServerInfo(GetServerInfoRequest.getDefaultInstance())
                        .getFeaturesList())
                .contains("journal");
        assertThat(play).isNotDone();
        goOn.countDown();
        play.join();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException(e));
        }
    }

    // ------------------------------------------------------------------------------------------------ who keeps all

    @Test
    void anEnvironmentThatCannotBeSavedKeepsItsWholeJournalUpToTheBound() {
        Player player = Player.create(serve(), Player.faulty("unsaved", 1));
        StepResponse last = player.collect();
        StepRequest request = null;
        while (request == null) {
            StepRequest next = player.decisions(player.rows(last)).build();
            try {
                last = player.step(next.toBuilder());
            } catch (StatusRuntimeException refused) {
                request = next;
            }
        }
        StepRequest refusedOne = request;
        Refused.by(() -> player.send(refusedOne))
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "journal");
        assertThat(disk.renames.get()).isZero();
        assertThat(look(player.on(afterKill())).getGrant().getLastStepId()).isEqualTo(refusedOne.getStepId() - 1);
    }

    @Test
    void aRecordedSessionKeepsItsWholeJournalFromWhichTheRecordingComesBack() throws IOException {
        Player player = Player.create(
                serve(),
                Player.relay(LANES, 3)
                        .setRecording(RecordingOptions.newBuilder().setMode(RecordingMode.RECORDING_MODE_EVENTS)));
        StepResponse last = player.collect();
        while (Files.size(journal(directory(), player)) < 3 * SHORTEN_AT) {
            last = player.answer(player.rows(last));
        }
        assertThat(disk.renames.get()).isZero();
        assertThat(recording(player.on(afterKill()))).isEqualTo(recording(player));
    }

    private static List<ByteString> recording(Player player) {
        List<ByteString> pieces = new ArrayList<>();
        player.stub
                .fetchRecording(FetchRecordingRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .forEachRemaining(piece -> pieces.add(piece.getData()));
        return pieces;
    }
}
