package dev.macenv.client.rpc;

import com.google.protobuf.ByteString;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.Drawing;
import dev.macenv.client.EpisodeStart;
import dev.macenv.client.Events;
import dev.macenv.client.Invite;
import dev.macenv.client.MacroObservations;
import dev.macenv.client.MacroStates;
import dev.macenv.client.Recording;
import dev.macenv.client.ResetMode;
import dev.macenv.client.ServerUnavailableException;
import dev.macenv.client.Session;
import dev.macenv.client.SessionKey;
import dev.macenv.client.Snapshot;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.Watch;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.RenderRequest;
import dev.macenv.v1.RenderResponse;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.ResetResponse;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.SnapshotResponse;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchRequest;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session over one channel. It numbers the steps: a number is used up when its answer has arrived, and not when the
 * step was refused.
 */
final class GrpcSession implements Session {

    private static final Logger log = LoggerFactory.getLogger(GrpcSession.class);
    private static final long CLOSE_SECONDS = 5;

    private final SessionKey key;
    private final Terms terms;
    private final Persistence persistence;
    private final SessionServiceGrpc.SessionServiceBlockingStub stub;
    private final StepCaller steps;
    private final long takenStepId;
    private long lastStepId;
    private boolean underWay;
    private boolean closed;

    /** Takes up a session after its step {@code lastStepId}, of which the server has taken {@code takenStepId}. */
    GrpcSession(
            ManagedChannel channel,
            ClientOptions options,
            SessionKey key,
            Terms terms,
            long lastStepId,
            long takenStepId) {
        this.key = key;
        this.terms = terms;
        this.lastStepId = lastStepId;
        this.takenStepId = takenStepId;
        this.persistence = new Persistence(channel, options);
        this.stub = SessionServiceGrpc.newBlockingStub(channel);
        this.steps = switch (options.transport()) {
            case STREAM -> new StepStream(channel, key);
            case UNARY -> new UnaryStep(channel, key);
        };
    }

    /** What was agreed when the session began. */
    record Terms(
            TeamSpec spec,
            int lanes,
            List<Long> seeds,
            List<Invite> invites,
            double gamma,
            ResetMode resetMode,
            List<Integer> seats) {
        Terms {
            seeds = List.copyOf(seeds);
            invites = List.copyOf(invites);
            seats = List.copyOf(seats);
        }
    }

    @Override
    public SessionKey key() {
        return key;
    }

    @Override
    public TeamSpec spec() {
        return terms.spec();
    }

    @Override
    public int lanes() {
        return terms.lanes();
    }

    @Override
    public List<Long> seeds() {
        return terms.seeds();
    }

    @Override
    public List<Invite> invites() {
        return terms.invites();
    }

    @Override
    public double gamma() {
        return terms.gamma();
    }

    @Override
    public ResetMode resetMode() {
        return terms.resetMode();
    }

    @Override
    public List<Integer> seats() {
        return terms.seats();
    }

    @Override
    public long lastStepId() {
        return lastStepId;
    }

    @Override
    public boolean nextStepTaken() {
        return lastStepId < takenStepId;
    }

    @Override
    public Supplier<Events> begin(Decisions decisions) {
        if (underWay) {
            throw new IllegalStateException("a step is under way (expected: its events to be waited for first)");
        }
        StepRequest request = request(decisions);
        steps.send(request);
        underWay = true;
        return () -> finish(request);
    }

    private StepRequest request(Decisions decisions) {
        StepRequest.Builder builder = StepRequest.newBuilder()
                .setStepId(lastStepId + 1)
                .setMinReady(decisions.minReady())
                .setMaxTicks(decisions.maxTicks());
        for (int i = 0; i < decisions.size(); i++) {
            builder.addLane(decisions.lane(i)).addSeat(decisions.seat(i)).addAction(decisions.action(i));
        }
        return builder.build();
    }

    private Events finish(StepRequest request) {
        underWay = false; // whatever comes of it
        StepResponse response = persistence.step(deadline -> steps.call(request, deadline));
        lastStepId = request.getStepId();
        return Persistence.understood(() -> Translation.events(terms.spec(), response));
    }

    @Override
    public List<EpisodeStart> reset(List<Integer> lanes, List<Long> seeds) {
        return reset(ResetRequest.newBuilder().addAllLanes(lanes).addAllSeeds(seeds));
    }

    @Override
    public List<EpisodeStart> resetEpisodes(List<Integer> lanes, List<Long> episodeSeeds) {
        return reset(ResetRequest.newBuilder().addAllLanes(lanes).addAllEpisodeSeeds(episodeSeeds));
    }

