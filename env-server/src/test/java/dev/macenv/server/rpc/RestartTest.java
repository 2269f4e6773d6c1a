package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.protobuf.ByteString;
import dev.macenv.recording.Frames;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.AppendFile;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.GetServerInfoRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server with a state directory comes back with its sessions, whenever its last life ended. */
final class RestartTest {
    private static final int LANES = 3;

    @TempDir
    private Path temporary = Path.of("");

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicBoolean diskFull = new AtomicBoolean();
    private final List<EnvironmentServer> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void stopServers() {
        diskFull.set(false);
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(EnvironmentServer::close);
    }

    private Path directory() {
        return temporary.resolve("state");
    }

    private Durability durability(Path directory) {
        return new Durability(
                directory, Duration.ZERO, 1 << 20, 1 << 20, file -> new Disk(StateDirectory.Opener.FILES.open(file)));
    }

    /** A disk that is full when the test says so: then half of what is written fits. */
    private final class Disk implements AppendFile {
        private final AppendFile file;

        Disk(AppendFile file) {
            this.file = file;
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            if (diskFull.get()) {
                file.append(bytes.slice(0, bytes.remaining() / 2));
                throw new IOException("No space left on device");
            }
            file.append(bytes);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long length) throws IOException {
            file.truncate(length);
        }

        @Override
        public void takeNameOf(Path other) throws IOException {
            file.takeNameOf(other);
        }

        @Override
        public void close(boolean remove) throws IOException {
            file.close(remove);
        }
    }

    private ManagedChannel serve(Path directory) {
        return serve(directory, ProtocolTest.CATALOG);
    }

    private ManagedChannel serve(Path directory, Catalog catalog) {
        EnvironmentServer server = Transports.IN_PROCESS.start(
                catalog, ServerOptions.standard().withManualReaping(nanos::get).withDurability(durability(directory)));
        servers.add(server);
        ManagedChannel channel = Transports.IN_PROCESS.connect(server);
        channels.add(channel);
        return channel;
    }

