package dev.macenv.client.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import dev.macenv.v1.AgentSpec;
import dev.macenv.v1.CatalogServiceGrpc;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CloseSessionResponse;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.DataType;
import dev.macenv.v1.EnvFeatures;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EnvironmentEntry;
import dev.macenv.v1.EpisodeStart;
import dev.macenv.v1.EpisodeSummary;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.GrantInfo;
import dev.macenv.v1.GroupSlab;
import dev.macenv.v1.GroupSpec;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.LaneState;
import dev.macenv.v1.ListEnvironmentsRequest;
import dev.macenv.v1.ListEnvironmentsResponse;
import dev.macenv.v1.MacroActionSpec;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.ResetResponse;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.TensorSpec;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The smallest server that a client can be tested with: one session of a toy in which macro-action a of either agent
 * lasts a+1 ticks, every tick pays the sum of both agents' macro-actions, and episodes end after {@value #HORIZON}
 * ticks. It loses connections on request.
 */
final class ToyServer extends SessionServiceGrpc.SessionServiceImplBase {

    static final int HORIZON = 9;
    static final int ACTIONS = 3;
    private static final int AGENTS = 2;
    private static final String TOKEN = "secret";

    /** What goes wrong with one step. */
    enum Mishap {
        /** The connection breaks before the request is executed. */
        REQUEST_LOST,
        /** The connection breaks after the request is executed. */
        ANSWER_LOST,
        /** Executed, and the server ends the stream as if nothing were owed. */
        STREAM_ENDS,
        /** Executed on an older stream, whose request comes late and takes over from the stream that it came on. */
        DISPLACED,
        /** Executed, but no answer ever comes. */
        SILENCE,
        /** Executed, but the answer lacks the agents' columns, against the protocol. */
        ANSWER_WITHOUT_GROUPS
    }

    private final Deque<Mishap> mishaps = new ArrayDeque<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final Map<String, CreateSessionResponse> created = new HashMap<>();
    private final List<Long> executed = new ArrayList<>();
    private final List<String> resets = new ArrayList<>();
    private boolean loseCreation;
    private boolean open;
    private long lastStepId;
    private @Nullable StepResponse lastResponse;
    private int refusals;
    private int watched;

    /** The steps to come meet these mishaps, one each. */
    synchronized void prepare(Mishap... coming) {
        mishaps.addAll(List.of(coming));
    }

    /** The answer to the next CreateSession is lost. */
    synchronized void loseCreation() {
        loseCreation = true;
    }

    /** Numbers of the steps that took effect. */
    synchronized List<Long> executed() {
        return List.copyOf(executed);
    }

    synchronized int sessionsCreated() {
        return created.size();
    }

