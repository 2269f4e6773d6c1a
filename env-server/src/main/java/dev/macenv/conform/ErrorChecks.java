package dev.macenv.conform;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.ConfigField;
import dev.macenv.v1.ConfigType;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.GetEnvironmentRequest;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.RecordingOptions;
import dev.macenv.v1.RenderRequest;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.View;
import dev.macenv.v1.WatchRequest;
import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Group 6: a mistake is told by code, reason and field, and costs nothing: the next right step is accepted. */
final class ErrorChecks {
    private static final String UNCHANGED = "error.proto: after any refusal the session goes on, unchanged";

    private ErrorChecks() {}

    static List<Check> checks() {
        List<Check> checks = new ArrayList<>();
        steps().forEach(wrong -> {
            checks.add(Check.ofServer(wrong.name + ", as a call", trial -> tryStep(trial, wrong, false)));
            checks.add(Check.ofServer(wrong.name + ", in a stream", trial -> tryStep(trial, wrong, true)));
        });
        checks.addAll(List.of(
                Check.ofServer("one bad row of many changes nothing", ErrorChecks::atomic),
                Check.ofServer("wrong tokens and unknown sessions are answered alike", ErrorChecks::credentials),
                Check.ofServer("a closed session says so", ErrorChecks::closed),
                Check.ofServer("macro-states need the view", ErrorChecks::macroStates),
                Check.ofServer("a stream belongs to the session of its first message", ErrorChecks::otherSession),
                Check.ofServer("unknown environments and versions", ErrorChecks::environments),
                Check.ofServer("wrong wishes for a session, every problem at once", ErrorChecks::creations),
                Check.ofServer("wrong settings", ErrorChecks::settings),
                Check.ofServer("wrong resets", ErrorChecks::resets),
                Check.ofServer("wrong wishes for a drawing", DrawingChecks::refused),
                Check.ofServer("what is not announced is absent", ErrorChecks::absent)));
        return checks;
    }

    // ------------------------------------------------------------------------------------------------ steps

    private interface Finding {
        Situation in(Trial trial) throws InterruptedException;
    }

    private interface Change {
        StepRequest.Builder of(StepRequest.Builder right, Situation situation);
    }

    private interface Expectation {
        void check(Refusal refusal, Situation situation, StepRequest sent);
    }

    private record WrongStep(String name, Finding where, Change change, Expectation expected) {}

    private static WrongStep field(String name, Change change, String path) {
        return new WrongStep(
                name,
                Situation::any,
                change,
                (refusal, situation, sent) ->
                        refusal.is(Code.INVALID_ARGUMENT, "INVALID_FIELD").fields(path));
    }

    private static WrongStep outOfOrder(String name, long difference) {
        return new WrongStep(
                name,
                Situation::any,
                (right, situation) -> right.setStepId(right.getStepId() + difference),
                (refusal, situation, sent) -> refusal.is(Code.ABORTED, "STEP_ID_MISMATCH")
                        .says("expected", String.valueOf(situation.player().nextStepId())));
    }

