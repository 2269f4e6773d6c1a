package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Durations;
import dev.macenv.env.SplitMix64;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.Table.Guest;
import dev.macenv.server.rpc.Table.Sight;
import dev.macenv.server.rpc.Table.Way;
import dev.macenv.server.testing.RelayProvider;
import dev.macenv.server.testing.TaintedProvider;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GrantState;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.Role;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.View;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several clients in one episode: who may sit where, whom a lane waits for, what each is told, what happens to the absent. */
final class SeatsTest {
    private static final int LANES = 4;
    private static final int EPISODES = 3;

    private final AtomicLong nanos = new AtomicLong();
    private final EnvironmentServer server = Transports.TCP.start(
            Catalog.of(new RelayProvider(), new TaintedProvider()),
            ServerOptions.standard().withManualReaping(nanos::get));
    private final ManagedChannel channel = Transports.TCP.connect(server);

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    private Table table(int lanes) {
        return new Table(channel, Table.open(Player.relay(lanes, 3)));
    }

    private static AbsencePolicy.Builder absence(AbsenceKind kind) {
        return AbsencePolicy.newBuilder().setKind(kind);
    }

    // ------------------------------------------------------------------------------------------------ determinism

    @Test
    void threePlayersInThreeThreadsSeeWhatOneOwnerSees() throws ExecutionException, InterruptedException {
        List<List<List<String>>> expected = seenByOneOwner(false);
        assertThat(seenByOneOwner(true)).isEqualTo(expected);
        for (Way way : Way.ALL) {
            assertThat(together(table(LANES), guest -> guest.play(LANES, EPISODES, way)))
                    .as("%s", way)
                    .isEqualTo(expected);
        }
        assertThat(seenLaneByLane()).isEqualTo(expected);
    }

    @Test
    void playersSeeTheSameWhoeverLooksOn() throws ExecutionException, InterruptedException {
        Table table = new Table(
                channel,
                Table.open(Player.relay(LANES, 3))
                        .addInvites(InviteOptions.newBuilder().addSeats(0))
                        .addInvites(InviteOptions.newBuilder().addSeats(1))
                        .addInvites(InviteOptions.newBuilder().addSeats(2))
                        .addInvites(InviteOptions.newBuilder()));
        String spectator = table.seat(3).joined.getToken();
        AtomicBoolean over = new AtomicBoolean();
        Thread looking = new Thread(() -> {
            while (!over.get()) {
                table.look(spectator);
            }
        });
        looking.start();
        try {
            assertThat(together(table, guest -> guest.play(LANES, EPISODES, Way.PLAIN)))
                    .isEqualTo(seenByOneOwner(false));
        } finally {
            over.set(true);
            looking.join();
        }
    }

    private List<List<List<String>>> seenLaneByLane() throws ExecutionException, InterruptedException {
        List<Long> seeds =
                Player.create(channel, Player.relay(LANES, 3)).session.getSeedsList();
        List<List<List<String>>> seen = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (long seed : seeds) {
            Table table = new Table(channel, Table.open(Player.relay(1, seed)));
            List<List<List<String>>> lane = together(table, guest -> guest.play(1, EPISODES, Way.PLAIN));
            for (int seat = 0; seat < 3; seat++) {
                seen.get(seat).add(lane.get(seat).get(0));
            }
        }
        return seen;
    }

    /** By seat, by lane. */
    private List<List<List<String>>> seenByOneOwner(boolean onStream) {
        Player player = Player.create(channel, Player.relay(LANES, 3));
        if (onStream) {
            player.onStream();
        }
        List<List<List<String>>> seen = new ArrayList<>();
        for (int seat = 0; seat < 3; seat++) {
            seen.add(new ArrayList<>());
            for (int lane = 0; lane < LANES; lane++) {
                seen.get(seat).add(new ArrayList<>());
            }
        }
        int[] ended = new int[LANES];
        int complete = 0;
        Rows rows = player.rows(player.collect());
        while (true) {
            for (int row = 0; row < rows.count(); row++) {
                for (int seat = 0; seat < 3 && rows.episode(row) < EPISODES; seat++) {
                    if (Sight.concerns(rows, row, List.of(seat))) {
                        seen.get(seat).get(rows.lane(row)).add(Sight.text(rows, row, List.of(seat)));
                    }
                }
                if (rows.ends(row) && ++ended[rows.lane(row)] == EPISODES) {
                    complete++;
                }
            }
            if (complete == LANES) {
                return seen;
            }
            rows = player.rows(player.answer(rows));
        }
    }