    synchronized int resets() {
        return resets.size();
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** The catalog beside it. */
    static CatalogServiceGrpc.CatalogServiceImplBase catalog() {
        return new CatalogServiceGrpc.CatalogServiceImplBase() {
            @Override
            public void listEnvironments(
                    ListEnvironmentsRequest request, StreamObserver<ListEnvironmentsResponse> response) {
                int page = request.getPageToken().isEmpty() ? 0 : Integer.parseInt(request.getPageToken());
                response.onNext(ListEnvironmentsResponse.newBuilder()
                        .addEnvironments(EnvironmentEntry.newBuilder()
                                .setId("toy-" + page)
                                .setVersion("1"))
                        .setNextPageToken(page < 2 ? Integer.toString(page + 1) : "")
                        .build());
                response.onCompleted();
            }
        };
    }

    @Override
    public synchronized void createSession(
            CreateSessionRequest request, StreamObserver<CreateSessionResponse> response) {
        if (!request.getEnvironment().equals("toy")) {
            response.onError(refusal(Code.NOT_FOUND, "ENVIRONMENT_NOT_FOUND", "environment", "no such environment"));
            return;
        }
        CreateSessionResponse answer = created.computeIfAbsent(request.getRequestId(), id -> {
            for (int lane = 0; lane < request.getLanes(); lane++) {
                lanes.add(new Lane(lane));
            }
            open = true;
            return CreateSessionResponse.newBuilder()
                    .setSession("toy-1")
                    .setToken(TOKEN)
                    .setSpec(spec())
                    .addAllSeeds(request.getSeedsList())
                    .setGamma(request.getGamma())
                    .setResetMode(request.getResetMode())
                    .addSeats(0)
                    .addSeats(1)
                    .build();
        });
        if (loseCreation) {
            loseCreation = false;
            response.onError(Status.UNAVAILABLE.asRuntimeException());
            return;
        }
        response.onNext(answer);
        response.onCompleted();
    }

    @Override
    public synchronized void getSession(GetSessionRequest request, StreamObserver<GetSessionResponse> response) {
        response.onNext(GetSessionResponse.newBuilder()
                .setSpec(spec())
                .setGamma(1)
                .addAllLanes(IntStream.range(0, lanes.size())
                        .mapToObj(lane -> LaneInfo.newBuilder().setLane(lane).build())
                        .toList())
                .setGrant(GrantInfo.newBuilder().addSeats(0).addSeats(1).setLastStepId(lastStepId))
                .build());
        response.onCompleted();
    }

    @Override
    public synchronized void closeSession(CloseSessionRequest request, StreamObserver<CloseSessionResponse> response) {
        open = false;
        response.onNext(CloseSessionResponse.getDefaultInstance());
        response.onCompleted();
    }

    @Override
    public synchronized void reset(ResetRequest request, StreamObserver<ResetResponse> response) {
        ResetResponse.Builder answer = ResetResponse.newBuilder();
        if (!resets.contains(request.getRequestId())) {
            resets.add(request.getRequestId());
            for (int lane : request.getLanesList()) {
                lanes.get(lane).start();
                answer.addStarted(EpisodeStart.newBuilder().setLane(lane).setEpisode(lanes.get(lane).episode));
            }
        }
        response.onNext(answer.build());
        response.onCompleted();
    }

    @Override
    public synchronized void getMacroObservation(
            GetMacroObservationRequest request, StreamObserver<GetMacroObservationResponse> response) {
        Lane lane = lanes.get(request.getLanes(0));
        response.onNext(GetMacroObservationResponse.newBuilder()
                .setRows(1)
                .addLane(lane.index)
                .addEpisode(lane.episode)
                .addTick(lane.tick)
                .setLaneState(bytes(LaneState.LANE_STATE_AWAITING_VALUE))
                .setStatus(bytes(5, 5))
                .setPending(bytes(1, 0))
                .addGroups(GroupSlab.newBuilder()
                        .setObservation(floats(1, 2, 3, 4))
                        .setLegal(bytes(1, 1, 0, 1, 1, 0)))
                .setCurrentAction(ints(-1, 2))
                .build());
        response.onCompleted();
    }

    @Override
    public synchronized void getMacroState(
            GetMacroStateRequest request, StreamObserver<GetMacroStateResponse> response) {
        response.onNext(GetMacroStateResponse.newBuilder()
                .setRows(1)
                .addLane(0)
                .addEpisode(0)
                .addTick(7)
                .setMacroState(floats(5, 6))
                .build());
        response.onCompleted();
    }

    @Override
    public synchronized void step(StepRequest request, StreamObserver<StepResponse> response) {
        StepResponse answer;
        Mishap mishap = mishaps.isEmpty() ? null : mishaps.remove();
        try {
            answer = mishap == Mishap.REQUEST_LOST ? StepResponse.getDefaultInstance() : execute(request);
        } catch (StatusRuntimeException e) {
            response.onError(e);
            return;
        }
        if (mishap == null || mishap == Mishap.ANSWER_WITHOUT_GROUPS) {
            response.onNext(mishap == null ? answer : withoutGroups(answer));
            response.onCompleted();
        } else if (mishap != Mishap.SILENCE) {
            response.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
        }
    }

    @Override
    public StreamObserver<StepRequest> play(StreamObserver<StepResponse> response) {
        return new StreamObserver<>() {
            private boolean known;

            @Override
            public void onNext(StepRequest request) {
                synchronized (ToyServer.this) {
                    if (!known && !request.getToken().equals(TOKEN)) {
                        response.onError(refusal(Code.UNAUTHENTICATED, "UNAUTHENTICATED", "token", "wrong token"));
                        return;
                    }
                    known = true;
                    play(request, response);
                }
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        };
    }

    private void play(StepRequest request, StreamObserver<StepResponse> response) {
        Mishap mishap = mishaps.isEmpty() ? null : mishaps.remove();
        if (mishap == Mishap.REQUEST_LOST) {
            response.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
            return;
        }
        StepResponse answer;
        try {
            answer = execute(request);
        } catch (StatusRuntimeException e) {
            answer = StepResponse.newBuilder()
                    .setStepId(request.getStepId())
                    .setError(StatusProto.fromThrowable(e))
                    .build();
        }
        if (mishap == null || mishap == Mishap.ANSWER_WITHOUT_GROUPS) {
            response.onNext(mishap == null ? answer : withoutGroups(answer));
        } else if (mishap == Mishap.ANSWER_LOST) {
            response.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
        } else if (mishap == Mishap.STREAM_ENDS) {
            response.onCompleted();
        } else if (mishap == Mishap.DISPLACED) {
            response.onError(refusal(Code.ABORTED, "SUPERSEDED", "stream", "a newer one took over"));
        }
    }

    /** Brings the last rows, and breaks; refuses when the session has closed. */
    @Override
    public synchronized void watch(WatchRequest request, StreamObserver<WatchResponse> response) {
        watched++;
        if (!open) {
            response.onError(refusal(Code.NOT_FOUND, "SESSION_CLOSED", "cause", "OWNER"));
            return;
        }
        StepResponse last = lastResponse;
        response.onNext(WatchResponse.newBuilder()
                .setEvents(last == null ? EventBatch.getDefaultInstance() : last.getEvents())
                .build());
        response.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
    }

    /** How often a Watch stream was opened. */
    synchronized int watched() {
        return watched;
    }

    private static StepResponse withoutGroups(StepResponse answer) {
        return answer.toBuilder()
                .setEvents(answer.getEvents().toBuilder().clearGroups())
                .build();
    }

    private StepResponse execute(StepRequest request) {
        StepResponse last = lastResponse;
        if (last != null && request.getStepId() == lastStepId) {
            return last;
        }
        if (request.getStepId() != lastStepId + 1) {
            throw refusal(Code.ABORTED, "STEP_ID_MISMATCH", "expected", Long.toString(lastStepId + 1));
        }
        for (int i = 0; i < request.getActionCount(); i++) {
            if (request.getAction(i) < 0 || request.getAction(i) >= ACTIONS) {
                refusals++;
                throw refusal(
                        Code.INVALID_ARGUMENT,
                        "ACTION_OUT_OF_RANGE",
                        "action[" + i + "]",
                        request.getAction(i) + " (expected: 0.." + (ACTIONS - 1) + ")");
            }
        }
        for (int i = 0; i < request.getActionCount(); i++) {
            lanes.get(request.getLane(i)).decide(request.getSeat(i), request.getAction(i));
        }
        Rows rows = new Rows();
        lanes.forEach(lane -> lane.run(rows));
        StepResponse response = StepResponse.newBuilder()
                .setStepId(request.getStepId())
                .setEvents(rows.batch())
                .build();
        lastStepId = request.getStepId();
        lastResponse = response;
        executed.add(lastStepId);
        return response;
    }

    synchronized int refusals() {
        return refusals;
    }

    private static StatusRuntimeException refusal(Code code, String reason, String key, String value) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.getNumber())
                .setMessage(key + ": " + value)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(reason)
                        .setDomain("macenv")
                        .putMetadata(key, value)
                        .build()));
        if (code == Code.INVALID_ARGUMENT) {
            status.addDetails(Any.pack(BadRequest.newBuilder()
                    .addFieldViolations(
                            BadRequest.FieldViolation.newBuilder().setField(key).setDescription(value))
                    .build()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    static EnvSpec spec() {
        EnvSpec.Builder spec = EnvSpec.newBuilder()
                .setId("toy")
                .setVersion("1")
                .setHorizon(HORIZON)
                .setCooperative(true)
                .addGroups(GroupSpec.newBuilder()
                        .setName("all")
                        .setNumActions(ACTIONS)
                        .setObservation(vector(2)))
                .setState(vector(1))
                .setFeatures(EnvFeatures.newBuilder().setDeterministic(true).setMaxMacroTicks(ACTIONS));
        for (int agent = 0; agent < AGENTS; agent++) {
            AgentSpec.Builder seat = AgentSpec.newBuilder().setName("agent" + agent);
            for (int action = 0; action < ACTIONS; action++) {
                seat.addMacroActions(MacroActionSpec.newBuilder()
                        .setName("last" + (action + 1))
                        .setMinTicks(action + 1)
                        .setMaxTicks(action + 1));
            }
            spec.addAgents(seat);
        }
        return spec.build();
    }

    private static TensorSpec vector(int size) {
        return TensorSpec.newBuilder()
                .setDtype(DataType.DATA_TYPE_FLOAT32)
                .addShape(size)
                .build();
    }

    static ByteString bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteString.copyFrom(bytes);
    }

    static ByteString floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return ByteString.copyFrom(buffer.flip());
    }

    static ByteString ints(int... values) {
        ByteBuffer buffer = ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            buffer.putInt(value);
        }
        return ByteString.copyFrom(buffer.flip());
    }

    /** One toy. */
    private static final class Lane {

        private final int index;
        private final int[] action = new int[AGENTS];
        private final int[] left = new int[AGENTS];
        private final int[] status = new int[AGENTS];
        private int episode = -1;
        private int tick;
        private int tau;
        private double reward;
        private double total;
        private boolean startOwed;

        Lane(int index) {
            this.index = index;
            start();
        }

        void start() {
            episode++;
            tick = 0;
            total = 0;
            startOwed = true;
            for (int agent = 0; agent < AGENTS; agent++) {
                action[agent] = -1;
                left[agent] = 0;
                status[agent] = 5;
            }
        }

        void decide(int agent, int choice) {
            action[agent] = choice;
            left[agent] = choice + 1;
        }

        void run(Rows rows) {
            tau = 0;
            reward = 0;
            if (startOwed) {
                startOwed = false;
                rows.add(this, EventKind.EVENT_KIND_START);
                return;
            }
            if (left[0] == 0 || left[1] == 0) {
                return;
            }
            while (left[0] > 0 && left[1] > 0 && tick < HORIZON) {
                tick++;
                tau++;
                for (int agent = 0; agent < AGENTS; agent++) {
                    reward += action[agent];
                    total += action[agent];
                    status[agent] = --left[agent] == 0 ? 2 : 1;
                }
            }
            if (tick < HORIZON) {
                rows.add(this, EventKind.EVENT_KIND_DECISION);
                return;
            }
            for (int agent = 0; agent < AGENTS; agent++) {
                status[agent] = status[agent] == 2 ? 2 : 3;
            }
            rows.add(this, EventKind.EVENT_KIND_END_TRUNCATED);
            rows.ended(EpisodeSummary.newBuilder()
                    .setLane(index)
                    .setEpisode(episode)
                    .setTicks(tick)
                    .setTotalReward(total)
                    .build());
            start();
            run(rows);
        }
    }

    /** Rows in the making. */
    private static final class Rows {

        private final EventBatch.Builder batch = EventBatch.newBuilder();
        private ByteString kind = ByteString.EMPTY;
        private ByteString status = ByteString.EMPTY;
        private ByteString observation = ByteString.EMPTY;
        private ByteString legal = ByteString.EMPTY;

        void add(Lane lane, EventKind why) {
            batch.addLane(lane.index)
                    .addEpisode(lane.episode)
                    .addTick(lane.tick)
                    .addJointReward(lane.reward)
                    .addJointTau(lane.tau);
            kind = kind.concat(bytes(why.getNumber()));
            status = status.concat(bytes(lane.status));
            observation = observation.concat(floats(lane.tick, lane.action[0], lane.tick, lane.action[1]));
            legal = legal.concat(bytes(1, 1, 1, 1, 1, 1));
        }

        void ended(EpisodeSummary summary) {
            batch.addEnded(summary);
        }

        EventBatch batch() {
            int rows = kind.size();
            return batch.setRows(rows)
                    .setKind(kind)
                    .setStatus(status)
                    .addGroups(
                            GroupSlab.newBuilder().setObservation(observation).setLegal(legal))
                    .setAgentReward(ByteString.copyFrom(new byte[rows * AGENTS * Double.BYTES]))
                    .setAgentTau(ByteString.copyFrom(new byte[rows * AGENTS * Integer.BYTES]))
                    .build();
        }
    }
}
