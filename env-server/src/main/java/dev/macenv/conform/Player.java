package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.Invite;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import io.grpc.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The holder of one grant, playing over raw stubs. What it chooses is a function of episode, tick, seat and macro-observation, so it
 * does not depend on how requests are batched, lanes numbered or seats divided.
 */
final class Player {
    private static final String ACCEPTED = "event.proto, StepRequest: a right request is accepted";

    /** How many requests go over one stream when paths change. */
    private static final int CHANGE_AFTER = 3;

    private final Trial trial;
    private final Channel channel;
    private final String session;
    private final String token;
    private final EnvSpec spec;
    private final List<Integer> seats;
    private final int lanes;
    private final @Nullable CreateSessionResponse created;
    private long nextStepId = 1;
    private @Nullable Line line;

    private Player(
            Trial trial,
            Channel channel,
            String session,
            String token,
            EnvSpec spec,
            List<Integer> seats,
            int lanes,
            @Nullable CreateSessionResponse created) {
        this.trial = trial;
        this.channel = channel;
        this.session = session;
        this.token = token;
        this.spec = spec;
        this.seats = seats;
        this.lanes = lanes;
        this.created = created;
    }

    static Player owner(Trial trial, Channel channel, CreateSessionResponse created) {
        int lanes = created.getSeedsCount();
        return new Player(
                trial,
                channel,
                created.getSession(),
                created.getToken(),
                created.getSpec(),
                created.getSeatsList(),
                lanes == 0 ? 1 : lanes,
                created);
    }

    static Player guest(Trial trial, Channel channel, String session, JoinResponse joined) {
        return new Player(
                trial,
                channel,
                session,
                joined.getToken(),
                joined.getSpec(),
                joined.getSeatsList(),
                joined.getLanes(),
                null);
    }

    /** The same grant over another channel; the two must not step at the same time. */
    Player over(Channel other) {
        Player same = new Player(trial, other, session, token, spec, seats, lanes, created);
        same.nextStepId = nextStepId;
        return same;
    }

    /** Somebody else, who joins with an invite. */
    Player join(Invite invite) {
        return join(JoinRequest.newBuilder().setInvite(invite.getToken()));
    }

    Player join(JoinRequest.Builder request) {
        JoinResponse joined =
                trial.sessions().join(trial.sending(request.setSession(session).build()));
        return guest(trial, channel, session, joined);
    }

    CreateSessionResponse created() {
        CreateSessionResponse known = created;
        if (known == null) {
            throw new AssertionError("this player has joined");
        }
        return known;
    }

    EnvSpec spec() {
        return spec;
    }

    String session() {
        return session;
    }

    String token() {
        return token;
    }

    List<Integer> seats() {
        return seats;
    }

    int lanes() {
        return lanes;
    }

    long nextStepId() {
        return nextStepId;
    }

    SessionServiceGrpc.SessionServiceBlockingStub stub() {
        return Trial.sessions(channel);
    }

    // ------------------------------------------------------------------------------------------------ steps

    /** A request with the right session and token and the next step id. */
    StepRequest.Builder request() {
        return StepRequest.newBuilder().setSession(session).setToken(token).setStepId(nextStepId);
    }

    /** From now on steps travel on a stream of their own. */
    Player onStream() {
        line = trial.closing(new Line(channel));
        return this;
    }

    Line line() {
        Line open = line;
        if (open == null) {
            throw new AssertionError("not on a stream");
        }
        return open;
    }

    /** Sends the request, which must be accepted. */
    StepResponse step(StepRequest.Builder request) throws InterruptedException {
        StepRequest wanted = trial.sending(request.build());
        StepResponse response = send(wanted);
        accepted(wanted, response);
        nextStepId++;
        return response;
    }

    /** Sends a right request and does not wait for its answer. */
    void ahead(StepRequest.Builder request) {
        line().send(trial.sending(request.build()));
        nextStepId++;
    }

    /** The answer to what was sent ahead, which must be accepted. */
    Rows awaited() throws InterruptedException {
        StepResponse response = line().await();
        if (response.hasError()) {
            throw new Violation(ACCEPTED, "an answer on Play", "events", Refusal.in(response));
        }
        return rows(response);
    }

    private static void accepted(StepRequest wanted, StepResponse response) {
        if (response.hasError()) {
            throw new Violation(
                    ACCEPTED, "the answer to step_id " + wanted.getStepId(), "events", Refusal.in(response));
        }
        Violation.unlessEqual(
                "event.proto, StepResponse.step_id: step_id of the request answered",
                "step_id of an answer",
                wanted.getStepId(),
                response.getStepId());
    }

    /** Counts a request as accepted that was sent by other means. */
    void counted() {
        nextStepId++;
    }

    StepResponse send(StepRequest request) throws InterruptedException {
        Line open = line;
        if (open == null) {
            return stub().step(request);
        }
        open.send(request);
        return open.await();
    }

