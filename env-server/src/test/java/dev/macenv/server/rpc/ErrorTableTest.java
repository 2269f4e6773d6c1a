package dev.macenv.server.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.v1.AbsenceKind;
import dev.macenv.v1.AbsencePolicy;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.InviteOptions;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.Role;
import dev.macenv.v1.SeatPolicy;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.View;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the error table that this server can meet: code, reason, field; and that nothing has changed afterwards. */
@ParameterizedClass
@EnumSource(Transports.class)
final class ErrorTableTest {
    private static final int LANES = 4;

    private final EnvironmentServer server;
    private final ManagedChannel channel;

    ErrorTableTest(Transports transport) {
        server = transport.start(
                ProtocolTest.CATALOG, ServerOptions.standard().withLimits(SessionLimits.STANDARD.withSessions(20)));
        channel = transport.connect(server);
    }

    @AfterEach
    void stopServer() {
        channel.shutdownNow();
        server.close();
    }

    // ------------------------------------------------------------------------------------------------ steps

    /** A wrong step: made from a right one that decides for every pending seat of four lanes. */
    private record WrongStep(
            String name, UnaryOperator<StepRequest.Builder> change, Consumer<Refused> expected, boolean endsStream) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<WrongStep> wrongSteps() {
        return Stream.of(
                wrong(
                        "a lane too many",
                        step -> step.addLane(0),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seat", "action")),
                wrong(
                        "an action missing",
                        ErrorTableTest::withoutLastAction,
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("action")),
                wrong(
                        "no such lane",
                        step -> step.setLane(3, LANES),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("lane[3]")),
                wrong(
                        "no such lane, no such seat and one pair twice, all told at once",
                        step -> step.setLane(0, LANES)
                                .setSeat(1, 3)
                                .setLane(3, 0)
                                .setSeat(3, 0)
                                .setLane(2, 0)
                                .setSeat(2, 0),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("lane[0]", "seat[1]", "seat[3]")),
                wrong(
                        "a lane beyond 2^31",
                        step -> step.setLane(2, -1),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("lane[2]")),
                wrong(
                        "no such seat",
                        step -> step.setSeat(3, 3),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seat[3]")),
                wrong(
                        "one pair twice",
                        step -> step.addLane(step.getLane(0))
                                .addSeat(step.getSeat(0))
                                .addAction(step.getAction(0)),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("seat[4]")),
                wrong(
                        "parameters where none belong",
                        step -> step.setParams(ByteString.copyFromUtf8("x")),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("params")),
                wrong(
                        "no such macro-action",
                        step -> step.setAction(3, 3),
                        in -> in.is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                                .fields("action[3]")
                                .metadata("action", "3")
                                .metadata("actions", "3")),
                wrong(
                        "a macro-action below -1",
                        step -> step.setAction(3, -2),
                        in -> in.is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                                .fields("action[3]")),
                wrong(
                        "a fallback that nobody named",
                        step -> step.setAction(3, -1),
                        in -> in.is(Code.FAILED_PRECONDITION, "NO_FALLBACK").metadata("seat", "0")),
                wrong(
                        "a macro-action that may not begin now",
                        step -> step.setAction(3, 2),
                        in -> in.is(Code.FAILED_PRECONDITION, "ACTION_ILLEGAL")
                                .metadata("lane", "3")
                                .metadata("seat", "0")
                                .metadata("action", "2")),
                wrong(
                        "a seat whose macro-action goes on",
                        step -> step.setSeat(3, 1),
                        in -> in.is(Code.FAILED_PRECONDITION, "SEAT_ONGOING")
                                .metadata("lane", "3")
                                .metadata("seat", "1")
                                .metadata("since_tick", "0")),
                wrong(
                        "a step id left out",
                        step -> step.setStepId(step.getStepId() + 1),
                        in -> in.is(Code.ABORTED, "STEP_ID_MISMATCH").metadata("expected", "3")),
                wrong(
                        "an old step id",
                        step -> step.setStepId(1),
                        in -> in.is(Code.ABORTED, "STEP_ID_MISMATCH").metadata("expected", "3")),
                wrong(
                        "no step id",
                        step -> step.setStepId(0),
                        in -> in.is(Code.ABORTED, "STEP_ID_MISMATCH").metadata("expected", "3")),
                wrong(
                        "the last step id for something else",
                        step -> step.setStepId(2),
                        in -> in.is(Code.ABORTED, "STEP_ID_REUSED").metadata("step_id", "2")));
    }

    private static WrongStep wrong(String name, UnaryOperator<StepRequest.Builder> change, Consumer<Refused> expected) {
        return new WrongStep(name, change, expected, false);
    }

    private static StepRequest.Builder withoutLastAction(StepRequest.Builder step) {
        List<Integer> actions = step.getActionList().subList(0, step.getActionCount() - 1);
        return step.clone().clearAction().addAllAction(List.copyOf(actions));
    }

    /**
     * Four lanes after one tick, in each of which seat 0 alone is pending and macro-action 2 may not begin.
     *
     * <p>The lane seeds are searched for: macro-actions of this environment take a random time.
     */
    private Player atTickOne(boolean stream) {
        Player player = Player.create(channel, Player.relay(LANES, TickOneSeeds.find(LANES)));
        if (stream) {
            player.onStream();
        }
        player.collect();
        StepRequest.Builder request = player.request();
        for (int lane = 0; lane < LANES; lane++) {
            for (int seat = 0; seat < 3; seat++) {
                request.addLane(lane).addSeat(seat).addAction(1);
            }
        }
        Rows rows = player.rows(player.step(request));
        assertThat(rows.count()).isEqualTo(LANES);
        return player;
    }

    private static StepRequest.Builder rightStep(Player player) {
        StepRequest.Builder right = player.request();
        for (int lane = 0; lane < LANES; lane++) {
            right.addLane(lane).addSeat(0).addAction(0);
        }
        return right;
    }

    @ParameterizedTest
    @MethodSource("wrongSteps")
    void aWrongUnaryStepIsRefusedAndChangesNothing(WrongStep wrong) {
        Player player = atTickOne(false);
        List<LaneInfo> before = lanes(player);
        StepRequest request = wrong.change().apply(rightStep(player)).build();
        wrong.expected().accept(Refused.by(() -> player.stub.step(request)));
        assertThat(lanes(player)).isEqualTo(before);
        assertThat(player.step(rightStep(player)).getEvents().getRows()).isGreaterThanOrEqualTo(LANES);
    }

    @ParameterizedTest
    @MethodSource("wrongSteps")
    void aWrongStepOnAStreamIsRefusedAndTheStreamLivesOn(WrongStep wrong) {
        Player player = atTickOne(true);
        List<LaneInfo> before = lanes(player);
        StepRequest request = wrong.change().apply(rightStep(player)).build();
        StepResponse refusal = player.line().send(request).await();
        assertThat(refusal.getStepId()).isEqualTo(request.getStepId());
        wrong.expected().accept(Refused.in(refusal));
        assertThat(lanes(player)).isEqualTo(before);
        assertThat(player.step(rightStep(player)).getEvents().getRows()).isGreaterThanOrEqualTo(LANES);
    }

    private static List<LaneInfo> lanes(Player player) {
        return player.stub
                .getSession(GetSessionRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .build())
                .getLanesList();
    }

    @Test
    void aManualLaneThatEndedAcceptsNoDecisionBeforeItsReset() {
        Player player = Player.create(channel, Player.relay(1, 5).setResetMode(ResetMode.RESET_MODE_MANUAL));
        Rows rows = player.rows(player.collect());
        while (!rows.ends(0)) {
            rows = player.rows(player.answer(rows));
        }
        Refused.by(() -> player.stub.step(
                        player.request().addLane(0).addSeat(0).addAction(0).build()))
                .is(Code.FAILED_PRECONDITION, "LANE_ENDED")
                .metadata("lane", "0");
        player.stub.reset(reset(player).build());
        assertThat(player.answer(player.rows(player.collect())).getEvents().getRows())
                .isPositive();
    }

    // ------------------------------------------------------------------------------------------------ credentials

    @Test
    void aWrongTokenAndAnUnknownSessionAreAnsweredAlike() {
        Player player = Player.create(channel, Player.relay(1));
        StepRequest right = player.request().build();
        List<StepRequest> wrong = List.of(
                right.toBuilder().setToken("0".repeat(32)).build(),
                right.toBuilder().setToken("").build(),
                right.toBuilder().setToken(right.getToken() + "0").build(),
                right.toBuilder().setSession("nobody").build(),
                right.toBuilder().setSession("").build());
        String told = "";
        for (StepRequest request : wrong) {
            Refused refused = Refused.by(() -> player.stub.step(request)).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            assertThat(told).isIn("", refused.message());
            told = refused.message();
            Refused.end(new PlayLine(channel).send(request)).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        }
        String name = right.getSession();
        List<ThrowingCallable> calls = List.of(
                () -> player.stub.getSession(
                        GetSessionRequest.newBuilder().setSession(name).build()),
                () -> player.stub.reset(
                        ResetRequest.newBuilder().setSession(name).build()),
                () -> player.stub.closeSession(
                        CloseSessionRequest.newBuilder().setSession(name).build()),
                () -> player.stub.getMacroState(
                        GetMacroStateRequest.newBuilder().setSession(name).build()),
                () -> player.stub.getMacroObservation(
                        GetMacroObservationRequest.newBuilder().setSession(name).build()));
        for (ThrowingCallable call : calls) {
            Refused.by(call).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        }
        assertThat(player.collect().getEvents().getRows()).isEqualTo(1);
    }

    @Test
    void aStreamBelongsToTheSessionOfItsFirstMessage() {
        Player player = Player.create(channel, Player.relay(1)).onStream();
        Player other = Player.create(channel, Player.relay(1));
        player.collect();
        StepResponse refusal =
                player.line().send(other.request().setStepId(2).build()).await();
        Refused.in(refusal).is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields("session");
        assertThat(player.collect().getEvents().getRows()).isEqualTo(1);
        assertThat(player.step(player.request().clearSession().clearToken())
                        .getEvents()
                        .getRows())
                .isEqualTo(1);
    }

    @Test
    void macroStatesNeedTheView() {
        Player player = Player.create(
                channel, Player.relay(1).setOwnerView(View.newBuilder().setState(true)));
        GetMacroStateRequest request = GetMacroStateRequest.newBuilder()
                .setSession(player.session.getSession())
                .setToken(player.session.getToken())
                .build();
        Refused.by(() -> player.stub.getMacroState(request))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .metadata("view", "macro_state");
        assertThat(player.collect().getEvents().getRows()).isEqualTo(1);
    }

    // ------------------------------------------------------------------------------------------------ creation

    private record WrongCreation(
            String name, UnaryOperator<CreateSessionRequest.Builder> change, Consumer<Refused> expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<WrongCreation> wrongCreations() {
        return Stream.of(
                creation(
                        "an unknown environment",
                        request -> request.setEnvironment("bp-11"),
                        in -> in.is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND")
                                .metadata("environment", "bp-11")
                                .resource("macenv.v1.Environment", "bp-11")),
                creation(
                        "another version",
                        request -> request.setEnvironment("relay@2"),
                        in -> in.is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND")
                                .resource("macenv.v1.Environment", "relay@2")),
                invalid("no environment", CreateSessionRequest.Builder::clearEnvironment, "environment"),
                invalid("an unknown setting", request -> set(request, "grid", number(8)), "config.grid"),
                invalid("a setting out of range", request -> set(request, "horizon", number(1001)), "config.horizon"),
                invalid("a fraction of a tick", request -> set(request, "horizon", number(1.5)), "config.horizon"),
                invalid("NaN ticks", request -> set(request, "horizon", number(Double.NaN)), "config.horizon"),
                invalid("text for a number", request -> set(request, "horizon", text("40")), "config.horizon"),
                invalid(
                        "nothing for a number",
                        request -> set(
                                request,
                                "horizon",
                                Value.newBuilder()
                                        .setNullValue(NullValue.NULL_VALUE)
                                        .build()),
                        "config.horizon"),
                invalid("a word that is no choice", request -> set(request, "fault", text("some")), "config.fault"),
                invalid("no lanes", request -> request.setLanes(0), "lanes"),
                invalid("ten thousand lanes", request -> request.setLanes(10_000), "lanes"),
                invalid("four thousand million lanes", request -> request.setLanes(-1), "lanes"),
                invalid(
                        "two seeds for three lanes",
                        request -> request.setLanes(3).addSeeds(1).addSeeds(2),
                        "seeds"),
                invalid("gamma above 1", request -> request.setGamma(1.1), "gamma"),
                invalid("gamma below 0", request -> request.setGamma(-0.1), "gamma"),
                invalid("gamma NaN", request -> request.setGamma(Double.NaN), "gamma"),
                invalid("an unknown reset mode", request -> request.setResetModeValue(9), "reset_mode"),
                invalid("a lease of nothing", request -> request.setLease(Duration.getDefaultInstance()), "lease"),
                invalid(
                        "a malformed lease",
                        request -> request.setLease(
                                Duration.newBuilder().setNanos(-5).setSeconds(5)),
                        "lease"),
                invalid("a long request id", request -> request.setRequestId("x".repeat(65)), "request_id"),
                invalid(
                        "an unknown absence policy",
                        request -> request.setAbsence(AbsencePolicy.newBuilder().setKindValue(77)),
                        "absence.kind"),
                invalid(
                        "a fallback that is no macro-action",
                        request -> request.setAbsence(fallback(2)), // agent 1 has two
                        "absence.action"),
                invalid(
                        "a fallback of one seat that is no macro-action",
                        request -> request.addSeats(
                                SeatPolicy.newBuilder().setSeat(2).setAbsence(fallback(3))),
                        "seats[0].absence.action"),
                invalid(
                        "an unknown absence policy of one seat",
                        request -> request.addSeats(SeatPolicy.newBuilder()
                                .setAbsence(AbsencePolicy.newBuilder().setKindValue(77))),
                        "seats[0].absence.kind"),
                invalid(
                        "a patience of nothing",
                        request -> request.setAbsence(fallback(0).setPatience(Duration.getDefaultInstance())),
                        "absence.patience"),
                invalid(
                        "a seat too many, and one twice",
                        request -> request.addSeats(Table.openSeat(3))
                                .addSeats(Table.openSeat(1))
                                .addSeats(Table.openSeat(-1))
                                .addSeats(Table.openSeat(1)),
                        "seats[0].seat",
                        "seats[2].seat",
                        "seats[3].seat"),
                invalid(
                        "an unknown assignment",
                        request -> request.addSeats(SeatPolicy.newBuilder().setAssignmentValue(9)),
                        "seats[0].assignment"),
                invalid(
                        "invites for seats that are not open, or not there, or named twice",
                        request -> request.addSeats(Table.openSeat(1))
                                .addInvites(InviteOptions.newBuilder().addSeats(1))
                                .addInvites(InviteOptions.newBuilder()
                                        .addSeats(0)
                                        .addSeats(3)
                                        .addSeats(1)
                                        .addSeats(1)),
                        "invites[1].seats[0]",
                        "invites[1].seats[1]",
                        "invites[1].seats[3]"),
                invalid(
                        "a player without seats, and a spectator with one",
                        request -> request.addSeats(Table.openSeat(1))
                                .addInvites(InviteOptions.newBuilder().setRole(Role.ROLE_PLAYER))
                                .addInvites(InviteOptions.newBuilder()
                                        .setRole(Role.ROLE_SPECTATOR)
                                        .addSeats(1)),
                        "invites[0].seats",
                        "invites[1].seats"),
                invalid(
                        "invites for an owner and for nobody",
                        request -> request.addInvites(InviteOptions.newBuilder().setRole(Role.ROLE_OWNER))
                                .addInvites(InviteOptions.newBuilder().setRoleValue(9)),
                        "invites[0].role",
                        "invites[1].role"),
                invalid("more invites than grants", ErrorTableTest::withManyInvites, "invites"),
                invalid(
                        "every reward of episodes without end, some of which the owner may sleep through",
                        request -> set(request, "horizon", number(0))
                                .setOwnerView(View.newBuilder().setRewardTrace(true))
                                .setAbsence(fallback(0)),
                        "owner_view.reward_trace"),
                invalid(
                        "every reward of episodes without end that others play",
                        request -> Table.open(set(request, "horizon", number(0))
                                .setOwnerView(View.newBuilder().setRewardTrace(true))),
                        "owner_view.reward_trace"),
                invalid(
                        "an unknown recording mode",
                        request -> request.setRecording(
                                RecordingOptions.newBuilder().setModeValue(77)),
                        "recording.mode"),
                creation(
                        "everything wrong at once",
                        request -> set(set(request, "grid", number(8)), "horizon", number(-1))
                                .setLanes(0)
                                .setGamma(2)
                                .addSeeds(1)
                                .addSeeds(2),
                        in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                                .fields("config.grid", "config.horizon", "lanes", "seeds", "gamma")),
                creation(
                        "bytes that are no snapshot",
                        request -> request.setSnapshot(ByteString.copyFromUtf8("x")),
                        in -> in.is(Code.DATA_LOSS, "SNAPSHOT_CORRUPT")),
                creation(
                        "a snapshot that is not kept",
                        request -> request.setSnapshotId("x"),
                        in -> in.is(Code.NOT_FOUND, "SNAPSHOT_NOT_FOUND")
                                .metadata("snapshot", "x")
                                .resource("macenv.v1.Snapshot", "x")),
                invalid(
                        "seeds beside a snapshot",
                        request -> request.setSnapshotId("x").addSeeds(1),
                        "seeds"),
                creation(
                        "an environment that cannot be made",
                        request -> set(request, "fault", text("construct")),
                        in -> in.is(Code.INTERNAL, "ENVIRONMENT_FAULT")));
    }

    private static WrongCreation creation(
            String name, UnaryOperator<CreateSessionRequest.Builder> change, Consumer<Refused> expected) {
        return new WrongCreation(name, change, expected);
    }

    private static WrongCreation invalid(
            String name, UnaryOperator<CreateSessionRequest.Builder> change, String... fields) {
        return creation(
                name,
                change,
                in -> in.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields(fields));
    }

    private static AbsencePolicy.Builder fallback(int action) {
        return AbsencePolicy.newBuilder()
                .setKind(AbsenceKind.ABSENCE_KIND_FALLBACK_ACTION)
                .setAction(action);
    }

    private static CreateSessionRequest.Builder withManyInvites(CreateSessionRequest.Builder request) {
        for (int i = 0; i <= SessionLimits.STANDARD.grants(); i++) {
            request.addInvites(InviteOptions.getDefaultInstance());
        }
        return request;
    }

    private static CreateSessionRequest.Builder set(CreateSessionRequest.Builder request, String key, Value value) {
        return request.setConfig(request.getConfig().toBuilder().putFields(key, value));
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    @ParameterizedTest
    @MethodSource("wrongCreations")
    void aWrongCreationIsRefusedAndTakesNoCapacity(WrongCreation wrong) {
        CreateSessionRequest.Builder request =
                CreateSessionRequest.newBuilder().setEnvironment("relay").setLanes(1);
        wrong.expected()
                .accept(Refused.by(() -> Player.create(channel, wrong.change().apply(request))));
        assertThat(server.sessionCount()).isZero();
        assertThat(server.reservedSessionCount()).isZero();
        assertThat(Player.create(channel, Player.relay(1)).collect().getEvents().getRows())
                .isEqualTo(1);
    }

    @Test
    void aFullServerSaysWhichLimitIsReachedAndWhenToComeBack() {
        for (int i = 0; i < 20; i++) {
            Player.create(channel, Player.relay(1));
        }
        Refused.by(() -> Player.create(channel, Player.relay(1)))
                .is(Code.RESOURCE_EXHAUSTED, "CAPACITY_REACHED")
                .metadata("limit", "sessions")
                .quota()
                .retry();
    }

    // ------------------------------------------------------------------------------------------------ other calls

    @Test
    void aWrongResetIsRefusedWithEveryProblem() {
        Player player = Player.create(channel, Player.relay(3, 5));
        List<LaneInfo> before = lanes(player);
        Refused.by(() -> player.stub.reset(
                        reset(player).addLanes(1).addLanes(3).addLanes(1).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lanes[1]", "lanes[2]");
        Refused.by(() -> player.stub.reset(reset(player).addSeeds(1).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("seeds");
        Refused.by(() -> player.stub.reset(
                        reset(player).addLanes(0).addSeeds(1).addEpisodeSeeds(1).build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("episode_seeds");
        assertThat(lanes(player)).isEqualTo(before);
        assertThat(player.stub.reset(reset(player).build()).getStartedCount()).isEqualTo(3);
    }

    private static ResetRequest.Builder reset(Player player) {
        return ResetRequest.newBuilder().setSession(player.session.getSession()).setToken(player.session.getToken());
    }

    @Test
    void lookingAtLanesThatAreNotThereIsRefused() {
        Player player = Player.create(channel, Player.relay(3, 5));
        Refused.by(() -> player.stub.getMacroObservation(GetMacroObservationRequest.newBuilder()
                        .setSession(player.session.getSession())
                        .setToken(player.session.getToken())
                        .addLanes(0)
                        .addLanes(7)
                        .build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("lanes[1]");
    }

    @Test
    void theCatalogRefusesWhatItDoesNotKnow() {
        CatalogServiceGrpc.CatalogServiceBlockingStub catalog = CatalogServiceGrpc.newBlockingStub(channel);
        Refused.by(() -> catalog.listEnvironments(
                        ListEnvironmentsRequest.newBuilder().setPageToken("x").build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("page_token");
        Refused.by(() -> catalog.getEnvironment(
                        GetEnvironmentRequest.newBuilder().setEnvironment("x").build()))
                .is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND");
        Refused.by(() -> catalog.getEnvironment(GetEnvironmentRequest.newBuilder()
                        .setEnvironment("relay")
                        .setConfig(Struct.newBuilder().putFields("a", number(1)).putFields("horizon", number(-1)))
                        .build()))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("config.a", "config.horizon");
    }
}
