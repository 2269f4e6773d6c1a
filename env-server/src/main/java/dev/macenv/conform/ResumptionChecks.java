package dev.macenv.conform;

import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.ResetResponse;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Group 7: a request is executed once, whatever happens to the connection, and nothing is lost. */
final class ResumptionChecks {
    private static final String ONCE =
            "event.proto, StepRequest.step_id: the last id with the same content returns the stored"
                    + " answer, bit for bit";
    private static final int ANSWERS = 40;

    /** Every so many requests the connection fails. */
    private static final int FAIL_EVERY = 3;

    private ResumptionChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("a request sent again gets the stored answer", ResumptionChecks::again),
                Check.ofServer("a request sent twice at once is executed once", ResumptionChecks::twiceAtOnce),
                Check.ofServer("while a step waits, there is no other", ResumptionChecks::inFlight),
                Check.ofServer("a newer stream displaces the older", ResumptionChecks::superseded),
                Check.ofServer("half-closing ends a stream after its last answer", ResumptionChecks::halfClosed),
                Check.ofServer("a deadline loses no work", ResumptionChecks::deadline),
                Check.ofServer("creating and resetting are safe to retry", ResumptionChecks::requestIds),
                Check.ofTargets(
                        "cut before the request arrives",
                        Target::hasConnection,
                        trial -> disturbed(trial, Moment.BEFORE_REQUEST)),
                Check.ofTargets(
                        "cut after the request has left",
                        Target::hasConnection,
                        trial -> disturbed(trial, Moment.AFTER_REQUEST)),
                Check.ofTargets(
                        "cut after the request is executed",
                        Target::hasConnection,
                        trial -> disturbed(trial, Moment.AFTER_EXECUTION)),
                Check.ofTargets(
                        "cut in the middle of the answer",
                        Target::hasConnection,
                        trial -> disturbed(trial, Moment.AMID_ANSWER)),
                Check.ofTargets(
                        "a connection that hangs, and another",
                        Target::hasConnection,
                        trial -> disturbed(trial, Moment.HANGING)));
    }

    private static void again(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, trial.random().nextLong()));
        Rows rows = player.collect();
        for (int i = 0; i < 10; i++) {
            StepRequest request = player.decisions(rows).build();
            StepResponse first = player.step(request.toBuilder());
            StepResponse again = player.stub().step(trial.sending(request));
            Violation.unlessEqual(ONCE, "the answer to a call sent again", first.toByteString(), again.toByteString());
            if (trial.serves("play")) {
                Line line = trial.closing(new Line(trial.channel()));
                line.send(trial.sending(request));
                Violation.unlessEqual(
                        ONCE,
                        "the answer to the same on Play",
                        first.toByteString(),
                        line.await().toByteString());
            }
            Violation.unlessEqual(
                    "session.proto, GrantInfo.last_step_id: the last accepted one",
                    "last_step_id",
                    request.getStepId(),
                    player.look().getGrant().getLastStepId());
            rows = player.rows(first);
        }
    }

    private static void twiceAtOnce(Trial trial) throws InterruptedException {
        long seed = trial.random().nextLong();
        Player plain = trial.create(trial.session(3, seed));
        Player player = trial.create(trial.session(3, seed));
        ManagedChannel other = trial.ownChannel(trial.target());
        Rows expected = plain.collect();
        Rows rows = player.collect();
        for (int i = 0; i < ANSWERS; i++) {
            StepRequest request = trial.sending(player.decisions(rows).build());
            Sending.AsCall first = Sending.call(trial.channel(), request);
            Sending.AsCall second = Sending.call(other, request);
            StepResponse answer = first.await();
            Violation.unlessEqual(
                    ONCE,
                    "two answers to one request",
                    answer.toByteString(),
                    second.await().toByteString());
            player.counted();
            rows = player.rows(answer);
            expected = plain.answer(expected);
            Violation.unlessEqual(
                    DeterminismChecks.LAW,
                    "rows after " + (i + 1) + " requests, each sent twice",
                    texts(expected),
                    texts(rows));
        }
    }

    /** Of every row. */
    static List<String> texts(Rows rows) {
        return java.util.stream.IntStream.range(0, rows.count())
                .mapToObj(rows::text)
                .toList();
    }

    private static void superseded(Trial trial) throws InterruptedException {
        trial.needs("play");
        Player player = trial.create(trial.session(1, 1)).onStream();
        Rows rows = player.collect();
        Line older = player.line();
        player.onStream();
        rows = player.answer(rows);
        Refusal.of(older.awaitEnd()).is(Code.ABORTED, "SUPERSEDED");
        player.answer(rows);
    }

    private static void halfClosed(Trial trial) throws InterruptedException {
        trial.needs("play");
        Player player = trial.create(trial.session(1, 1)).onStream();
        Rows rows = player.collect();
        player.line().halfClose();
        Violation.unlessEqual(
                "session.proto, Play: half-closing ends the stream with OK; the session stays",
                "the end of a stream",
                Code.OK,
                player.line().awaitEnd().getStatus().getCode());
        player.onStream().answer(rows);
    }

    /** With a seat that nobody has decided for, a step must wait; so this needs seats. */
    private static Player ownerWithAnOpenSeat(Trial trial) {
        trial.needs("seats");
        if (trial.agents() < 2) {
            throw new SkippedException("a step that waits needs two agents, and " + trial.environment() + " has one");
        }
        return trial.create(SeatChecks.openSeats(trial.session(1, 1), List.of(1)));
    }

    private static void inFlight(Trial trial) throws InterruptedException {
        Player owner = ownerWithAnOpenSeat(trial);
        Player guest = owner.join(owner.created().getInvites(0));
        StepRequest waiting = trial.sending(guest.decisions(guest.collect()).build());
        Sending.AsCall sent = Sending.call(trial.channel(), waiting);
        awaitExecution(guest, waiting.getStepId());
        long next = waiting.getStepId() + 1;
        Refusal.by(() -> trial.sessions()
                        .step(trial.sending(guest.request().setStepId(next).build())))
                .is(Code.ABORTED, "STEP_IN_FLIGHT")
                .says("step_id", String.valueOf(waiting.getStepId()));
        Rows rows = owner.collect();
        owner.onStream().ahead(owner.decisions(rows));
        Violation.unless(
                sent.await().getEvents().getRows() > 0,
                "error.proto, STEP_IN_FLIGHT: the step that runs is not touched by it",
                "rows of the answer to the step that waited",
                "at least one",
                0);
    }

    private static void deadline(Trial trial) throws InterruptedException {
        Player owner = ownerWithAnOpenSeat(trial);
        Player guest = owner.join(owner.created().getInvites(0));
        Rows asked = guest.collect();
        StepRequest request = trial.sending(guest.decisions(asked).build());
        Refusal told = Refusal.of(deadlineOf(trial, request));
        Violation.unlessEqual(
                "session.proto, Step: if its deadline passes it fails with DEADLINE_EXCEEDED",
                "the code of " + told,
                Code.DEADLINE_EXCEEDED,
                told.code());
        Player owned = owner;
        Rows rows = owned.collect();
        owned.onStream().ahead(owned.decisions(rows));
        StepResponse collected = trial.sessions().step(trial.sending(request));
        Violation.unless(
                collected.getEvents().getRows() > 0,
                "session.proto, Step: the same step_id collects the answer later",
                "rows of the answer",
                "at least one",
                collected.getEvents().getRows());
    }

    private static StatusRuntimeException deadlineOf(Trial trial, StepRequest request) {
        try {
            var answer = SessionServiceGrpc.newBlockingStub(trial.channel())
                    .withDeadlineAfter(300, TimeUnit.MILLISECONDS)
                    .step(request);
            throw new Violation(
                    "event.proto, StepRequest: a lane's clock stands still until every pending seat has decided",
                    "the answer while another seat owes its decision",
                    "none in time",
                    answer.getEvents().getRows() + " rows");
        } catch (StatusRuntimeException refusal) {
            return refusal;
        }
    }

    private static void requestIds(Trial trial) throws InterruptedException {
        String rule = "session.proto, request_id: the same id with the same content returns the same answer";
        CreateSessionRequest.Builder request = trial.session(2, 1).setRequestId("conform-" + System.nanoTime());
        Player player = trial.create(request);
        CreateSessionResponse same = trial.sessions().createSession(trial.sending(request.build()));
        Violation.unlessEqual(rule, "the session created again", player.session(), same.getSession());
        Violation.unlessEqual(rule, "its token", player.token(), same.getToken());
        ErrorChecks.refusedCreation(trial, request.clone().setGamma(0.5))
                .is(Code.ABORTED, "REQUEST_ID_REUSED")
                .says("request_id", request.getRequestId());
        player.collect();
        ResetRequest reset = ResetRequest.newBuilder()
                .setSession(player.session())
                .setToken(player.token())
                .addLanes(1)
                .setRequestId("once")
                .build();
        ResetResponse begun = trial.sessions().reset(trial.sending(reset));
        Violation.unlessEqual(
                rule, "a reset sent again", begun, trial.sessions().reset(trial.sending(reset)));
        Violation.unlessEqual(
                rule, "rows after one reset of one lane", 1, player.collect().count());
        Refusal.by(() -> trial.sessions()
                        .reset(trial.sending(reset.toBuilder().addLanes(0).build())))
                .is(Code.ABORTED, "REQUEST_ID_REUSED");
    }

    // ------------------------------------------------------------------------------------------------ cut connections

    /** When the connection fails. */
    private enum Moment {
        BEFORE_REQUEST,
        AFTER_REQUEST,
        AFTER_EXECUTION,
        AMID_ANSWER,
        HANGING
    }

    /** Plays over a connection that fails again and again, by calls and streams in turn, and must see what nobody disturbed saw. */
    private static void disturbed(Trial trial, Moment moment) throws InterruptedException {
        long seed = trial.random().nextLong();
        Player plain = trial.create(trial.session(2, seed));
        Player player = trial.create(trial.session(2, seed));
        try (Relay relay = new Relay(trial.target().socket())) {
            Rows expected = plain.collect();
            Rows rows = player.collect();
            ManagedChannel through = trial.target().connectThrough(relay);
            try {
                for (int i = 0; i < ANSWERS; i++) {
                    boolean stream = trial.serves("play") && i / FAIL_EVERY % 2 == 1;
                    StepRequest request = trial.sending(player.decisions(rows).build());
                    StepResponse answer;
                    if (i % FAIL_EVERY == FAIL_EVERY - 1) {
                        failing(trial, player, relay, through, request, moment, stream);
                        through.shutdownNow();
                        through = trial.target().connectThrough(relay);
                        answer = Trial.sessions(through).step(request); // the same request, over another connection
                    } else {
                        answer = Trial.sessions(through).step(request);
                    }
                    player.counted();
                    rows = player.rows(answer);
                    expected = plain.answer(expected);
                    Violation.unlessEqual(
                            ONCE,
                            "rows after " + (i + 1) + " requests over a failing connection",
                            texts(expected),
                            texts(rows));
                }
            } finally {
                through.shutdownNow();
            }
        }
    }

    private static void failing(
            Trial trial,
            Player player,
            Relay relay,
            ManagedChannel through,
            StepRequest request,
            Moment moment,
            boolean stream)
            throws InterruptedException {
        switch (moment) {
            case BEFORE_REQUEST -> relay.swallowRequests();
            case AFTER_REQUEST -> relay.cutAfterRequest();
            case AFTER_EXECUTION, HANGING -> relay.holdAnswers();
            case AMID_ANSWER -> relay.truncateAnswers(1 + trial.random().nextInt(60));
        }
        Sending sending = Sending.start(through, request, stream);
        switch (moment) {
            case BEFORE_REQUEST -> relay.cut();
            case AFTER_REQUEST, AMID_ANSWER -> {}
            case AFTER_EXECUTION -> {
                awaitExecution(player, request.getStepId());
                relay.cut();
            }
            case HANGING -> {
                awaitExecution(player, request.getStepId());
                relay.passTheNext(); // the old connection stays as it is
                sending.giveUp();
                return;
            }
        }
        sending.awaitEnd(); // however it ends, the same request follows
    }

    /** Over a connection that is whole, the server says how far it is. */
    private static void awaitExecution(Player player, long stepId) {
        long until = System.nanoTime() + Trial.PATIENCE.toNanos();
        while (player.look().getGrant().getLastStepId() < stepId) {
            Violation.unless(
                    System.nanoTime() < until,
                    "event.proto, StepRequest: last + 1 is executed",
                    "last_step_id",
                    stepId,
                    "less, for " + Trial.PATIENCE.toSeconds() + " s");
            Thread.onSpinWait();
        }
    }
}