    private static List<WrongStep> steps() {
        return List.of(
                field("a seat too few", (right, at) -> right.addLane(0).addAction(0), "seat"),
                field(
                        "an action too few",
                        (right, at) ->
                                right.addLane(0).addSeat(at.player().seats().get(0)),
                        "action"),
                field(
                        "no such lane",
                        (right, at) -> right.setLane(0, at.player().lanes()),
                        "lane[0]"),
                field("a lane beyond 2^31", (right, at) -> right.setLane(0, -1), "lane[0]"),
                field(
                        "no such seat",
                        (right, at) -> right.setSeat(0, at.player().spec().getAgentsCount()),
                        "seat[0]"),
                new WrongStep(
                        "a pair given twice",
                        Situation::any,
                        (right, at) -> right.addLane(right.getLane(0))
                                .addSeat(right.getSeat(0))
                                .addAction(right.getAction(0)),
                        (refusal, at, sent) -> refusal.is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                                .fields("seat[" + (sent.getSeatCount() - 1) + "]")),
                field(
                        "parameters that nobody takes",
                        (right, at) -> right.setParams(ByteString.copyFromUtf8("x")),
                        "params"),
                new WrongStep(
                        "no such macro-action",
                        Situation::any,
                        (right, at) -> right.setAction(0, actions(at)),
                        (refusal, at, sent) -> refusal.is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                                .fields("action[0]")
                                .says("action", String.valueOf(actions(at)))
                                .says("actions", String.valueOf(actions(at)))),
                new WrongStep(
                        "a macro-action below -1",
                        Situation::any,
                        (right, at) -> right.setAction(0, -2),
                        (refusal, at, sent) -> refusal.is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                                .fields("action[0]")),
                new WrongStep(
                        "a fallback that nobody has named",
                        Situation::any,
                        (right, at) -> right.setAction(0, -1),
                        (refusal, at, sent) -> refusal.is(Code.FAILED_PRECONDITION, "NO_FALLBACK")
                                .says("lane", String.valueOf(sent.getLane(0)))
                                .says("seat", String.valueOf(sent.getSeat(0)))),
                new WrongStep(
                        "a macro-action that is masked out",
                        Situation::illegal,
                        (right, at) -> right.clearLane()
                                .clearSeat()
                                .clearAction()
                                .addLane(at.special().lane())
                                .addSeat(at.special().seat())
                                .addAction(at.special().action()),
                        (refusal, at, sent) -> refusal.is(Code.FAILED_PRECONDITION, "ACTION_ILLEGAL")
                                .says("lane", String.valueOf(at.special().lane()))
                                .says("seat", String.valueOf(at.special().seat()))
                                .says("action", String.valueOf(at.special().action()))),
                new WrongStep(
                        "a seat whose macro-action goes on",
                        Situation::ongoing,
                        (right, at) -> right.addLane(at.special().lane())
                                .addSeat(at.special().seat())
                                .addAction(0),
                        (refusal, at, sent) -> refusal.is(Code.FAILED_PRECONDITION, "SEAT_ONGOING")
                                .says("lane", String.valueOf(at.special().lane()))
                                .says("seat", String.valueOf(at.special().seat()))),
                outOfOrder("a step id left out", 1),
                outOfOrder("an old step id", -2),
                new WrongStep(
                        "the last step id for something else",
                        Situation::any,
                        (right, at) -> right.setStepId(right.getStepId() - 1),
                        (refusal, at, sent) -> refusal.is(Code.ABORTED, "STEP_ID_REUSED")
                                .says("step_id", String.valueOf(sent.getStepId()))));
    }

    private static int actions(Situation at) {
        Player player = at.player();
        return player.spec().getAgents(at.right().getSeat(0)).getMacroActionsCount();
    }

    private static void tryStep(Trial trial, WrongStep wrong, boolean stream) throws InterruptedException {
        if (stream) {
            trial.needs("play");
        }
        Situation situation = wrong.where.in(trial);
        Player player = situation.player();
        if (stream) {
            player.onStream();
        }
        List<LaneInfo> before = player.lanesNow();
        StepRequest.Builder request = wrong.change.of(situation.right(), situation);
        Refusal refusal = player.refusal(request);
        wrong.expected.check(refusal, situation, request.build());
        Violation.unlessEqual(UNCHANGED, "the lanes after " + refusal, before, player.lanesNow());
        Violation.unless(
                player.answer(situation.rows()).count() > 0,
                UNCHANGED,
                "rows of the right step after " + refusal,
                "at least one",
                0);
    }

    private static void atomic(Trial trial) throws InterruptedException {
        int lanes = 32 / trial.agents() + 1;
        Player player = trial.create(trial.session(lanes, 1));
        Rows rows = player.collect();
        StepRequest.Builder wrong = player.decisions(rows);
        int last = wrong.getActionCount() - 1;
        List<LaneInfo> before = player.lanesNow();
        player.refusal(wrong.setAction(last, -2))
                .is(Code.INVALID_ARGUMENT, "ACTION_OUT_OF_RANGE")
                .fields("action[" + last + "]");
        Violation.unlessEqual(
                "event.proto, StepRequest: one bad row and nothing is applied",
                "the lanes after a step with one bad row of " + (last + 1),
                before,
                player.lanesNow());
        player.answer(rows);
    }

    // ------------------------------------------------------------------------------------------------ credentials