    /** What is on the disk now, as a machine finds it that was switched off. */
    private Path copyOfDisk(String name) {
        Path copy = temporary.resolve(name);
        try (Stream<Path> files = Files.list(directory())) {
            Files.createDirectory(copy);
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
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

    private static ResetRequest.Builder reset(Player player) {
        return ResetRequest.newBuilder().setSession(player.session.getSession()).setToken(player.session.getToken());
    }

    // ------------------------------------------------------------------------------------------------ coming back

    @Test
    void whateverStepWasTheLastTheGameGoesOnAsIfNothingHadHappened() {
        List<StepResponse> undisturbed =
                play(Player.create(serve(temporary.resolve("other")), Player.relay(LANES, 3)), 64);
        Player player = Player.create(serve(directory()), Player.relay(LANES, 3));
        StepResponse last = player.collect();
        for (int step = 1; step < 60; step++) {
            StepRequest request = player.decisions(player.rows(last)).build();
            last = player.step(request.toBuilder());
            assertThat(last).isEqualTo(undisturbed.get(step));
            if (step % 7 == 0) {
                Player again = player.on(serve(copyOfDisk("after" + step)));
                assertThat(look(again).getGrant().getLastStepId()).isEqualTo(request.getStepId());
                assertThat(again.send(request)).isEqualTo(last); // the stored answer
                Refused.by(() -> again.send(request.toBuilder().setMaxTicks(1).build()))
                        .is(Code.ABORTED, "STEP_ID_REUSED");
                StepResponse next = last;
                for (int more = 1; more <= 3; more++) {
                    next = again.answer(again.rows(next));
                    assertThat(next).isEqualTo(undisturbed.get(step + more));
                }
            }
        }
    }

    private static List<StepResponse> play(Player player, int steps) {
        List<StepResponse> answers = new ArrayList<>(List.of(player.collect()));
        while (answers.size() < steps) {
            answers.add(player.answer(player.rows(answers.get(answers.size() - 1))));
        }
        return answers;
    }

    @Test
    void aStoppedServerComesBackWithItsSessionsAndAClosedOneIsGone() {
        ManagedChannel channel = serve(directory());
        Player player = Player.create(channel, Player.relay(LANES, 3).setRequestId("mine"));
        Player closed = Player.create(channel, Player.relay(1, 3));
        StepResponse first = player.collect();
        var unused = closed.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(closed.session.getSession())
                .setToken(closed.session.getToken())
                .build());
        servers.get(0).close();
        assertThat(journal(directory(), player)).exists();
        assertThat(journal(directory(), closed)).doesNotExist();
        ManagedChannel later = serve(directory());
        assertThat(servers.get(1).sessionCount()).isEqualTo(1);
        Player again = player.on(later);
        assertThat(again.answer(again.rows(first)).getEvents().getRows()).isPositive();
        assertThat(Player.create(later, Player.relay(LANES, 3).setRequestId("mine")).session)
                .isEqualTo(player.session);
        Refused.by(() -> Player.create(later, Player.relay(2, 3).setRequestId("mine")))
                .is(Code.ABORTED, "REQUEST_ID_REUSED");
    }

    @Test
    void resetsRestoresAndForksComeBackAndCanBeAskedForAgain() {
        Player player = Player.create(serve(directory()), Player.relay(LANES, 3));
        var unused = player.answer(player.rows(player.collect()));
        ByteString saved = player.stub
                .snapshot(SnapshotRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .setLane(1)
                        .build())
                .getSnapshot();
        Player fork = Player.create(channels.get(0), Player.relay(2).setSnapshot(saved));
        StepResponse forked = fork.collect();
        ResetRequest again = reset(player).setRequestId("again").build();
        RestoreRequest back = RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(0)
                .setSnapshot(saved)
                .setRequestId("start") // a word that the journal knows, too
                .build();
        var started = player.stub.reset(again);
        var restored = player.stub.restore(back);
        StepRequest request = player.request().build();
        StepResponse last = player.step(request.toBuilder());
        ManagedChannel later = serve(copyOfDisk("later"));
        Player after = player.on(later);
        assertThat(after.stub.reset(again)).isEqualTo(started);
        assertThat(after.stub.restore(back)).isEqualTo(restored);
        assertThat(after.send(request)).isEqualTo(last);
        Player forkAfter = fork.on(later);
        assertThat(forkAfter.answer(forkAfter.rows(forked))).isEqualTo(fork.answer(fork.rows(forked)));
        assertThat(after.answer(after.rows(last))).isEqualTo(player.answer(player.rows(last)));
    }

    @Test
    void playersComeBackWithTheirSeatsTokensAndStepsThatWaitForOthers() {
        AbsencePolicy.Builder byLot = AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        CreateSessionRequest.Builder request = Player.relay(1, 3)
                .addSeats(Table.openSeat(0))
                .addSeats(Table.openSeat(1))
                .addSeats(Table.optionalSeat(2, byLot));
        Table table = new Table(serve(directory()), request);
        Table.Guest first = table.seat(table.join(0).setRequestId("first"));
        Table.Guest second = table.seat(1);
        StepRequest decision = first.decisions(first.collect()).build();
        first.send(decision.toBuilder()); // waits for the second
        Rows asked = second.collect();
        table.look(first.joined.getToken()); // is answered behind what was sent before
        StepRequest other = second.decisions(asked).build();

        ManagedChannel later = serve(copyOfDisk("later"));
        new PlayLine(later).send(decision); // waits again
        new PlayLine(later).send(other);
        second.send(other.toBuilder());
        GetSessionResponse there = look(table.owner.on(later));
        assertThat(there.getLanes(0).getTick()).isPositive();
        assertThat(there.getLanes(0)).isEqualTo(look(table.owner).getLanes(0));
        assertThat(table.owner
                        .on(later)
                        .stub
                        .join(table.join(0).setRequestId("first").build()))
                .isEqualTo(first.joined);
    }

    @Test
    void spectatorsAreToldThatTheServerGoesDownAndLookOnAtTheNextOne() {
        Table table = new Table(serve(directory()), Player.relay(LANES, 3).addInvites(InviteOptions.newBuilder()));
        WatchRequest request = WatchRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(table.seat(0).joined.getToken())
                .build();
        StepResponse last = table.owner.collect();
        WatchLine reader = new WatchLine(channels.get(0), request);
        assertThat(reader.read().getEvents().getRows()).isEqualTo(LANES);
        servers.get(0).close();
        Refused.end(reader).is(Code.UNAVAILABLE, "DRAINING").retry();

        ManagedChannel later = serve(directory());
        WatchLine again = new WatchLine(later, request);
        assertThat(new Rows(table.owner.spec(), again.read().getEvents()).count())
                .isEqualTo(LANES);
        Player owner = table.owner.on(later);
        Rows next = owner.rows(owner.answer(owner.rows(last)));
        Rows seen = new Rows(table.owner.spec(), again.read().getEvents());
        assertThat(seen.tick(0)).isEqualTo(next.tick(0)).isPositive();
    }

    @Test
    void aRecordingComesBackByteForByte() {
        Player player = Player.create(
                serve(directory()),
                Player.relay(LANES, 3)
                        .setRecording(RecordingOptions.newBuilder().setMode(RecordingMode.RECORDING_MODE_EVENTS)));
        play(player, 20);
        assertThat(recording(player.on(serve(copyOfDisk("later"))))).isEqualTo(recording(player));
    }

    private static byte[] recording(Player player) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        player.stub
                .fetchRecording(FetchRecordingRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .forEachRemaining((FetchRecordingResponse piece) ->
                        file.writeBytes(piece.getData().toByteArray()));
        return file.toByteArray();
    }

    @Test
    void leasesBeginAnew() {
        Player player = Player.create(serve(directory()), Player.relay(1, 3));
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        ManagedChannel later = serve(copyOfDisk("later"));
        assertThat(servers.get(1).reap()).isZero();
        assertThat(look(player.on(later)).getLeaseRemaining().getSeconds()).isEqualTo(600);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThat(servers.get(1).reap()).isEqualTo(1);
        servers.get(1).close();
        assertThat(journal(temporary.resolve("later"), player)).doesNotExist();
    }

    /** It closes behind what its lanes do, and the journal has to hear of it. */
    @Test
    void whatIsClosedWhileItsLanesRunStaysClosedThoughTheServerStops() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        Catalog catalog = Catalog.of(new RelayProvider(() -> {
            running.countDown();
            Uninterruptibles.awaitUninterruptibly(released);
            return 0;
        }));
        Player player = Player.create(serve(directory(), catalog), Player.relay(1, 3));
        StepRequest request = player.decisions(player.rows(player.collect())).build();
        player.onStream();
        player.line().send(request);
        running.await();
        var unused = player.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
        Thread stopping = new Thread(servers.get(0)::close);
        stopping.start();
        stopping.join(300); // in vain: the journals wait for the lanes
        released.countDown();
        stopping.join();
        assertThat(journal(directory(), player)).doesNotExist();
    }

