package dev.macenv.server.rpc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.env.SplitMix64;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.View;
import io.grpc.Channel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One session, played over raw stubs. Its random policy is a function of episode, tick, seat and macro-observation, so that
 * what it chooses does not depend on how requests are batched or lanes numbered.
 */
final class Player {
    static final View EVERYTHING = View.newBuilder()
            .setState(true)
            .setMacroState(true)
            .setCurrentActions(true)
            .setRewardTrace(true)
            .build();

    final Channel channel;
    final SessionServiceGrpc.SessionServiceBlockingStub stub;
    final CreateSessionResponse session;
    private long nextStepId = 1;
    private @Nullable PlayLine line;

    private Player(Channel channel, CreateSessionResponse session) {
        this.channel = channel;
        this.stub = SessionServiceGrpc.newBlockingStub(channel);
        this.session = session;
    }

    static CreateSessionRequest.Builder relay(int lanes, long... seeds) {
        CreateSessionRequest.Builder request = CreateSessionRequest.newBuilder()
                .setEnvironment("relay")
                .setLanes(lanes)
                .setOwnerView(EVERYTHING)
                .setGamma(0.9);
        for (long seed : seeds) {
            request.addSeeds(seed);
        }
        return request;
    }

    static CreateSessionRequest.Builder faulty(String fault, int lanes) {
        return relay(lanes, 7)
                .setConfig(Struct.newBuilder()
                        .putFields(
                                "fault",
                                Value.newBuilder().setStringValue(fault).build()));
    }

    static Player create(Channel channel, CreateSessionRequest.Builder request) {
        return new Player(channel, SessionServiceGrpc.newBlockingStub(channel).createSession(request.build()));
    }

    /** The same player, with the same memory, on another connection. */
    Player on(Channel other) {
        Player again = new Player(other, session);
        again.nextStepId = nextStepId;
        return again;
    }

    EnvSpec spec() {
        return session.getSpec();
    }

    Rows rows(StepResponse response) {
        return new Rows(spec(), response.getEvents());
    }

    long nextStepId() {
        return nextStepId;
    }

    /** From now on steps travel on a stream. */
    Player onStream() {
        line = new PlayLine(channel);
        return this;
    }

    PlayLine line() {
        PlayLine open = line;
        if (open == null) {
            throw new AssertionError("not on a stream");
        }
        return open;
    }

    /** A request with the right session and token and the next step id. */
    StepRequest.Builder request() {
        return StepRequest.newBuilder()
                .setSession(session.getSession())
                .setToken(session.getToken())
                .setStepId(nextStepId);
    }

    /** Sends the request, which must be accepted. */
    StepResponse step(StepRequest.Builder request) {
        StepResponse response = send(request.build());
        if (response.hasError()) {
            throw new AssertionError("refused: " + response.getError());
        }
        nextStepId++;
        return response;
    }

    /** Sends the request, which is to be accepted, over the stream and does not wait. */
    void ahead(StepRequest.Builder request) {
        line().send(request.build());
        nextStepId++;
    }

    StepResponse send(StepRequest request) {
        PlayLine open = line;
        return open == null ? stub.step(request) : open.send(request).await();
    }

    /** Collects what is owed without deciding anything. */
    StepResponse collect() {
        return step(request());
    }

    // ------------------------------------------------------------------------------------------------ random play

    /** How to batch requests; trajectories must not depend on it. */
    record Batching(int maxTicks, int minReady, boolean oneSeatAtATime) {
        static final Batching PLAIN = new Batching(0, 0, false);
    }

    /** Plays whole episodes with the random policy and returns the rows of each lane as texts. */
    List<List<String>> play(int episodes, Batching batching) {
        List<List<String>> trajectories = new ArrayList<>();
        for (int lane = 0; lane < session.getSeedsCount(); lane++) {
            trajectories.add(new ArrayList<>());
        }
        Deque<int[]> due = new ArrayDeque<>();
        boolean collect = true;
        while (collect || !due.isEmpty()) {
            StepRequest.Builder request =
                    request().setMaxTicks(batching.maxTicks()).setMinReady(batching.minReady());
            int most = batching.oneSeatAtATime() ? 1 : due.size();
            for (int i = 0; i < most && !due.isEmpty(); i++) {
                add(request, due.remove());
            }
            Rows rows = rows(step(request));
            collect = false;
            for (int row = 0; row < rows.count(); row++) {
                if (rows.episode(row) < episodes) {
                    trajectories.get(rows.lane(row)).add(rows.text(row));
                    collect |= rows.kind(row) == EventKind.EVENT_KIND_TICK_LIMIT;
                    due.addAll(decide(rows, row));
                }
            }
        }
        return trajectories;
    }

    private static StepRequest.Builder add(StepRequest.Builder request, int[] decision) {
        return request.addLane(decision[0]).addSeat(decision[1]).addAction(decision[2]);
    }

    /** A legal macro-action for every agent that is pending in this row: lane, seat, action. */
    static List<int[]> decide(Rows rows, int row) {
        List<int[]> decisions = new ArrayList<>();
        for (int seat = 0; seat < rows.agents(); seat++) {
            if (rows.pending(row, seat)) {
                decisions.add(new int[] {rows.lane(row), seat, choose(rows, row, seat)});
            }
        }
        return decisions;
    }

    private static int choose(Rows rows, int row, int seat) {
        long key = (rows.episode(row) * 1000L + rows.tick(row)) * 10L + seat
                ^ (long) rows.observation(row, seat).hashCode() << 32;
        var legal = rows.legal(row, seat);
        int action = (int) Long.remainderUnsigned(SplitMix64.mix(key), legal.size());
        while (legal.byteAt(action) == 0) {
            action = (action + 1) % legal.size();
        }
        return action;
    }

    /** Decides for every pending agent of the rows and steps. */
    StepResponse answer(Rows rows) {
        return step(decisions(rows));
    }

    /** The random policy's decisions for every pending agent of the rows. */
    StepRequest.Builder decisions(Rows rows) {
        StepRequest.Builder request = request();
        for (int row = 0; row < rows.count(); row++) {
            for (int[] decision : decide(rows, row)) {
                add(request, decision);
            }
        }
        return request;
    }
}
