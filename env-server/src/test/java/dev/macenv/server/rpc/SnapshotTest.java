package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Table.Guest;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.RestoreResponse;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.SnapshotResponse;
import dev.macenv.v1.StepRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Lanes are saved, put back and copied; what follows is what would have followed, byte for byte. */
@ParameterizedClass
@EnumSource(Transports.class)
final class SnapshotTest {
    private static final Catalog CATALOG = Catalog.of(new RelayProvider(), new BoxPushingProvider());

    private final Transports transport;
    private final EnvironmentServer server;
    private final ManagedChannel channel;

    SnapshotTest(Transports transport) {
        this.transport = transport;
        server = transport.start(CATALOG, ServerOptions.standard());
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    // ------------------------------------------------------------------------------------------------ the calls

    private static SnapshotRequest.Builder wish(Player player, int lane) {
        return SnapshotRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(lane);
    }

    private static SnapshotResponse save(Player player, int lane) {
        return player.stub.snapshot(wish(player, lane).build());
    }

    private static RestoreRequest.Builder back(Player player, int lane) {
        return RestoreRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .setLane(lane);
    }

    private static RestoreResponse restore(Player player, int lane, ByteString snapshot) {
        return player.stub.restore(back(player, lane).setSnapshot(snapshot).build());
    }

    private static CreateSessionRequest.Builder fork(ByteString snapshot) {
        return Player.relay(1).setSnapshot(snapshot);
    }

    /** The only row of the lane. */
    private static Rows only(int lane, EventKind kind, Rows rows) {
        assertThat(rows.count()).isEqualTo(1);
        assertThat(rows.lane(0)).isEqualTo(lane);
        assertThat(rows.kind(0)).isEqualTo(kind);
        return rows;
    }

    /** Plays a lane on, from rows where it stands, by the random policy: so many steps, and the rows they bring. */
    private static List<String> playOn(Player player, int lane, Rows from, int steps) {
        List<String> passed = new ArrayList<>();
        Rows rows = from;
        for (int i = 0; i < steps; i++) {
            StepRequest.Builder request = player.request();
            for (int row = 0; row < rows.count(); row++) {
                for (int[] decision : Player.decide(rows, row)) {
                    if (decision[0] == lane) {
                        request.addLane(lane).addSeat(decision[1]).addAction(decision[2]);
                    }
                }
            }
            rows = player.rows(player.step(request));
            for (int row = 0; row < rows.count(); row++) {
                assertThat(rows.lane(row)).isEqualTo(lane);
                passed.add(rows.text(row));
            }
        }
        return passed;
    }

    private static Rows advance(Player player, int steps) {
        Rows rows = player.rows(player.collect());
        for (int i = 0; i < steps; i++) {
            rows = player.rows(player.answer(rows));
        }
        return rows;
    }

    // ------------------------------------------------------------------------------------------------ what goes on

    @Test
    void aLaneThatIsPutBackGoesOnAsItDidWhereverItIsPut() {
        for (int before = 0; before < 12; before++) {
            Player player = Player.create(channel, Player.relay(2, 7));
            playOn(player, 0, player.rows(player.collect()), before);
            SnapshotResponse saved = save(player, 0);
            List<String> original = playOn(player, 0, again(player), 30);

            restore(player, 0, saved.getSnapshot());
            Rows back = player.rows(player.collect());
            assertThat(back.count()).as("owed once").isEqualTo(1);
            assertThat(back.episode(0)).isEqualTo(saved.getEpisode());
            assertThat(back.tick(0)).isEqualTo(saved.getTick());
            assertThat(playOn(player, 0, back, 30)).as("the same lane").isEqualTo(original);

            restore(player, 1, saved.getSnapshot());
            assertThat(playOn(player, 1, player.rows(player.collect()), 30))
                    .as("another lane")
                    .isEqualTo(original);

            Player fork = Player.create(channel, fork(saved.getSnapshot()));
            assertThat(fork.session.getSeedsList()).isEmpty();
            assertThat(playOn(fork, 0, fork.rows(fork.collect()), 30))
                    .as("another session")
                    .isEqualTo(original);
        }
    }

    /** The row where lane 0 waits, which the player has had before. */
    private static Rows again(Player player) {
        Rows all = player.rows(player.collect());
        assertThat(all.count()).as("both lanes wait").isEqualTo(2);
        return all;
    }

    @Test
    void anotherServerGoesOnToo() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Rows at = advance(player, 9);
        ByteString saved = save(player, 0).getSnapshot();
        List<String> original = playOn(player, 0, at, 30);
        try (EnvironmentServer other = transport.start(CATALOG, ServerOptions.standard())) {
            ManagedChannel there = transport.connect(other);
            Player fork = Player.create(there, fork(saved));
            assertThat(playOn(fork, 0, fork.rows(fork.collect()), 30)).isEqualTo(original);
            there.shutdownNow();
        }
    }