    // ------------------------------------------------------------------------------------------------ the files

    @Test
    void aTornLastRecordIsCutOffWhereverItIsTorn() throws IOException {
        Player player = Player.create(serve(directory()), Player.relay(1, 3));
        StepResponse before = player.collect();
        StepRequest request = player.decisions(player.rows(before)).build();
        int sound = Files.readAllBytes(journal(directory(), player)).length;
        StepResponse expected = player.step(request.toBuilder());
        byte[] whole = Files.readAllBytes(journal(directory(), player));
        assertThat(whole.length).isGreaterThan(sound + Frames.OVERHEAD);
        Path torn = copyOfDisk("torn");
        for (int length = sound; length <= whole.length; length++) {
            Files.write(journal(torn, player), Arrays.copyOf(whole, length));
            Player again = player.on(serve(torn));
            boolean taken = length == whole.length;
            assertThat(look(again).getGrant().getLastStepId()).isEqualTo(taken ? 2 : 1);
            assertThat(again.send(request)).isEqualTo(expected); // done now, or done before
            servers.get(servers.size() - 1).close();
            assertThat(Files.readAllBytes(journal(torn, player))).isEqualTo(whole);
        }
    }

    @Test
    void aDamagedOrForeignJournalCostsNoOtherSession() throws IOException {
        ManagedChannel channel = serve(directory());
        Player damaged = Player.create(channel, Player.relay(1, 3));
        Player sound = Player.create(channel, Player.relay(1, 4));
        StepResponse last = sound.collect();
        Path copy = copyOfDisk("copy");
        byte[] bytes = Files.readAllBytes(journal(copy, damaged));
        bytes[20] ^= 1; // in the header, without which there is nothing
        Files.write(journal(copy, damaged), bytes);
        Files.writeString(copy.resolve("0123456789abcdef.journal"), "no journal");
        Files.copy(journal(copy, sound), copy.resolve("fedcba9876543210.journal"));
        Player again = sound.on(serve(copy));
        assertThat(servers.get(1).sessionCount()).isEqualTo(1);
        assertThat(again.answer(again.rows(last)).getEvents().getRows()).isPositive();
        assertThat(Files.readAllBytes(journal(copy, damaged))).isEqualTo(bytes);
        Refused.by(() -> look(damaged.on(channels.get(1)))).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
    }