    /** Takes all three seats and lets each do its work in a thread of its own. All must stop at the same event. */
    private static <T> List<T> together(Table table, Function<Guest, T> work)
            throws ExecutionException, InterruptedException {
        List<Guest> guests = List.of(table.seat(0), table.seat(1), table.seat(2));
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<T>> playing = new ArrayList<>();
            for (Guest guest : guests) {
                playing.add(threads.submit(() -> work.apply(guest)));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : playing) {
                results.add(one.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private void leave(Table table, Guest guest) {
        table.owner.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(guest.joined.getToken())
                .build());
    }

    // ------------------------------------------------------------------------------------------------ the barrier

    @Test
    void eachPlayersJointClockRunsFromItsOwnPreviousRow() throws ExecutionException, InterruptedException {
        assertThat(together(table(1), SeatsTest::playAndCheckClocks)).allMatch(checked -> checked > 20);
    }

    private static int playAndCheckClocks(Guest guest) {
        int checked = 0;
        int ended = 0;
        int lastTick = 0;
        Rows rows = guest.collect();
        while (true) {
            for (int row = 0; row < rows.count(); row++) {
                boolean start = rows.kind(row) == EventKind.EVENT_KIND_START;
                assertThat(rows.jointTau(row)).isEqualTo(start ? 0 : rows.tick(row) - lastTick);
                double[] trace = rows.trace(row);
                double sum = 0;
                for (int t = 0; t < trace.length; t++) {
                    sum += Math.pow(0.9, t) * trace[t];
                }
                assertThat(rows.jointReward(row)).isCloseTo(sum, within(1e-12));
                lastTick = rows.tick(row);
                ended += rows.ends(row) ? 1 : 0;
                checked++;
            }
            if (ended >= 6) {
                return checked;
            }
            rows = guest.send(guest.decisions(rows)).await();
        }
    }

    @Test
    void aLaneStopsForWhoLooksInAndGoesOnWhenItAsksAgain() {
        Table table = new Table(channel, Player.relay(1, 3).addSeats(Table.openSeat(1)));
        Guest guest = table.seat(0);
        guest.collect();
        table.owner.collect();
        table.owner.onStream();
        table.owner.ahead(table.owner
                .request()
                .addLane(0)
                .addSeat(0)
                .addAction(1)
                .addLane(0)
                .addSeat(2)
                .addAction(1));
        Way tickByTick = new Way(0, 1, true, false);
        Rows rows = guest.step(guest.request().addLane(0).addSeat(1).addAction(1), tickByTick);
        int ticks = 1;
        while (rows.kind(0) == EventKind.EVENT_KIND_TICK_LIMIT
                && table.look(table.owner.session.getToken()).getLanes(0).getState() == LaneState.LANE_STATE_PAUSED) {
            assertThat(rows.tick(0)).isEqualTo(ticks);
            assertThat(table.look(table.owner.session.getToken()).getLanes(0).getTick())
                    .as("though the owner waits")
                    .isEqualTo(ticks);
            rows = guest.step(guest.request(), tickByTick);
            ticks++;
        }
        assertThat(ticks).isGreaterThan(1);
    }

    @Test
    void aRefusalWaitsForTheAnswersBeforeIt() {
        Table table = new Table(channel, Player.relay(1, 3).addSeats(Table.openSeat(1)));
        Guest guest = table.seat(0);
        guest.collect();
        guest.send(guest.request().addLane(0).addSeat(1).addAction(0)); // waits for the owner
        guest.send(guest.request().addLane(0).addSeat(1).addAction(0)); // decides twice
        table.owner.collect();
        table.owner.onStream();
        table.owner.ahead(table.owner
                .request()
                .addLane(0)
                .addSeat(0)
                .addAction(0)
                .addLane(0)
                .addSeat(2)
                .addAction(0));
        assertThat(guest.await().count()).isEqualTo(1);
        guest.refusalDue().is(Code.FAILED_PRECONDITION, "SEAT_ONGOING");
    }

    @Test
    void nothingRunsBeforeTheRequiredSeatsAreTaken() {
        Table table = new Table(
                channel, Player.relay(1, 3).addSeats(Table.openSeat(1)).addSeats(Table.openSeat(2)));
        assertThat(table.owner.session.getSeatsList()).containsExactly(0);
        assertThat(table.owner.session.getInvitesList())
                .extracting(invite -> invite.getOptions().getSeatsList())
                .containsExactly(List.of(1), List.of(2));
        assertThat(table.look(table.owner.session.getToken()).getState()).isEqualTo(SessionState.SESSION_STATE_CREATED);
        table.owner.collect();
        Refused.by(() -> table.owner.stub.step(
                        table.owner.request().addLane(0).addSeat(0).addAction(0).build()))
                .is(Code.FAILED_PRECONDITION, "SEATS_MISSING")
                .metadata("seats", "1,2");
        table.seat(0);
        table.seat(1);
        assertThat(table.look(table.owner.session.getToken()).getState()).isEqualTo(SessionState.SESSION_STATE_ACTIVE);
    }

    // ------------------------------------------------------------------------------------------------ joining

    @Test
    void aRepeatedJoinGivesTheSameGrantAndASeatIsTakenOnce() {
        Table table = table(1);
        var request = table.join(0).setRequestId("mine");
        Guest guest = table.seat(request);
        assertThat(guest.joined.getSeatsList()).containsExactly(0);
        assertThat(guest.joined.getRole()).isEqualTo(Role.ROLE_PLAYER);
        assertThat(guest.joined.getSpec().getState().getLabelsCount()).isZero();
        assertThat(guest.joined.getSpec().getState().getShapeList())
                .isEqualTo(table.owner.spec().getState().getShapeList());
        assertThat(table.owner.stub.join(request.build())).isEqualTo(guest.joined);
        Refused.by(() -> table.owner.stub.join(
                        request.setView(View.newBuilder().setRewardTrace(true)).build()))
                .is(Code.ABORTED, "REQUEST_ID_REUSED");
        Refused.by(() -> table.owner.stub.join(table.join(0).build()))
                .is(Code.ALREADY_EXISTS, "SEAT_TAKEN")
                .metadata("seat", "0")
                .retry();
    }

    @Test
    void anInviteGivesNoMoreThanItSays() {
        Table table = new Table(
                channel,
                Table.open(Player.relay(1, 3))
                        .addInvites(InviteOptions.newBuilder().addSeats(0).addSeats(1))
                        .addInvites(InviteOptions.newBuilder().setMaxUses(1)));
        var stub = table.owner.stub;
        Refused.by(() -> stub.join(table.join(0).addSeats(2).build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("seat", "2");
        Refused.by(() -> stub.join(
                        table.join(0).setView(View.newBuilder().setState(true)).build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("view", "state");
        Refused.by(() -> stub.join(table.join(1).setRole(Role.ROLE_PLAYER).build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        Refused.by(() -> stub.join(
                        table.join(0).addSeats(7).addSeats(0).addSeats(0).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("seats[0]", "seats[2]");
        Refused.by(() -> stub.join(table.join(0).setInvite("guessed").build()))
                .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Guest spectator = table.seat(1);
        Refused.by(() -> table.seat(1)).is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        spectator.refusal(spectator.request()).is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        Guest player = table.seat(0);
        assertThat(player.joined.getSeatsList()).containsExactly(0, 1);
        table.seat(table.join(0).setInvite(table.invite(0)).setRole(Role.ROLE_SPECTATOR));
        player.collect();
        player.refusal(player.request().addLane(0).addSeat(2).addAction(0))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("seat", "2");
        Refused.by(() -> stub.reset(ResetRequest.newBuilder()
                        .setSession(table.owner.session.getSession())
                        .setToken(player.joined.getToken())
                        .build()))
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
    }

    @Test
    void whoLeavesLeavesTheSeatToOthersAndTheSessionToItsOwner() {
        Table table = new Table(
                channel,
                Table.open(Player.relay(1, 3))
                        .addInvites(InviteOptions.newBuilder().addSeats(0)));
        Guest first = table.seat(0);
        leave(table, first);
        leave(table, first);
        Refused.by(() -> table.look(first.joined.getToken())).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        Guest second = table.seat(0);
        assertThat(second.joined.getSeatsList()).containsExactly(0);
        assertThat(server.sessionCount()).isEqualTo(1);
        table.owner.stub.closeSession(CloseSessionRequest.newBuilder()
                .setSession(table.owner.session.getSession())
                .setToken(table.owner.session.getToken())
                .build());
        Refused.by(() -> table.look(second.joined.getToken()))
                .is(Code.NOT_FOUND, "SESSION_CLOSED")
                .metadata("cause", "OWNER");
    }

    @Test
    void aLapsedGrantComesBackWithItsTokenUnlessSomebodyTookItsSeat() {
        Table table = new Table(
                channel,
                Table.open(Player.relay(1, 3))
                        .addInvites(InviteOptions.newBuilder().addSeats(0)));
        Guest guest = table.seat(table.join(0).setLease(Durations.fromSeconds(10)));
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(table.look(table.owner.session.getToken()).getSeats(0).getGrantState())
                .isEqualTo(GrantState.GRANT_STATE_LAPSED);
        assertThat(table.look(guest.joined.getToken()).getSeats(0).getGrantState())
                .isEqualTo(GrantState.GRANT_STATE_HELD);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        table.seat(0);
        Refused.by(() -> table.look(guest.joined.getToken())).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
    }

    // ------------------------------------------------------------------------------------------------ absence

    /** The owner plays seat 0; the other two are nobody's. */
    private Table alone(AbsencePolicy.Builder absence) {
        return new Table(
                channel,
                Player.relay(1, 3).addSeats(Table.optionalSeat(1, absence)).addSeats(Table.optionalSeat(2, absence)));
    }

    @Test
    void seatsThatNobodyHoldsArePlayedByThePublishedLotAndMarked() {
        AbsencePolicy.Builder lot = absence(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        Player owner = Player.create(
                channel,
                Player.relay(1, 3)
                        .setOwnerView(Player.EVERYTHING.toBuilder().setOtherAgents(true))
                        .addSeats(Table.optionalSeat(1, lot))
                        .addSeats(Table.optionalSeat(2, lot)));
        Rows rows = owner.rows(owner.collect());
        long seed = 0;
        for (int checked = 0; checked < 60; rows = nextTick(owner, rows)) {
            int started = 0;
            for (int row = 0; row < rows.count(); row++) {
                if (rows.kind(row) == EventKind.EVENT_KIND_START) {
                    seed = rows.message().getStarted(started++).getSeed();
                    continue;
                }
                assertThat(absent(rows, row)).containsExactly(0, 1, 1);
                for (int seat = 1; seat < 3; seat++) {
                    int began = rows.tick(row) - rows.agentTau(row, seat);
                    int legal = (seat == 1 || began % 3 == 1) ? 2 : 3; // the first so many, see Relay
                    assertThat(rows.currentAction(row, seat)).isEqualTo(lot(seed, seat, began, legal));
                    checked++;
                }
            }
        }
    }

    private static int lot(long episodeSeed, int seat, int tick, int legal) {
        long g = 0x9E3779B97F4A7C15L;
        long u = SplitMix64.mix(SplitMix64.mix(episodeSeed + (seat + 1) * g) + (tick + 1) * g);
        return (int) (((u >>> 32) * legal) >>> 32);
    }

    /** The owner decides for its seat 0, if it is asked, and looks one tick later. */
    private static Rows nextTick(Player owner, Rows rows) {
        return owner.rows(owner.step(decisions(owner, rows, List.of(0)).setMaxTicks(1)));
    }

    @Test
    void truncationEndsTheEpisodeWhereItStands() {
        Table table = alone(absence(AbsenceKind.ABSENCE_KIND_TRUNCATE));
        table.owner.collect();
        Rows rows = table.owner.rows(
                table.owner.step(table.owner.request().addLane(0).addSeat(0).addAction(0)));
        assertThat(rows.count()).isEqualTo(2);
        assertThat(rows.kind(0)).isEqualTo(EventKind.EVENT_KIND_END_TRUNCATED);
        assertThat(rows.tick(0)).isZero();
        assertThat(rows.kind(1)).isEqualTo(EventKind.EVENT_KIND_START);
    }

    @Test
    void thePatienceWithAPlayerEndsWhenItsTimeIsUp() {
        AbsencePolicy.Builder fallback =
                absence(AbsenceKind.ABSENCE_KIND_FALLBACK_ACTION).setAction(1).setPatience(Durations.fromSeconds(2));
        Table table = new Table(
                channel,
                Player.relay(1, 3)
                        .addSeats(Table.openSeat(1).setAbsence(fallback))
                        .addSeats(Table.openSeat(2).setAbsence(fallback)));
        Guest one = table.seat(0);
        Guest two = table.seat(1);
        one.collect();
        two.collect();
        table.owner.onStream().collect();
        table.owner
                .line()
                .send(table.owner.request().addLane(0).addSeat(0).addAction(0).build());
        two.send(two.request().addLane(0).addSeat(2).addAction(0));
        while (!table.look(table.owner.session.getToken())
                .getLanes(0)
                .getPendingList()
                .equals(List.of(1))) {
            Thread.onSpinWait(); // both decisions are on their way
        }
        nanos.addAndGet(Duration.ofMillis(1999).toNanos());
        server.reap();
        assertThat(table.look(table.owner.session.getToken()).getLanes(0).getTick())
                .isZero();
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        server.reap();
        assertThat(table.look(table.owner.session.getToken()).getLanes(0).getTick())
                .isPositive();
    }

    @Test
    void aFallbackThatIsIllegalGivesWayToTheSmallestLegalOne() {
        Player owner = Player.create(
                channel,
                Player.relay(1, 3)
                        .setOwnerView(Player.EVERYTHING.toBuilder().setOtherAgents(true))
                        .addSeats(Table.optionalSeat(
                                2,
                                absence(AbsenceKind.ABSENCE_KIND_FALLBACK_ACTION)
                                        .setAction(2))));
        List<Integer> chosen = new ArrayList<>();
        Rows rows = owner.rows(owner.collect());
        while (chosen.size() < 60) {
            for (int row = 0; row < rows.count(); row++) {
                if (rows.tick(row) > 0) {
                    int began = rows.tick(row) - rows.agentTau(row, 2);
                    assertThat(rows.currentAction(row, 2)).isEqualTo(began % 3 == 1 ? 0 : 2);
                    chosen.add(rows.currentAction(row, 2));
                }
            }
            rows = owner.rows(owner.step(decisions(owner, rows, List.of(0, 1)).setMaxTicks(1)));
        }
        assertThat(chosen).contains(0, 2);
    }

    /** The random policy's decisions for those of the agents that are asked. */
    private static StepRequest.Builder decisions(Player player, Rows rows, List<Integer> seats) {
        StepRequest.Builder request = player.request();
        for (int row = 0; row < rows.count(); row++) {
            for (int[] decision : Player.decide(rows, row)) {
                if (seats.contains(decision[1])) {
                    request.addLane(decision[0]).addSeat(decision[1]).addAction(decision[2]);
                }
            }
        }
        return request;
    }

    @Test
    void whatTheServerChoosesIsTheSameForTheAbsentAndForWhoAsks() {
        AbsencePolicy.Builder lot = absence(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        View view = Player.EVERYTHING.toBuilder().setOtherAgents(true).build();
        Player absent = Player.create(
                channel,
                Player.relay(1, 3)
                        .setOwnerView(view)
                        .addSeats(Table.optionalSeat(1, lot))
                        .addSeats(Table.optionalSeat(2, lot)));
        Player asking =
                Player.create(channel, Player.relay(1, 3).setOwnerView(view).setAbsence(lot));
        List<String> chosenForAbsent = tickByTick(absent, false);
        assertThat(tickByTick(asking, true)).isEqualTo(chosenForAbsent);
        assertThat(chosenForAbsent).hasSizeGreaterThan(40).anyMatch(row -> row.endsWith("[0, 1, 1]"));
    }

    /** Two episodes, whose every tick is looked at. The server chooses for agents 1 and 2. */
    private static List<String> tickByTick(Player player, boolean ask) {
        List<String> told = new ArrayList<>();
        Rows rows = player.rows(player.collect());
        while (true) {
            StepRequest.Builder request = player.request().setMaxTicks(1);
            for (int row = 0; row < rows.count(); row++) {
                if (rows.episode(row) == 2) {
                    return told;
                }
                told.add(Sight.text(rows, row, List.of(0, 1, 2))
                                .replaceFirst("TICK_LIMIT", "DECISION") // as it is for whom
                        + " " + rows.currentAction(row, 1) + " " + rows.currentAction(row, 2) + " "
                        + Arrays.toString(absent(rows, row)));
                for (int[] decision : Player.decide(rows, row)) {
                    int seat = decision[1];
                    if (seat == 0 || ask) {
                        request.addLane(0).addSeat(seat).addAction(seat == 0 ? decision[2] : -1);
                    }
                }
            }
            rows = player.rows(player.step(request));
        }
    }

    private static byte[] absent(Rows rows, int row) {
        ByteString all = rows.message().getAbsent();
        return all.isEmpty() ? new byte[3] : all.substring(3 * row, 3 * row + 3).toByteArray();
    }

    /** Seat 1 is a guest's, whose lease is ten seconds and who makes single calls; the others are the owner's. */
    private Table withGuest(AbsencePolicy.Builder absence) {
        return new Table(channel, Player.relay(1, 3).addSeats(Table.openSeat(1).setAbsence(absence)));
    }

    private static Guest joinForTenSeconds(Table table) {
        return table.seat(table.join(0)
                .setLease(Durations.fromSeconds(10))
                .setView(View.newBuilder().setRewardTrace(true)));
    }

    private static void decideForOwnersSeats(Player owner) {
        owner.collect();
        owner.onStream()
                .ahead(owner.request()
                        .addLane(0)
                        .addSeat(0)
                        .addAction(0)
                        .addLane(0)
                        .addSeat(2)
                        .addAction(0));
    }

    @Test
    void whoComesBackIsToldOfWhatItMissedInOneRow() {
        Table table = withGuest(absence(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL));
        Guest guest = joinForTenSeconds(table);
        Rows start = guest.step(guest.request(), new Way(0, 0, true, false));
        assertThat(start.tick(0)).isZero();
        decideForOwnersSeats(table.owner);
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        server.reap(); // decides for the guest, who has lapsed
        Rows owners = table.owner.rows(table.owner.line().await());
        assertThat(owners.count()).isEqualTo(1);
        int reached = table.look(table.owner.session.getToken()).getLanes(0).getTick();
        assertThat(reached).isPositive();
        while (!table.look(table.owner.session.getToken())
                .getLanes(0)
                .getPendingList()
                .contains(1)) {
            owners = table.owner.rows(table.owner.step(decisions(table.owner, owners, List.of(0, 2))));
        }
        Rows back = guest.step(guest.request(), new Way(0, 0, true, false));
        assertThat(back.count()).isEqualTo(1);
        assertThat(back.pending(0, 1)).isTrue();
        assertThat(back.message().getAbsent().byteAt(1)).isEqualTo((byte) 1);
        assertThat(back.jointTau(0)).isEqualTo(back.tick(0)).isGreaterThanOrEqualTo(reached);
        assertThat(back.trace(0)).hasSize(back.tick(0));
    }

    @Test
    void whoeverIsWaitedForIsWaitedForHoweverLongItTakes() {
        Table table = new Table(
                channel,
                Player.relay(1, 3)
                        .setAbsence(absence(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL)) // of the owner's seats
                        .addSeats(Table.openSeat(1).setAbsence(absence(AbsenceKind.ABSENCE_KIND_WAIT))));
        Guest guest = joinForTenSeconds(table);
        decideForOwnersSeats(table.owner);
        nanos.addAndGet(Duration.ofMinutes(9).toNanos());
        server.reap();
        var lane = table.look(table.owner.session.getToken()).getLanes(0);
        assertThat(lane.getTick()).isZero();
        guest.send(guest.request().addLane(0).addSeat(1).addAction(0));
        Rows rows = table.owner.rows(table.owner.line().await());
        assertThat(rows.tick(0)).as("nor is the episode cut short").isPositive();
    }

    // ------------------------------------------------------------------------------------------------ no seats

    @Test
    void anOwnerWithoutSeatsIsToldOfEveryDecision() {
        AbsencePolicy.Builder lot = absence(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        CreateSessionRequest.Builder request = Player.relay(1, 3)
                .setOwnerView(View.newBuilder().setOtherAgents(true))
                .setConfig(Struct.newBuilder()
                        .putFields(
                                "horizon", Value.newBuilder().setNumberValue(0).build()));
        for (int seat = 0; seat < 3; seat++) {
            request.addSeats(Table.optionalSeat(seat, lot));
        }
        Player owner = Player.create(channel, request);
        owner.collect();
        int last = 0;
        for (int step = 0; step < 50; step++) {
            Rows rows = owner.rows(owner.collect());
            EventKind kind = rows.kind(0);
            assertThat(kind).isIn(EventKind.EVENT_KIND_DECISION, EventKind.EVENT_KIND_END_TERMINATED);
            assertThat(rows.tick(0) - last).isEqualTo(rows.jointTau(0)).isBetween(1, 5);
            last = rows.ends(0) ? 0 : rows.tick(0);
        }
    }

    @Test
    void lanesThatWaitForOthersAreCounted() {
        Table table = new Table(
                channel,
                Player.relay(3, 3)
                        .addSeats(Table.openSeat(1).setOptionalAtStart(true))
                        .addSeats(Table.openSeat(2).setOptionalAtStart(true)));
        table.owner.collect();
        StepRequest.Builder two = table.owner.request();
        for (int lane = 0; lane < 2; lane++) {
            two.addLane(lane).addSeat(0).addAction(0);
        }
        assertThat(table.owner.step(two).getLanesWaitingForOthers()).isEqualTo(2);
    }

    // ------------------------------------------------------------------------------------------------ privacy

    @ParameterizedTest
    @ValueSource(strings = {"none", "farObservation"})
    void aPlayerIsNeverSentWhatItMayNotSee(String fault) throws ExecutionException, InterruptedException {
        Struct config = Struct.newBuilder()
                .putFields("fault", Value.newBuilder().setStringValue(fault).build())
                .build();
        Table table = new Table(
                channel, Table.open(Player.relay(1, 3).setEnvironment("tainted").setConfig(config)));
        assertThat(together(table, guest -> playAndSearch(table, guest))).allMatch(rows -> rows > 0);
    }

    private int playAndSearch(Table table, Guest guest) {
        int seat = guest.joined.getSeats(0);
        assertClean(guest.joined, seat);
        int ended = 0;
        int searched = 0;
        Rows rows = guest.collect();
        while (true) {
            assertClean(rows.message(), seat);
            assertThat(rows.message().getFaultsList())
                    .allSatisfy(one -> assertThat(one.getStatus().getMessage()).doesNotContain("observation"));
            look(table, guest, seat);
            searched += rows.count();
            for (int row = 0; row < rows.count(); row++) {
                ended += rows.ends(row) ? 1 : 0;
                ended += rows.kind(row) == EventKind.EVENT_KIND_FAULT ? 5 : 0;
            }
            if (ended >= 5) {
                return searched;
            }
            rows = guest.send(guest.decisions(rows)).await();
        }
    }

    private void look(Table table, Guest guest, int seat) {
        String session = table.owner.session.getSession();
        String token = guest.joined.getToken();
        assertClean(
                table.owner.stub.getMacroObservation(GetMacroObservationRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .build()),
                seat);
        assertClean(
                table.owner.stub.getSession(GetSessionRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .setIncludeSpec(true)
                        .build()),
                seat);
        Refused.by(() -> table.owner.stub.getMacroState(GetMacroStateRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
    }

    @Test
    void whatBelongsToOthersIsZeroByteForByte() throws ExecutionException, InterruptedException {
        assertThat(together(table(1), SeatsTest::playAndCheckZeros)).allMatch(rows -> rows > 20);
    }

    private static int playAndCheckZeros(Guest guest) {
        int own = guest.joined.getSeats(0);
        int checked = 0;
        int ended = 0;
        Rows rows = guest.collect();
        while (true) {
            assertThat(rows.message().getState()).isEmpty();
            assertThat(rows.message().getMacroState()).isEmpty();
            assertThat(rows.message().getEndedList())
                    .allSatisfy(one ->
                            assertThat(one.getDecisions() + one.getSeed()).isZero());
            assertThat(rows.message().getStartedList())
                    .allSatisfy(started -> assertThat(started.getSeed()).isZero());
            for (int row = 0; row < rows.count(); row++) {
                for (int seat = 0; seat < 3; seat++) {
                    boolean zero = rows.message().getStatus().byteAt(3 * row + seat) == 0
                            && isZero(rows.observation(row, seat))
                            && isZero(rows.legal(row, seat))
                            && Double.doubleToRawLongBits(rows.agentReward(row, seat)) == 0
                            && rows.agentTau(row, seat) == 0
                            && rows.currentAction(row, seat) == -1;
                    assertThat(zero)
                            .as("seat %d, for the player of %d", seat, own)
                            .isEqualTo(seat != own);
                }
                ended += rows.ends(row) ? 1 : 0;
                checked++;
            }
            if (ended >= 6) {
                return checked;
            }
            rows = guest.send(guest.decisions(rows)).await();
        }
    }

    private static boolean isZero(ByteString bytes) {
        for (byte one : bytes) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    /** Nowhere in its bytes is a number of the state or of another seat's macro-observations. */
    private static void assertClean(Message message, int seat) {
        byte[] bytes = message.toByteArray();
        assertThat(indexOf(bytes, TaintedProvider.STATE))
                .as("state in %s", message)
                .isNegative();
        for (int other = 0; other < 3; other++) {
            if (other != seat) {
                assertThat(indexOf(bytes, TaintedProvider.observation(other)))
                        .as("observation of seat %d for seat %d", other, seat)
                        .isNegative();
            }
        }
    }

    private static int indexOf(byte[] bytes, float number) {
        byte[] pattern = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(number)
                .array();
        for (int at = 0; at + 4 <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + 4, pattern, 0, 4)) {
                return at;
            }
        }
        return -1;
    }
}
