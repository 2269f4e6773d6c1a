package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import dev.macenv.server.rpc.Table.Guest;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.Role;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.View;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rows of the error table that need several players: what somebody who was invited may not do. After each of them
 * nothing has changed, and what is right succeeds.
 */
@ParameterizedClass
@EnumSource(Transports.class)
final class SeatErrorTableTest {
    private static final int ANY_TWO = 0; // the invites
    private static final int ONCE = 1;
    private static final int WATCH = 2;

    private final EnvironmentServer server;
    private final ManagedChannel channel;

    SeatErrorTableTest(Transports transport) {
        server = transport.start(ProtocolTest.CATALOG, ServerOptions.standard());
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    /** Two lanes. Seat 0 is the owner's; 1 has a fallback; invites for both other seats, for seat 2 once, for watching. */
    private Table table() {
        AbsencePolicy.Builder lot = AbsencePolicy.newBuilder().setKind(AbsenceKind.ABSENCE_KIND_RANDOM_LEGAL);
        return new Table(
                channel,
                Player.relay(2, 3)
                        .addSeats(Table.openSeat(1).setAbsence(lot))
                        .addSeats(Table.openSeat(2))
                        .addInvites(InviteOptions.newBuilder().addSeats(1).addSeats(2))
                        .addInvites(InviteOptions.newBuilder().addSeats(2).setMaxUses(1))
                        .addInvites(InviteOptions.newBuilder()
                                .setMaxView(View.newBuilder().setOtherAgents(true))));
    }

    // ------------------------------------------------------------------------------------------------ joining

    private record WrongJoin(
            String name, int invite, UnaryOperator<JoinRequest.Builder> change, Consumer<Refused> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<WrongJoin> wrongJoins() {
        return Stream.of(
                new WrongJoin(
                        "an invite that was never issued",
                        ANY_TWO,
                        join -> join.setInvite("0".repeat(32)),
                        in -> in.is(Code.UNAUTHENTICATED, "UNAUTHENTICATED")),
                new WrongJoin(
                        "a session that is not there",
                        ANY_TWO,
                        join -> join.setSession("nobody"),
                        in -> in.is(Code.UNAUTHENTICATED, "UNAUTHENTICATED")),
                new WrongJoin(
                        "a seat of the owner's",
                        ANY_TWO,
                        join -> join.addSeats(1).addSeats(0),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("seat", "0")),
                new WrongJoin(
                        "a seat of another invite",
                        ONCE,
                        join -> join.addSeats(1),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("seat", "1")),
                new WrongJoin(
                        "seats that are not there, or named twice",
                        ANY_TWO,
                        join -> join.addSeats(3).addSeats(-1).addSeats(1).addSeats(1),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seats[0]", "seats[1]", "seats[3]")),
                new WrongJoin(
                        "a seat for a spectator",
                        ANY_TWO,
                        join -> join.setRole(Role.ROLE_SPECTATOR).addSeats(1),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seats[0]")),
                new WrongJoin(
                        "to play where only watching is allowed",
                        WATCH,
                        join -> join.setRole(Role.ROLE_PLAYER),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("role", "PLAYER")),
                new WrongJoin(
                        "to be the owner",
                        ANY_TWO,
                        join -> join.setRole(Role.ROLE_OWNER),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("role", "OWNER")),
                new WrongJoin(
                        "an unknown role",
                        ANY_TWO,
                        join -> join.setRoleValue(9),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("role")),
                privilege("state", View.newBuilder().setState(true)),
                privilege("macro_state", View.newBuilder().setMacroState(true)),
                privilege("other_agents", View.newBuilder().setOtherAgents(true)),
                privilege("render", View.newBuilder().setRender(true)),
                new WrongJoin(
                        "the macro-actions of others",
                        WATCH,
                        join -> join.setView(
                                View.newBuilder().setOtherAgents(true).setCurrentActions(true)),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("view", "current_actions")),
                new WrongJoin(
                        "a lease that runs backwards, and a long request id",
                        ANY_TWO,
                        join -> join.setLease(Duration.newBuilder().setSeconds(-5))
                                .setRequestId("x".repeat(65)),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("lease", "request_id")));
    }

    private static WrongJoin privilege(String name, View.Builder view) {
        return new WrongJoin(
                "the privilege " + name,
                ANY_TWO,
                join -> join.setView(view),
                in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("view", name));
    }

    @ParameterizedTest
    @MethodSource("wrongJoins")
    void aWrongJoinIsRefusedAndTakesNothing(WrongJoin wrong) {
        Table table = table();
        wrong.expected().accept(Refused.by(() -> table.seat(wrong.change().apply(table.join(wrong.invite())))));
        // Neither a use of the invite nor a seat is gone.
        assertThat(table.seat(ONCE).joined.getSeatsList()).containsExactly(2);
        assertThat(table.seat(ANY_TWO).joined.getSeatsList()).containsExactly(1);
    }

    @Test
    void aTakenSeatAnInviteUsedUpAndAnIdUsedForSomethingElse() {
        Table table = table();
        JoinRequest.Builder mine = table.join(ONCE).setRequestId("mine");
        Guest first = table.seat(mine);
        Refused.by(() -> table.seat(table.join(ANY_TWO).addSeats(1).addSeats(2)))
                .is(Code.ALREADY_EXISTS, "SEAT_TAKEN")
                .metadata("seat", "2")
                .retry();
        Refused.by(() -> table.seat(mine.clone().setView(View.newBuilder().setRewardTrace(true))))
                .is(Code.ABORTED, "REQUEST_ID_REUSED")
                .metadata("request_id", "mine");
        Refused.by(() -> table.seat(ONCE)).is(Code.ALREADY_EXISTS, "SEAT_TAKEN").metadata("seat", "2");
        assertThat(table.seat(mine).joined).isEqualTo(first.joined);
        assertThat(table.seat(ANY_TWO).joined.getSeatsList()).containsExactly(1);
    }

    @Test
    void aSessionHasSoManyGrantsAndNoMore() {
        Table table = table();
        for (int grant = 1; grant < SessionLimits.STANDARD.grants(); grant++) {
            table.seat(WATCH);
        }
        Refused.by(() -> table.seat(WATCH))
                .is(Code.RESOURCE_EXHAUSTED, "QUOTA_REACHED")
                .metadata("limit", "grants")
                .quota();
        assertThat(table.owner.collect().getEvents().getRows()).isEqualTo(2);
    }

    // ------------------------------------------------------------------------------------------------ steps

    /** A wrong step of the player of seat 2, made from the right one, in which both lanes decide. */
    private record WrongStep(String name, UnaryOperator<StepRequest.Builder> change, Consumer<Refused> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<WrongStep> wrongSteps() {
        return Stream.of(
                new WrongStep(
                        "a seat of the owner's",
                        step -> step.setSeat(1, 0),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("seat", "0")),
                new WrongStep(
                        "another player's seat",
                        step -> step.setSeat(1, 1),
                        in -> in.is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED").metadata("seat", "1")),
                new WrongStep(
                        "no such seat",
                        step -> step.setSeat(1, 3),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seat[1]")),
                new WrongStep(
                        "no such macro-action",
                        step -> step.setAction(1, 3),
                        in -> in.is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                                .fields("action[1]")),
                new WrongStep(
                        "a fallback that the seat does not have",
                        step -> step.setAction(1, -1),
                        in -> in.is(Code.FAILED_PRECONDITION, "NO_FALLBACK").metadata("seat", "2")),
                new WrongStep(
                        "the owner's step id",
                        step -> step.setStepId(7),
                        in -> in.is(Code.ABORTED, "STEP_ID_MISMATCH").metadata("expected", "2")),
                new WrongStep(
                        "the last step id for something else",
                        step -> step.setStepId(1),
                        in -> in.is(Code.ABORTED, "STEP_ID_REUSED").metadata("step_id", "1")));
    }

    private static StepRequest.Builder right(Guest guest) {
        return guest.request()
                .addLane(0)
                .addSeat(2)
                .addAction(0)
                .addLane(1)
                .addSeat(2)
                .addAction(0);
    }

    private static List<LaneInfo> lanes(Table table) {
        return table.look(table.owner.session.getToken()).getLanesList();
    }

    @ParameterizedTest
    @MethodSource("wrongSteps")
    void aWrongStepOfAPlayerIsRefusedAloneAndInAStream(WrongStep wrong) {
        Table table = table();
        Guest guest = table.seat(ONCE);
        Guest other = table.seat(ANY_TWO);
        guest.collect();
        List<LaneInfo> before = lanes(table);
        StepRequest.Builder request = wrong.change().apply(right(guest));
        wrong.expected().accept(guest.refusal(request));
        wrong.expected()
                .accept(Refused.by(
                        () -> SessionServiceGrpc.newBlockingStub(channel).step(request.build())));
        assertThat(lanes(table)).isEqualTo(before);
        guest.send(right(guest)); // which waits for the others
        othersDecide(table, other);
        assertThat(guest.await().count()).isPositive();
    }

    @Test
    void whoHasDecidedIsHeldToIt() {
        Table table = table();
        Guest guest = table.seat(ONCE);
        Guest other = table.seat(ANY_TWO);
        guest.collect();
        Rows none = guest.send(guest.request().addLane(0).addSeat(2).addAction(0))
                .await(); // at once, since it owes another decision
        assertThat(none.count()).isZero();
        guest.refusal(guest.request().addLane(0).addSeat(2).addAction(1))
                .is(Code.FAILED_PRECONDITION, "SEAT_ONGOING")
                .metadata("lane", "0")
                .metadata("seat", "2")
                .metadata("since_tick", "0");
        guest.send(guest.request().addLane(1).addSeat(2).addAction(0));
        othersDecide(table, other);
        assertThat(guest.await().count()).isPositive();
    }

    private static void othersDecide(Table table, Guest other) {
        other.send(other.request()
                .addLane(0)
                .addSeat(1)
                .addAction(-1)
                .addLane(1)
                .addSeat(1)
                .addAction(-1));
        table.owner.onStream();
        table.owner
                .line()
                .send(table.owner
                        .request()
                        .addLane(0)
                        .addSeat(0)
                        .addAction(0)
                        .addLane(1)
                        .addSeat(0)
                        .addAction(0)
                        .build());
    }

    @Test
    void beforeTheRequiredSeatsAreTakenNobodyDecides() {
        Table table = table();
        Guest guest = table.seat(ONCE);
        guest.collect();
        guest.refusal(right(guest))
                .is(Code.FAILED_PRECONDITION, "SEATS_MISSING")
                .metadata("seats", "1");
        Refused.by(() -> SessionServiceGrpc.newBlockingStub(channel)
                        .step(right(guest).build()))
                .is(Code.FAILED_PRECONDITION, "SEATS_MISSING")
                .metadata("seats", "1");
        table.seat(ANY_TWO);
        assertThat(guest.collect().count())
                .as("the rows at which it is asked, once more")
                .isEqualTo(2);
    }

    @Test
    void aSpectatorTakesNoSteps() {
        Table table = table();
        Guest spectator = table.seat(WATCH);
        spectator
                .refusal(spectator.request())
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("role", "SPECTATOR");
        Refused.by(() -> SessionServiceGrpc.newBlockingStub(channel)
                        .step(spectator.request().build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED");
        assertThat(table.look(spectator.joined.getToken()).getLanesCount()).isEqualTo(2);
    }

    // ------------------------------------------------------------------------------------------------ other calls

    @Test
    void aPlayerNeitherResetsLanesNorReadsTheState() {
        Table table = table();
        Guest guest = table.seat(ONCE);
        String session = table.owner.session.getSession();
        String token = guest.joined.getToken();
        Refused.by(() -> table.owner.stub.reset(ResetRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .build()))
                .is(Code.PERMISSION_DENIED, "OWNER_ONLY");
        Refused.by(() -> table.owner.stub.getMacroState(GetMacroStateRequest.newBuilder()
                        .setSession(session)
                        .setToken(token)
                        .build()))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("view", "macro_state");
        assertThat(guest.collect().count()).isEqualTo(2);
    }
}