    @Test
    void aDirectoryWithAnotherKeyOpensNothing() throws IOException {
        Player player = Player.create(serve(directory()), Player.relay(1, 3));
        player.collect();
        Path copy = copyOfDisk("copy");
        Files.write(copy.resolve("key"), new byte[32]);
        serve(copy);
        assertThat(servers.get(1).sessionCount()).isZero();
    }

    @Test
    void onlyTheServersUserMayReadAndNoTokenIsThere() throws IOException {
        Table table = new Table(serve(directory()), Table.open(Player.relay(1, 3)));
        Table.Guest guest = table.seat(0);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())))
                .isEqualTo("rwx------");
        try (Stream<Path> files = Files.list(directory())) {
            for (Path file : files.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .as("%s", file)
                        .isEqualTo("rw-------");
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .doesNotContain(table.owner.session.getToken(), guest.joined.getToken(), table.invite(0));
            }
        }
    }

    @Test
    void twoServersCannotHaveOneDirectory() {
        serve(directory());
        assertThatThrownBy(() -> serve(directory()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("another server keeps its sessions there");
    }

    // ------------------------------------------------------------------------------------------------ full disks

    @Test
    void aFullDiskRefusesWhatIsNewAndCostsNothing() throws IOException {
        List<StepResponse> undisturbed =
                play(Player.create(serve(temporary.resolve("other")), Player.relay(LANES, 3)), 8);
        Player player = Player.create(serve(directory()), Player.relay(LANES, 3));
        player.collect();
        StepResponse last = player.answer(player.rows(undisturbed.get(0)));
        diskFull.set(true);
        StepRequest request = player.decisions(player.rows(last)).build();
        for (int attempt = 0; attempt < 3; attempt++) {
            Refused.by(() -> player.send(request))
                    .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                    .metadata("limit", "journal")
                    .quota()
                    .retry();
        }
        Path meanwhile = copyOfDisk("meanwhile");
        diskFull.set(false);
        StepResponse next = sendUntilTaken(player, request);
        assertThat(next).isEqualTo(undisturbed.get(2));
        for (int step = 3; step < 8; step++) {
            next = player.answer(player.rows(next));
            assertThat(next).isEqualTo(undisturbed.get(step));
        }
        Path afterwards = copyOfDisk("afterwards");
        for (Path copy : List.of(meanwhile, afterwards)) {
            Player again = player.on(serve(copy));
            assertThat(look(again).getGrant().getLastStepId()).isEqualTo(copy.equals(meanwhile) ? 2 : 8);
        }
        Frames.Reader reader =
                new Frames.Reader(new ByteArrayInputStream(Files.readAllBytes(journal(afterwards, player))));
        while (reader.next() != null) {}
        assertThat(reader.soundBytes()).isEqualTo(Files.size(journal(afterwards, player)));
    }

    /** The first request after a failure has writing tried again, and may itself still be refused. */
    private static StepResponse sendUntilTaken(Player player, StepRequest request) {
        for (int attempt = 0; ; attempt++) {
            try {
                return player.step(request.toBuilder());
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
                assertThat(attempt).as("attempts").isLessThan(10_000);
            }
        }
    }

    @Test
    void theServerSaysThatItsSessionsOutliveIt() {
        assertThat(CatalogServiceGrpc.newBlockingStub(serve(directory()))
                        .getServerInfo(GetServerInfoRequest.getDefaultInstance())
                        .getFeaturesList())
                .contains("journal");
    }
}