    /** The refusal of a request that must be refused; the stream, if there is one, must live on. */
    Refusal refusal(StepRequest.Builder request) throws InterruptedException {
        StepRequest wrong = trial.sending(request.build());
        Line open = line;
        if (open == null) {
            return Refusal.by(() -> stub().step(wrong));
        }
        open.send(wrong);
        StepResponse answer = open.await();
        Violation.unlessEqual(
                "event.proto, StepResponse.step_id: step_id of the request answered",
                "step_id of a refusal on Play",
                wrong.getStepId(),
                answer.getStepId());
        return Refusal.in(answer);
    }

    Rows rows(StepResponse response) {
        return new Rows(spec, response.getEvents());
    }

    /** Collects what is owed without deciding anything. */
    Rows collect() throws InterruptedException {
        return rows(step(request()));
    }

    /** Decides for every pending agent of the rows, and steps. */
    Rows answer(Rows rows) throws InterruptedException {
        return rows(step(decisions(rows)));
    }

    /** The state of the session. */
    GetSessionResponse look() {
        return stub().getSession(GetSessionRequest.newBuilder()
                .setSession(session)
                .setToken(token)
                .build());
    }

    /** Where the lanes stand, which is all that a refused request must not have changed. */
    List<LaneInfo> lanesNow() {
        return look().getLanesList();
    }

    // ------------------------------------------------------------------------------------------------ play

    /** A decision. */
    record Decision(int lane, int seat, int action) {
        void addTo(StepRequest.Builder request) {
            request.addLane(lane).addSeat(seat).addAction(action);
        }
    }

    /** A legal macro-action for every agent of this player that is pending in the row. */
    List<Decision> decide(Rows rows, int row) {
        List<Decision> decisions = new ArrayList<>();
        for (int seat : seats) {
            if (rows.pending(row, seat)) {
                decisions.add(new Decision(rows.lane(row), seat, choose(rows, row, seat)));
            }
        }
        return decisions;
    }

    /** Decisions for every pending agent of the rows. */
    StepRequest.Builder decisions(Rows rows) {
        StepRequest.Builder request = request();
        for (int row = 0; row < rows.count(); row++) {
            decide(rows, row).forEach(decision -> decision.addTo(request));
        }
        return request;
    }

    static int choose(Rows rows, int row, int seat) {
        long key = (rows.episode(row) * 1000L + rows.tick(row)) * 64L + seat
                ^ (long) rows.observation(row, seat).hashCode() << 32;
        ByteString legal = rows.legal(row, seat);
        int action = (int) Long.remainderUnsigned(Seeds.splitMix64(key), legal.size());
        for (int tried = 0; legal.byteAt(action) == 0; tried++) {
            Violation.unless(
                    tried < legal.size(),
                    "event.proto, GroupSlab.legal: who is asked may choose something",
                    "the legal macro-actions of seat " + seat + ", " + rows.text(row),
                    "at least one",
                    "none");
            action = (action + 1) % legal.size();
        }
        return action;
    }

    /** Plays until the trajectory is complete; rows in full. */
    Trajectory play(Way way) throws InterruptedException {
        return play(way, (rows, row) -> rows.text(row));
    }

    /** A row in words. */
    interface Telling {
        String text(Rows rows, int row);
    }

    /** Plays until the trajectory is complete. */
    Trajectory play(Way way, Telling telling) throws InterruptedException {
        return playOn(way, telling, new Trajectory(lanes), List.of());
    }

    /** Plays on until the trajectory is complete; {@code open} are decisions that rows have asked for and nobody has taken. */
    Trajectory playOn(Way way, Telling telling, Trajectory trajectory, List<Decision> open)
            throws InterruptedException {
        Deque<Decision> due = new ArrayDeque<>(open);
        int requests = 0;
        while (!trajectory.complete()) {
            change(way, requests++);
            StepRequest.Builder request = request().setMaxTicks(way.maxTicks()).setMinReady(way.minReady());
            int most = way.seatBySeat() ? 1 : due.size();
            for (int i = 0; i < most && !due.isEmpty(); i++) {
                due.remove().addTo(request);
            }
            Rows rows = rows(step(request));
            for (int row = 0; row < rows.count(); row++) {
                Violation.unless(
                        !rows.is(row, EventKind.EVENT_KIND_FAULT),
                        "event.proto, EVENT_KIND_FAULT: only where the environment fails",
                        "a row",
                        "no fault in legal play",
                        rows.text(row));
                trajectory.add(rows, row, telling.text(rows, row));
                due.addAll(decide(rows, row));
            }
        }
        return trajectory;
    }

    private void change(Way way, int requests) {
        Line open = line;
        switch (way.path()) {
            case UNARY -> {}
            case PLAY -> {
                if (open == null) {
                    onStream();
                }
            }
            case CHANGING -> {
                if (requests % CHANGE_AFTER == 0) {
                    if (requests % 2 == 0) {
                        onStream(); // displaces the stream before it, if there is one
                    } else {
                        line = null;
                    }
                }
            }
        }
    }

    static List<Integer> allSeats(EnvSpec spec) {
        return IntStream.range(0, spec.getAgentsCount()).boxed().toList();
    }
}