    @Test
    void everyCopyIsOfTheSnapshotAndTheParentDoesNotNotice() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Player twin = Player.create(channel, Player.relay(1, 7));
        Rows at = advance(player, 5);
        Rows twinAt = advance(twin, 5);
        Player copies =
                Player.create(channel, fork(save(player, 0).getSnapshot()).setLanes(3));
        Rows rows = copies.rows(copies.collect());
        assertThat(rows.count()).isEqualTo(3);
        assertThat(rows.text(1)).isEqualTo(rows.text(0)).isEqualTo(at.text(at.count() - 1));
        playOn(copies, 1, rows, 20);
        assertThat(playOn(player, 0, at, 20)).isEqualTo(playOn(twin, 0, twinAt, 20));
    }

    @Test
    void aCopyThatCrashesHarmsNobodyAndMayBePutBack() {
        Player player = Player.create(channel, Player.faulty("step", 1));
        player.collect();
        ByteString saved = save(player, 0).getSnapshot();
        Player copy =
                Player.create(channel, Player.faulty("step", 1).clearSeeds().setSnapshot(saved));
        copy.collect();
        Rows crash = copy.rows(copy.step(decideAll(copy, 1)));
        only(0, EventKind.EVENT_KIND_FAULT, crash);
        Refused.by(() -> save(copy, 0))
                .is(Code.FAILED_PRECONDITION, "LANE_FAULTED")
                .metadata("lane", "0");
        assertThat(player.step(decideAll(player, 0)).getEvents().getRows()).isPositive();
        restore(copy, 0, saved);
        only(0, EventKind.EVENT_KIND_START, copy.rows(copy.collect()));
        assertThat(copy.step(decideAll(copy, 0)).getEvents().getRows()).isPositive();
    }

    private static StepRequest.Builder decideAll(Player player, int actionOfAgent0) {
        return player.request()
                .addLane(0)
                .addSeat(0)
                .addAction(actionOfAgent0)
                .addLane(0)
                .addSeat(1)
                .addAction(0)
                .addLane(0)
                .addSeat(2)
                .addAction(0);
    }

    @Test
    void decisionsThatHaveBeenTakenAreNotPartOfIt() {
        Player player = Player.create(channel, Player.relay(1, 7));
        player.collect();
        player.step(player.request().addLane(0).addSeat(1).addAction(0));
        restore(player, 0, save(player, 0).getSnapshot());
        GetMacroObservationRequest look = GetMacroObservationRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build();
        assertThat(player.stub.getMacroObservation(look).getPending().toByteArray())
                .containsExactly(1, 1, 1);
    }

    @Test
    void aTickLimitStandsUntilTheNextStep() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Rows start = player.rows(player.collect());
        Rows at = player.rows(player.step(player.decisions(start).setMaxTicks(1)));
        while (at.kind(0) != EventKind.EVENT_KIND_TICK_LIMIT) {
            at = player.rows(player.step(player.decisions(at).setMaxTicks(1)));
        }
        ByteString saved = save(player, 0).getSnapshot();
        String stood = at.text(0);
        List<String> original = playOn(player, 0, at, 20);
        restore(player, 0, saved);
        Rows back = only(0, EventKind.EVENT_KIND_TICK_LIMIT, player.rows(player.collect()));
        assertThat(back.text(0)).isEqualTo(stood);
        assertThat(playOn(player, 0, back, 20)).isEqualTo(original);
    }

    @Test
    void anEndIsFollowedByAStartWhereEpisodesFollowEachOther() {
        Player manual = Player.create(channel, Player.relay(1, 7).setResetMode(ResetMode.RESET_MODE_MANUAL));
        Rows at = player(manual);
        ByteString saved = save(manual, 0).getSnapshot();
        Player automatic = Player.create(channel, fork(saved));
        Rows rows = automatic.rows(automatic.collect());
        assertThat(rows.count()).isEqualTo(2);
        assertThat(rows.text(0)).isEqualTo(at.text(0));
        assertThat(rows.kind(1)).isEqualTo(EventKind.EVENT_KIND_START);
        assertThat(rows.episode(1)).isEqualTo(rows.episode(0) + 1);

        Player idle = Player.create(channel, fork(saved).setResetMode(ResetMode.RESET_MODE_MANUAL));
        assertThat(idle.rows(idle.collect()).text(0)).isEqualTo(at.text(0));
        assertThat(idle.stub.getSession(Table.look(idle)).getLanes(0).getState())
                .isEqualTo(LaneState.LANE_STATE_IDLE);
    }

    /** Plays to the end of the episode, and gives its row. */
    private static Rows player(Player player) {
        Rows rows = player.rows(player.collect());
        while (!rows.ends(0)) {
            rows = player.rows(player.answer(rows));
        }
        return rows;
    }

    @Test
    void theRowIsOwedToEveryGrant() {
        Table table = new Table(
                channel,
                Player.relay(1, 3)
                        .addSeats(Table.openSeat(2))
                        .addInvites(InviteOptions.newBuilder().addSeats(2).setMaxUses(1)));
        Guest guest = table.seat(0);
        assertThat(guest.collect().count()).isEqualTo(1);
        Rows before = table.owner.rows(table.owner.collect());
        restore(table.owner, 0, save(table.owner, 0).getSnapshot());
        assertThat(table.owner.rows(table.owner.collect()).text(0)).isEqualTo(before.text(0));
        Rows seen = guest.collect();
        assertThat(seen.count()).isEqualTo(1);
        assertThat(seen.pending(0, 2)).isTrue();
    }

    // ------------------------------------------------------------------------------------------------ kept here

    @Test
    void aSnapshotThatIsKeptLivesAsLongAsItsSession() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Rows at = advance(player, 4);
        SnapshotResponse kept =
                player.stub.snapshot(wish(player, 0).setStore(true).build());
        assertThat(kept.getSnapshot()).isEmpty();
        List<String> original = playOn(player, 0, at, 10);
        player.stub.restore(back(player, 0).setSnapshotId(kept.getSnapshotId()).build());
        assertThat(playOn(player, 0, player.rows(player.collect()), 10)).isEqualTo(original);
        Player fork = Player.create(channel, Player.relay(1).setSnapshotId(kept.getSnapshotId()));
        assertThat(playOn(fork, 0, fork.rows(fork.collect()), 10)).isEqualTo(original);

        for (int i = 1; i < SessionLimits.STANDARD.snapshots(); i++) {
            player.stub.snapshot(wish(player, 0).setStore(true).build());
        }
        Refused.by(() -> player.stub.snapshot(wish(player, 0).setStore(true).build()))
                .is(Code.RESOURCE_EXHAUSTED, "QUOTA_REACHED")
                .metadata("limit", "snapshots")
                .quota();
        player.stub.closeSession(Table.close(player));
        Refused.by(() -> fork.stub.restore(
                        back(fork, 0).setSnapshotId(kept.getSnapshotId()).build()))
                .is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND")
                .metadata("snapshot", kept.getSnapshotId());
    }

    @Test
    void restoringMayBeTriedAgain() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Rows at = advance(player, 4);
        ByteString saved = save(player, 0).getSnapshot();
        RestoreRequest request =
                back(player, 0).setSnapshot(saved).setRequestId("once").build();
        RestoreResponse first = player.stub.restore(request);
        playOn(player, 0, player.rows(player.collect()), 3);
        assertThat(player.stub.restore(request)).isEqualTo(first);
        assertThat(player.rows(player.collect()).text(0))
                .as("nothing was put back the second time")
                .isNotEqualTo(at.text(0));
        Refused.by(() -> player.stub.restore(request.toBuilder()
                        .setSnapshot(save(player, 0).getSnapshot())
                        .build()))
                .is(Code.ABORTED, "REQUEST_ID_REUSED")
                .metadata("request_id", "once");
    }

    // ------------------------------------------------------------------------------------------------ what is refused

    @Test
    void whatIsNoSnapshotOfThisEnvironmentChangesNothing() {
        Player player = Player.create(channel, Player.relay(1, 7));
        Player twin = Player.create(channel, Player.relay(1, 7));
        Rows at = advance(player, 6);
        Rows twinAt = advance(twin, 6);
        byte[] whole = save(player, 0).getSnapshot().toByteArray();
        for (int i = 0; i < whole.length; i++) {
            byte[] flipped = whole.clone();
            flipped[i] ^= 16;
            corrupt(player, ByteString.copyFrom(flipped));
        }
        for (int length = 0; length < whole.length; length += 7) {
            corrupt(player, ByteString.copyFrom(whole, 0, length));
        }
        corrupt(player, ByteString.copyFrom(whole).concat(ByteString.copyFrom(new byte[1000])));

        Player boxes = Player.create(
                channel,
                CreateSessionRequest.newBuilder().setEnvironment("bp-10").setLanes(1));
        Refused.by(() -> restore(player, 0, save(boxes, 0).getSnapshot()))
                .is(Code.FAILED_PRECONDITION, "SNAPSHOT_MISMATCH")
                .metadata("expected", player.spec().getFingerprint())
                .metadata("actual", boxes.spec().getFingerprint());
        Refused.by(() -> Player.create(
                        channel,
                        fork(ByteString.copyFrom(whole))
                                .setConfig(Struct.newBuilder()
                                        .putFields(
                                                "horizon",
                                                Value.newBuilder()
                                                        .setNumberValue(41)
                                                        .build()))))
                .is(Code.FAILED_PRECONDITION, "SNAPSHOT_MISMATCH");
        Refused.by(() -> Player.create(channel, fork(ByteString.copyFrom(whole)).setGamma(0.5)))
                .is(Code.FAILED_PRECONDITION, "SNAPSHOT_MISMATCH")
                .metadata("expected", "gamma 0.5")
                .metadata("actual", "gamma 0.9");
        assertThat(playOn(player, 0, at, 20)).isEqualTo(playOn(twin, 0, twinAt, 20));
    }

    private static void corrupt(Player player, ByteString bytes) {
        Refused.by(() -> restore(player, 0, bytes)).is(Code.DATA_LOSS, "SNAPSHOT_CORRUPT");
    }

    @Test
    void anotherDiscountMayTakeOverWhereAnEpisodeBegins() {
        Player player = Player.create(channel, Player.relay(1, 7));
        player.collect();
        Player fork = Player.create(channel, fork(save(player, 0).getSnapshot()).setGamma(0.5));
        assertThat(fork.collect().getEvents().getRows()).isEqualTo(1);
    }

    @Test
    void wrongRequestsAreRefusedByFieldAndByRole() {
        Table table = new Table(
                channel,
                Player.relay(2, 3)
                        .addSeats(Table.openSeat(2))
                        .addInvites(InviteOptions.newBuilder().addSeats(2)));
        Player owner = table.owner;
        ByteString saved = save(owner, 0).getSnapshot();
        Refused.by(() -> save(owner, 2))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lane");
        Refused.by(() -> restore(owner, -1, saved))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lane");
        Refused.by(() -> owner.stub.restore(back(owner, 0).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("source");
        Refused.by(() -> owner.stub.restore(back(owner, 0)
                        .setSnapshot(saved)
                        .setRequestId("x".repeat(65))
                        .build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("request_id");
        Refused.by(() -> owner.stub.restore(
                        back(owner, 0).setSnapshotId("nobody/1").build()))
                .is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND")
                .metadata("snapshot", "nobody/1")
                .resource("macenv.v1.Snapshot", "nobody/1");
        String guest = table.seat(0).joined.getToken();
        Refused.by(() -> owner.stub.snapshot(wish(owner, 0).setToken(guest).build()))
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
        Refused.by(() -> owner.stub.restore(
                        back(owner, 0).setToken(guest).setSnapshot(saved).build()))
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
        Refused.by(() -> owner.stub.snapshot(wish(owner, 0).setToken("x").build()))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        assertThat(restore(owner, 1, saved)).isEqualTo(RestoreResponse.getDefaultInstance());
    }

    @Test
    void anEnvironmentThatCannotBeSavedOrPutBackSaysSoAndGoesOn() {
        Player never = Player.create(channel, Player.faulty("unsaved", 1));
        Refused.by(() -> save(never, 0))
                .is(Code.UNIMPLEMENTED, "FEATURE_ABSENT")
                .metadata("feature", "snapshot");
        Player failing = Player.create(channel, Player.faulty("snapshot", 1));
        Refused.by(() -> save(failing, 0)).is(Code.INTERNAL, "ENVIRONMENT_FAULT");
        Player stuck = Player.create(channel, Player.faulty("restore", 1));
        ByteString saved = save(stuck, 0).getSnapshot();
        Refused.by(() -> restore(stuck, 0, saved)).is(Code.INTERNAL, "ENVIRONMENT_FAULT");
        for (Player player : List.of(never, failing, stuck)) {
            player.collect();
            assertThat(player.step(decideAll(player, 0)).getEvents().getRows()).isPositive();
        }
    }

    @Test
    void whoMakesBytesUpFaultsNothingButTheirOwnRequest() {
        Player player = Player.create(channel, Player.relay(1, 7));
        advance(player, 3);
        byte[] whole = save(player, 0).getSnapshot().toByteArray();
        for (int i = 0; i < whole.length - Integer.BYTES; i++) {
            byte[] made = whole.clone();
            made[i] ^= (byte) 0x83;
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(made, 0, made.length - Integer.BYTES);
            java.nio.ByteBuffer.wrap(made).putInt(made.length - Integer.BYTES, (int) crc.getValue());
            try {
                restore(player, 0, ByteString.copyFrom(made));
            } catch (io.grpc.StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode()).isIn(Code.DATA_LOSS, Code.FAILED_PRECONDITION, Code.INTERNAL);
            }
            Rows rows = player.rows(player.collect());
            for (int step = 0; step < 3; step++) {
                rows = player.rows(player.answer(rows)); // answered, whatever it says
            }
            restore(player, 0, ByteString.copyFrom(whole));
            player.collect();
        }
    }
}
