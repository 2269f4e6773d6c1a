package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.macenv.recording.Frames;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.RecordingEntry;
import dev.macenv.v1.RecordingEntry.EntryCase;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A session that is recorded can be fetched as a file, and playing that file again brings every byte of it. */
final class RecordingTest {
    private static final int LANES = 3;

    private final AtomicLong nanos = new AtomicLong();
    private final EnvironmentServer server = Transports.TCP.start(
            ProtocolTest.CATALOG,
            ServerOptions.standard()
                    .withManualReaping(nanos::get)
                    .withLimits(SessionLimits.STANDARD.withRecordings(new SessionLimits.Recordings(1 << 20, 3 << 20))));
    private final ManagedChannel channel = Transports.TCP.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    private static CreateSessionRequest.Builder recorded(RecordingMode mode) {
        return Player.relay(LANES, 3)
                .setRequestId("mine")
                .setRecording(RecordingOptions.newBuilder().setMode(mode).setPrivileged(true));
    }

    private static FetchRecordingRequest.Builder wish(Player player) {
        return FetchRecordingRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken());
    }

    private byte[] fetch(Player player) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        Iterator<FetchRecordingResponse> pieces = SessionServiceGrpc.newBlockingStub(channel)
                .fetchRecording(wish(player).build());
        while (pieces.hasNext()) {
            FetchRecordingResponse piece = pieces.next();
            assertThat(piece.getOffset()).isEqualTo(file.size());
            assertThat(piece.getData().size()).isLessThanOrEqualTo(64 << 10);
            file.writeBytes(piece.getData().toByteArray());
        }
        return file.toByteArray();
    }

    private static List<RecordingEntry> entries(byte[] file) throws IOException {
        Frames.Reader reader = new Frames.Reader(new ByteArrayInputStream(file));
        List<RecordingEntry> entries = new ArrayList<>();
        for (byte[] record = reader.next(); record != null; record = reader.next()) {
            entries.add(RecordingEntry.parseFrom(record));
        }
        assertThat(reader.soundBytes()).isEqualTo(file.length);
        return entries;
    }

    private static RecordingReplay.Report replay(byte[] file) throws IOException {
        return new RecordingReplay(ProtocolTest.CATALOG).verify(new ByteArrayInputStream(file));
    }

    private void close(Player player) {
        var unused = player.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build());
    }

    // ------------------------------------------------------------------------------------------------ replaying

    @ParameterizedTest
    @EnumSource(names = {"RECORDING_MODE_DECISIONS", "RECORDING_MODE_EVENTS"})
    void aRecordingPlaysAgainByteForByte(RecordingMode mode) throws IOException {
        Player player = Player.create(channel, recorded(mode));
        player.play(4, Player.Batching.PLAIN);
        RecordingReplay.Report report = replay(fetch(player));
        assertThat(report.difference()).isEmpty();
        assertThat(report.entries()).isGreaterThan(20);
        assertThat(report.rows() > 0).isEqualTo(mode == RecordingMode.RECORDING_MODE_EVENTS);
    }

    @Test
    void tickLimitsResetsAndRestoredLanesPlayAgain() throws IOException {
        Player player = Player.create(channel, recorded(RecordingMode.RECORDING_MODE_EVENTS));
        player.play(1, new Player.Batching(2, 1, true));
        ByteString saved = player.stub
                .snapshot(SnapshotRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .setLane(1)
                        .build())
                .getSnapshot();
        ResetRequest.Builder reset = ResetRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken());
        var first = player.stub.reset(reset.clone().addLanes(2).addSeeds(9).build());
        var second =
                player.stub.reset(reset.clone().addLanes(0).addEpisodeSeeds(5).build());
        var third = player.stub.reset(reset.clone().addLanes(0).build());
        assertThat(List.of(first.getStartedCount(), second.getStartedCount(), third.getStartedCount()))
                .containsOnly(1);
        player.answer(player.rows(player.collect()));
        var back = player.stub.restore(RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(0)
                .setSnapshot(saved)
                .build());
        assertThat(back.getTick()).isNotNegative();
        player.answer(player.rows(player.collect()));
        assertThat(replay(fetch(player)).difference()).isEmpty();
    }

    @Test
    void playersWhoComeGoAndAreAbsentPlayAgain() throws IOException {
        AbsencePolicy.Builder byLot = AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        CreateSessionRequest.Builder request = recorded(RecordingMode.RECORDING_MODE_EVENTS);
        for (int seat = 0; seat < 3; seat++) {
            request.addSeats(Table.optionalSeat(seat, byLot));
        }
        Table table = new Table(channel, request);
        Table.Way unary = new Table.Way(0, 0, true, false);
        Table.Guest first = table.seat(table.join(0).setRequestId("first"));
        first.play(LANES, 1, unary); // the others are not there
        Table.Guest second = table.seat(1);
        assertThat(second.step(second.request(), unary).count()).isPositive(); // and decides nothing
        for (int i = 0; i < 3; i++) {
            nanos.addAndGet(Duration.ofMinutes(9).toNanos()); // until the second has lapsed
            table.look(table.owner.session.getToken());
            table.look(first.joined.getToken());
        }
        server.reap();
        first.play(LANES, 3, unary);
        table.look(second.joined.getToken());
        first.step(first.request(), unary);
        var gone = table.owner.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(second.joined.getToken())
                .build());
        assertThat(gone.getSerializedSize()).isZero();
        first.play(LANES, 5, unary);
        close(table.owner);
        byte[] file = fetch(table.owner);
        assertThat(entries(file)).extracting(RecordingEntry::getEntryCase).contains(EntryCase.CLOSE);
        assertThat(entries(file))
                .filteredOn(RecordingEntry::hasGrant)
                .hasSize(6); // 3 came, one lapsed, came back, left
        assertThat(replay(file).difference()).isEmpty();
    }

    @Test
    void aRecordingThatSaysSomethingElseIsFoundOut() throws IOException {
        Player player = Player.create(channel, recorded(RecordingMode.RECORDING_MODE_EVENTS));
        player.play(1, Player.Batching.PLAIN);
        ByteArrayOutputStream forged = new ByteArrayOutputStream();
        forged.writeBytes(Frames.magic());
        List<RecordingEntry> entries = entries(fetch(player));
        int last = entries.size() - 1;
        for (int i = 0; i <= last; i++) {
            RecordingEntry entry = entries.get(i);
            if (i == last) {
                EventBatch events = entry.getEvents();
                entry = entry.toBuilder()
                        .setEvents(events.toBuilder().setJointReward(0, events.getJointReward(0) + 1))
                        .build();
            }
            forged.writeBytes(Frames.frame(entry.toByteArray()));
        }
        assertThat(replay(forged.toByteArray()).difference())
                .hasValueSatisfying(difference -> assertThat(difference).contains("entry " + last));
    }

    // ------------------------------------------------------------------------------------------------ fetching

    @Test
    void aRecordingNamesNobodyAndHasNoSecrets() throws IOException {
        Table table = new Table(channel, Table.open(recorded(RecordingMode.RECORDING_MODE_EVENTS)));
        Table.Guest guest = table.seat(table.join(0).setRequestId("guests"));
        byte[] file = fetch(table.owner);
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertThat(text)
                .doesNotContain(table.owner.session.getToken(), guest.joined.getToken(), table.invite(0))
                .doesNotContain("mine", "guests", "anybody");
        assertThat(entries(file))
                .allSatisfy(
                        entry -> assertThat(entry.getGrant().getTokenSha256()).isEqualTo(ByteString.EMPTY));
    }

    @Test
    void whatWasFetchedIsGoneOnWithAndCompleteOnceTheSessionHasClosed() throws IOException {
        Player player = Player.create(channel, recorded(RecordingMode.RECORDING_MODE_EVENTS));
        player.collect();
        byte[] early = fetch(player);
        player.play(1, Player.Batching.PLAIN);
        close(player);
        byte[] whole = fetch(player);
        assertThat(whole).startsWith(early);
        assertThat(entries(whole).get(entries(whole).size() - 1).getClose().getCause())
                .isEqualTo("OWNER");
        List<FetchRecordingResponse> rest = new ArrayList<>();
        player.stub.fetchRecording(wish(player).setOffset(early.length).build()).forEachRemaining(rest::add);
        assertThat(rest.get(rest.size() - 1).getComplete()).isTrue();
        assertThat(rest.get(0).getOffset()).isEqualTo(early.length);
    }

    @Test
    void aLongRecordingComesInPiecesAsTheyAreAskedFor() {
        Player player = Player.create(channel, recorded(RecordingMode.RECORDING_MODE_EVENTS));
        StepResponse last = player.collect();
        while (fetch(player).length < 300_000) {
            for (int i = 0; i < 300; i++) {
                last = player.answer(player.rows(last));
            }
        }
        Iterator<FetchRecordingResponse> pieces =
                player.stub.fetchRecording(wish(player).build());
        int count = 0;
        while (pieces.hasNext()) { // asks for one at a time
            assertThat(pieces.next().getOffset()).isEqualTo((long) count << 16);
            count++;
        }
        assertThat(count).isGreaterThan(4);
    }

    @Test
    void aFullRecordingStopsAndTheSessionGoesOn() throws IOException {
        Player player = Player.create(
                channel,
                Player.relay(LANES, 3)
                        .setRecording(RecordingOptions.newBuilder()
                                .setMode(RecordingMode.RECORDING_MODE_EVENTS)
                                .setMaxBytes(20_000)));
        player.play(20, Player.Batching.PLAIN);
        byte[] file = fetch(player);
        assertThat(file.length).isBetween(10_000, 20_000);
        assertThat(replay(file).difference()).isEmpty();
    }

    // ------------------------------------------------------------------------------------------------ refusing

    @Test
    void onlyTheOwnerMayFetchAndOnlyWhatThereIs() {
        Table table = new Table(channel, Table.open(recorded(RecordingMode.RECORDING_MODE_DECISIONS)));
        Table.Guest guest = table.seat(0);
        SessionServiceGrpc.SessionServiceBlockingStub stub = table.owner.stub;
        Refused.by(() -> stub.fetchRecording(wish(table.owner)
                                .setToken(guest.joined.getToken())
                                .build())
                        .hasNext())
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
        Refused.by(() -> stub.fetchRecording(wish(table.owner).setToken("wrong").build())
                        .hasNext())
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Refused.by(() -> stub.fetchRecording(
                                wish(table.owner).setOffset(1 << 30).build())
                        .hasNext())
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("offset");
        Player unrecorded = Player.create(channel, Player.relay(1, 1));
        Refused.by(() -> stub.fetchRecording(wish(unrecorded).build()).hasNext())
                .is(Code.NOT_FOUND, "RECORDING_NOT_FOUND")
                .metadata("session", unrecorded.session.getSession());
    }

    @Test
    void roomForRecordingsIsTakenAtTheStartAndThatOfClosedSessionsGivenAway() {
        List<Player> players = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            players.add(Player.create(
                    channel, recorded(RecordingMode.RECORDING_MODE_EVENTS).setRequestId("r" + i)));
        }
        Refused.by(() -> Player.create(
                        channel, recorded(RecordingMode.RECORDING_MODE_EVENTS).setRequestId("r3")))
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "recordings")
                .quota()
                .retry();
        assertThat(server.sessionCount()).isEqualTo(3);
        close(players.get(0));
        Player another = Player.create(
                channel, recorded(RecordingMode.RECORDING_MODE_EVENTS).setRequestId("r4"));
        assertThat(fetch(another)).isNotEmpty();
        assertThat(fetch(players.get(1))).isNotEmpty();
        Refused.by(() -> fetch(players.get(0))).is(Code.NOT_FOUND, "RECORDING_NOT_FOUND");
    }

    @Test
    void whatIsNoRecordingIsNotPlayed() {
        assertThatThrownBy(() -> replay("no recording".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class);
    }
}