    private List<EpisodeStart> reset(ResetRequest.Builder builder) {
        ResetRequest request = builder.setSession(key.session())
                .setToken(key.token())
                .setRequestId(UUID.randomUUID().toString())
                .build();
        ResetResponse response =
                persistence.call(deadline -> stub.withDeadline(deadline).reset(request));
        return Translation.started(response.getStartedList());
    }

    @Override
    public Snapshot snapshot(int lane) {
        SnapshotRequest request = SnapshotRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .setLane(lane)
                .build();
        SnapshotResponse saved =
                persistence.call(deadline -> stub.withDeadline(deadline).snapshot(request));
        return new Snapshot(saved.getSnapshot().toByteArray(), saved.getEpisode(), saved.getTick());
    }

    @Override
    public void restore(int lane, Snapshot snapshot) {
        RestoreRequest request = RestoreRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .setLane(lane)
                .setSnapshot(ByteString.copyFrom(snapshot.bytes()))
                .setRequestId(UUID.randomUUID().toString())
                .build();
        var unused = persistence.call(deadline -> stub.withDeadline(deadline).restore(request));
    }

    @Override
    public MacroObservations macroObservation(int... lanes) {
        GetMacroObservationRequest request = GetMacroObservationRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .addAllLanes(Arrays.stream(lanes).boxed().toList())
                .build();
        GetMacroObservationResponse held =
                persistence.call(deadline -> stub.withDeadline(deadline).getMacroObservation(request));
        return Persistence.understood(() -> Translation.macroObservations(terms.spec(), held));
    }

    @Override
    public MacroStates macroState(int... lanes) {
        GetMacroStateRequest request = GetMacroStateRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .addAllLanes(Arrays.stream(lanes).boxed().toList())
                .build();
        GetMacroStateResponse held =
                persistence.call(deadline -> stub.withDeadline(deadline).getMacroState(request));
        return Persistence.understood(() -> Translation.macroStates(terms.spec(), held));
    }

    @Override
    public Drawing render(int lane, String format) {
        RenderRequest request = RenderRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .setLane(lane)
                .setFormat(format)
                .build();
        RenderResponse drawn =
                persistence.call(deadline -> stub.withDeadline(deadline).render(request));
        return new Drawing(drawn.getFormat(), drawn.getData().toByteArray(), drawn.getEpisode(), drawn.getTick());
    }

    @Override
    public Recording fetchRecording() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        while (true) {
            int before = file.size();
            try {
                return persistence.call(deadline -> {
                    fetchMissing(file, deadline);
                    return read(file);
                });
            } catch (ServerUnavailableException e) {
                // A cut after some pieces was no attempt to reach a server that cannot be reached.
                if (file.size() == before) {
                    throw e;
                }
            }
        }
    }

    private void fetchMissing(ByteArrayOutputStream file, Deadline deadline) {
        FetchRecordingRequest request = FetchRecordingRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .setOffset(file.size())
                .build();
        Iterator<FetchRecordingResponse> pieces = stub.withDeadline(deadline).fetchRecording(request);
        while (pieces.hasNext()) {
            FetchRecordingResponse piece = pieces.next();
            if (piece.getOffset() != file.size()) {
                throw Status.INTERNAL
                        .withDescription("offset of a piece: " + piece.getOffset() + " (expected: " + file.size() + ")")
                        .asRuntimeException();
            }
            file.writeBytes(piece.getData().toByteArray());
        }
    }

    private static Recording read(ByteArrayOutputStream file) {
        return Persistence.understood(() -> {
            try {
                return RecordingReader.read(file.toByteArray());
            } catch (IOException e) {
                throw new IllegalArgumentException("recording: " + e.getMessage(), e);
            }
        });
    }

    @Override
    public Watch watch(int... lanes) {
        WatchRequest request = WatchRequest.newBuilder()
                .setSession(key.session())
                .setToken(key.token())
                .addAllLanes(Arrays.stream(lanes).boxed().toList())
                .build();
        return new GrpcWatch(persistence, stub, request, terms.spec());
    }

    /** One attempt only: what it does not reach, the lease ends. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        steps.close();
        try {
            stub.withDeadlineAfter(CLOSE_SECONDS, TimeUnit.SECONDS)
                    .closeSession(CloseSessionRequest.newBuilder()
                            .setSession(key.session())
                            .setToken(key.token())
                            .build());
        } catch (StatusRuntimeException e) {
            log.debug("{}: not closed on the server, its lease will end it: {}", key.session(), e.getStatus());
        }
    }
}