    private static void credentials(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, 1));
        StepRequest right = player.request().build();
        List<StepRequest> wrong = List.of(
                right.toBuilder().setToken("0".repeat(32)).build(),
                right.toBuilder().clearToken().build(),
                right.toBuilder().setToken(right.getToken() + "0").build(),
                right.toBuilder().setSession("nobody-has-this-session").build(),
                right.toBuilder().clearSession().build());
        Optional<String> told = Optional.empty();
        for (StepRequest request : wrong) {
            Refusal refusal = Refusal.by(() -> trial.sessions().step(trial.sending(request)))
                    .is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            Violation.unlessEqual(
                    "error.proto, UNAUTHENTICATED: the same answer whether or not the session exists",
                    "the message",
                    told.orElse(refusal.message()),
                    refusal.message());
            told = Optional.of(refusal.message());
            if (trial.serves("play")) {
                Line line = trial.closing(new Line(trial.channel()));
                line.send(trial.sending(request));
                Refusal.of(line.awaitEnd()).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
            }
        }
        String session = player.session();
        List<Callable<?>> calls = List.of(
                () -> trial.sessions()
                        .getSession(GetSessionRequest.newBuilder()
                                .setSession(session)
                                .build()),
                () -> trial.sessions()
                        .reset(ResetRequest.newBuilder().setSession(session).build()),
                () -> trial.sessions()
                        .closeSession(CloseSessionRequest.newBuilder()
                                .setSession(session)
                                .build()),
                () -> trial.sessions()
                        .getMacroState(GetMacroStateRequest.newBuilder()
                                .setSession(session)
                                .build()),
                () -> trial.sessions()
                        .getMacroObservation(GetMacroObservationRequest.newBuilder()
                                .setSession(session)
                                .build()));
        for (Callable<?> call : calls) {
            Refusal.by(call).is(Code.UNAUTHENTICATED, "UNAUTHENTICATED");
        }
        Violation.unlessEqual(
                UNCHANGED, "rows of the right step", 1, player.collect().count());
    }

    private static void closed(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, 1));
        player.collect();
        CloseSessionRequest close = trial.sending(CloseSessionRequest.newBuilder()
                .setSession(player.session())
                .setToken(player.token())
                .build());
        trial.sessions().closeSession(close);
        trial.sessions().closeSession(close); // closing twice is fine
        player.refusal(player.request()).is(Code.NOT_FOUND, "SESSION_CLOSED").says("cause", "OWNER");
    }

    private static void macroStates(Trial trial) {
        Player player =
                trial.create(trial.session(1, 1).setOwnerView(View.newBuilder().setState(true)));
        Refusal.by(() -> trial.sessions()
                        .getMacroState(trial.sending(GetMacroStateRequest.newBuilder()
                                .setSession(player.session())
                                .setToken(player.token())
                                .build())))
                .is(Code.PERMISSION_DENIED, "SEAT_NOT_GRANTED")
                .says("view", "macro_state");
    }

    private static void otherSession(Trial trial) throws InterruptedException {
        trial.needs("play");
        Player player = trial.create(trial.session(1, 1)).onStream();
        player.collect();
        player.refusal(player.request().setSession("another"))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("session");
        Violation.unlessEqual(
                "event.proto, StepRequest.session: empty in the messages after the first",
                "rows of the right step",
                1,
                player.rows(player.step(player.request().clearSession().clearToken()))
                        .count());
    }

    // ------------------------------------------------------------------------------------------------ creation

    private static void environments(Trial trial) {
        String unknown = trial.environment() + "-that-nobody-serves";
        for (String name : List.of(unknown, trial.environment() + "@no-such-version")) {
            refusedCreation(trial, trial.session(1).setEnvironment(name))
                    .is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND")
                    .says("environment", name);
            Refusal.by(() -> trial.catalog()
                            .getEnvironment(trial.sending(GetEnvironmentRequest.newBuilder()
                                    .setEnvironment(name)
                                    .build())))
                    .is(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND");
        }
        invalid(trial, trial.session(1).clearEnvironment(), "environment");
    }

    private static void creations(Trial trial) {
        invalid(trial, trial.session(0), "lanes");
        int most = trial.server().getLimits().getMaxLanes();
        if (most > 0) {
            invalid(trial, trial.session(most + 1), "lanes");
        }
        invalid(trial, trial.session(-1), "lanes");
        invalid(trial, trial.session(3, 1, 2), "seeds");
        invalid(trial, trial.session(1).setGamma(1.1), "gamma");
        invalid(trial, trial.session(1).setGamma(-0.1), "gamma");
        invalid(trial, trial.session(1).setGamma(Double.NaN), "gamma");
        invalid(trial, trial.session(1).setResetModeValue(99), "reset_mode");
        invalid(trial, trial.session(1).setRequestId("x".repeat(65)), "request_id");
        invalid(trial, trial.session(0, 1, 2).setGamma(2), "lanes", "seeds", "gamma");
    }

    private static void settings(Trial trial) {
        Value text = Value.newBuilder().setStringValue("neither here nor there").build();
        Value flag = Value.newBuilder().setBoolValue(true).build();
        invalid(trial, set(trial, "no_such_setting", flag), "config.no_such_setting");
        Refusal.by(() -> trial.catalog()
                        .getEnvironment(trial.sending(GetEnvironmentRequest.newBuilder()
                                .setEnvironment(trial.environment())
                                .setConfig(Struct.newBuilder().putFields("no_such_setting", flag))
                                .build())))
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields("config.no_such_setting");
        for (ConfigField field : trial.spec().getConfigList()) {
            String path = "config." + field.getName();
            invalid(
                    trial,
                    set(trial, field.getName(), field.getType() == ConfigType.CONFIG_TYPE_BOOLEAN ? text : flag),
                    path);
            if (field.getType() == ConfigType.CONFIG_TYPE_CHOICE) {
                invalid(trial, set(trial, field.getName(), text), path);
            }
            if (field.hasMaximum()) {
                invalid(trial, set(trial, field.getName(), number(field.getMaximum() + 1)), path);
            }
            if (field.hasMinimum()) {
                invalid(trial, set(trial, field.getName(), number(field.getMinimum() - 1)), path);
            }
        }
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    private static CreateSessionRequest.Builder set(Trial trial, String key, Value value) {
        return trial.session(1).setConfig(Struct.newBuilder().putFields(key, value));
    }

    private static void invalid(Trial trial, CreateSessionRequest.Builder request, String... fields) {
        refusedCreation(trial, request)
                .is(Code.INVALID_ARGUMENT, "INVALID_FIELD")
                .fields(fields);
    }

    static Refusal refusedCreation(Trial trial, CreateSessionRequest.Builder request) {
        return Refusal.by(() -> {
            var created = trial.sessions().createSession(trial.sending(request.build()));
            trial.closeLater(created.getSession(), created.getToken());
            return created;
        });
    }

    private static void resets(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, 1));
        List<ResetRequest.Builder> wrong = List.of(
                reset(player).addLanes(2),
                reset(player).addLanes(0).addLanes(0),
                reset(player).addSeeds(1),
                reset(player).addLanes(0).addEpisodeSeeds(1).addEpisodeSeeds(2));
        List<LaneInfo> before = player.lanesNow();
        for (ResetRequest.Builder request : wrong) {
            Refusal.by(() -> trial.sessions().reset(trial.sending(request.build())))
                    .is(Code.INVALID_ARGUMENT, "INVALID_FIELD");
        }
        Violation.unlessEqual(UNCHANGED, "the lanes after wrong resets", before, player.lanesNow());
        Violation.unlessEqual(
                UNCHANGED, "rows of the right step", 2, player.collect().count());
    }

    private static ResetRequest.Builder reset(Player player) {
        return ResetRequest.newBuilder().setSession(player.session()).setToken(player.token());
    }

    // ------------------------------------------------------------------------------------------------ features

    private static void absent(Trial trial) {
        Player player = trial.create(trial.session(1, 1));
        String session = player.session();
        String token = player.token();
        absent(
                trial,
                "watch",
                () -> trial.sessions()
                        .watch(WatchRequest.newBuilder()
                                .setSession(session)
                                .setToken(token)
                                .build())
                        .next());
        absent(
                trial,
                "snapshot",
                () -> trial.sessions()
                        .snapshot(SnapshotRequest.newBuilder()
                                .setSession(session)
                                .setToken(token)
                                .build()));
        absent(
                trial,
                "restore",
                () -> trial.sessions()
                        .restore(RestoreRequest.newBuilder()
                                .setSession(session)
                                .setToken(token)
                                .setSnapshotId("x")
                                .build()));
        absent(
                trial,
                "render",
                () -> trial.sessions()
                        .render(RenderRequest.newBuilder()
                                .setSession(session)
                                .setToken(token)
                                .build()));
        absent(
                trial,
                "recording",
                () -> trial.sessions()
                        .fetchRecording(FetchRecordingRequest.newBuilder()
                                .setSession(session)
                                .setToken(token)
                                .build())
                        .next());
        absent(
                trial,
                "recording",
                () -> trial.create(trial.session(1)
                        .setRecording(RecordingOptions.newBuilder().setMode(RecordingMode.RECORDING_MODE_EVENTS))));
        absent(trial, "snapshot", () -> trial.create(trial.session(1).setSnapshotId("x")));
    }

    private static void absent(Trial trial, String feature, Callable<?> call) {
        if (!trial.serves(feature)) {
            Refusal.by(call).is(Code.UNIMPLEMENTED, "FEATURE_ABSENT").says("feature", feature);
        }
    }
}
