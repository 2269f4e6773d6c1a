package dev.macenv.server.rpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.Recording;
import dev.macenv.server.session.Decisions;
import dev.macenv.server.session.EpisodeStart;
import dev.macenv.server.session.Grant;
import dev.macenv.server.session.Invite;
import dev.macenv.server.session.LaneMoment;
import dev.macenv.server.session.LaneReport;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Role;
import dev.macenv.server.session.SavedLane;
import dev.macenv.server.session.SeenLane;
import dev.macenv.server.session.Session;
import dev.macenv.server.session.Sessions;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CloseSessionResponse;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.FetchRecordingRequest;
import dev.macenv.v1.FetchRecordingResponse;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.GetSessionResponse;
import dev.macenv.v1.GrantInfo;
import dev.macenv.v1.GrantState;
import dev.macenv.v1.JoinRequest;
import dev.macenv.v1.JoinResponse;
import dev.macenv.v1.RenderRequest;
import dev.macenv.v1.RenderResponse;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.ResetResponse;
import dev.macenv.v1.RestoreRequest;
import dev.macenv.v1.RestoreResponse;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.SeatInfo;
import dev.macenv.v1.SessionServiceGrpc;
import dev.macenv.v1.SessionState;
import dev.macenv.v1.SnapshotRequest;
import dev.macenv.v1.SnapshotResponse;
import dev.macenv.v1.StepRequest;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchRequest;
import dev.macenv.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Plays sessions. Each call finds its grant, hands its work to the mailbox of the session, and answers from there; nothing
 * here waits. Handlers may run on an event loop.
 */
final class SessionEndpoint extends SessionServiceGrpc.SessionServiceImplBase {
    private final Catalog catalog;
    private final Environments environments;
    private final Sessions sessions;
    private final EnvironmentMaker maker;
    private final Drawings drawings;
    private final Archive archive;

    SessionEndpoint(Catalog catalog, Sessions sessions, EnvironmentMaker maker, Drawings drawings, Archive archive) {
        this.catalog = catalog;
        this.environments = new Environments(catalog);
        this.sessions = sessions;
        this.maker = maker;
        this.drawings = drawings;
        this.archive = archive;
    }

    // ------------------------------------------------------------------------------------------------ life

    @Override
    public void createSession(CreateSessionRequest request, StreamObserver<CreateSessionResponse> answer) {
        Answers.outliveCaller(answer);
        String principal = Principals.current();
        // Constructs environments, so not on an event loop.
        maker.answer(request.getEnvironment(), answer, () -> create(principal, request));
    }

    private CreateSessionResponse create(String principal, CreateSessionRequest request) {
        CreationRequest wanted = CreationRequest.read(
                request, environments, sessions.limits(), id -> sessions.keptSnapshot(principal, id));
        String id = wanted.environment().id();
        Supplier<MacDecPomdp> make = maker.maker(id, wanted.settings());
        Session session = sessions.create(
                principal,
                wanted.options(),
                make,
                request.getRequestId(),
                Contents.digest(request),
                archive.keeping(principal, request, wanted));
        CreateSessionResponse.Builder created = CreateSessionResponse.newBuilder()
                .setSession(session.name())
                .setToken(session.owner().token())
                .setSpec(Specs.message(wanted.environment(), session.spec()))
                .setLease(Messages.duration(session.lease()))
                .setLimits(limits(session.owner()))
                .addAllSeats(session.owner().seats())
                .setGamma(session.gamma())
                .setResetMode(Messages.resetMode(session.resetMode()));
        for (Invite invite : session.invites()) {
            created.addInvites(Messages.invite(invite));
        }
        for (long seed : session.laneSeeds()) {
            created.addSeeds(seed);
        }
        return created.build();
    }

    private dev.macenv.v1.SessionLimits limits(Grant grant) {
        return Messages.limits(sessions.limits(), grant.session().shape().rowBytes(grant.view()));
    }

    @Override
    public void getSession(GetSessionRequest request, StreamObserver<GetSessionResponse> answer) {
        withGrant(request.getSession(), request.getToken(), answer, grant -> describe(grant, request.getIncludeSpec()));
    }

    private GetSessionResponse describe(Grant grant, boolean includeSpec) {
        Session session = grant.session();
        GetSessionResponse.Builder described = GetSessionResponse.newBuilder()
                .setState(state(session))
                .setLeaseRemaining(Messages.duration(session.leaseRemaining()))
                .setGrant(GrantInfo.newBuilder()
                        .setRole(Messages.role(grant.role()))
                        .addAllSeats(grant.seats())
                        .setView(Messages.view(grant.view()))
                        .setLastStepId(grant.lastStepId())
                        .setLease(Messages.duration(grant.lease())))
                .setFingerprint(session.spec().fingerprint())
                .setGamma(session.gamma())
                .setResetMode(Messages.resetMode(session.resetMode()))
                .setLimits(limits(grant));
        for (int seat = 0; seat < session.shape().agents(); seat++) {
            described.addSeats(seat(session, seat));
        }
        for (LaneReport lane : session.lanes(grant)) {
            described.addLanes(Messages.lane(lane));
        }
        if (includeSpec) {
            described.setSpec(spec(grant));
        }
        return described.build();
    }

    static SessionState state(Session session) {
        if (session.draining()) {
            return SessionState.SESSION_STATE_DRAINING;
        }
        return session.started() ? SessionState.SESSION_STATE_ACTIVE : SessionState.SESSION_STATE_CREATED;
    }

    private static SeatInfo seat(Session session, int seat) {
        SeatInfo.Builder info = SeatInfo.newBuilder()
                .setSeat(seat)
                .setAssignment(
                        session.open(seat)
                                ? SeatAssignment.SEAT_ASSIGNMENT_OPEN
                                : SeatAssignment.SEAT_ASSIGNMENT_OWNER);
        Grant holder = session.holder(seat);
        if (holder == null) {
            return info.build();
        }
        return info.setGrantState(holder.lapsed() ? GrantState.GRANT_STATE_LAPSED : GrantState.GRANT_STATE_HELD)
                .setLeaseRemaining(Messages.duration(holder.leaseRemaining()))
                .build();
    }

    private EnvSpec spec(Grant grant) {
        EnvironmentSpec spec = grant.session().spec();
        if (grant.role() == Role.OWNER) {
            return Specs.message(catalog.describe(spec.id()), spec);
        }
        return Specs.message(catalog.describe(spec.id()), spec, grant.view());
    }

    @Override
    public void join(JoinRequest request, StreamObserver<JoinResponse> answer) {
        Answers.outliveCaller(answer);
        try {
            Session session = sessions.invitedTo(request.getSession());
            session.submit(0, () -> giveWhenSafe(session, answer, () -> join(session, request)));
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    private JoinResponse join(Session session, JoinRequest request) {
        Grant grant = session.join(Wishes.join(request));
        return JoinResponse.newBuilder()
                .setToken(grant.token())
                .setSpec(spec(grant))
                .setLease(Messages.duration(grant.lease()))
                .addAllSeats(grant.seats())
                .setLimits(limits(grant))
                .setLanes(session.laneCount())
                .setGamma(session.gamma())
                .setResetMode(Messages.resetMode(session.resetMode()))
                .setRole(Messages.role(grant.role()))
                .build();
    }

    @Override
    public void closeSession(CloseSessionRequest request, StreamObserver<CloseSessionResponse> answer) {
        Answers.give(answer, () -> {
            sessions.close(request.getSession(), request.getToken());
            return CloseSessionResponse.getDefaultInstance();
        });
    }

    // ------------------------------------------------------------------------------------------------ play

    @Override
    public void step(StepRequest request, StreamObserver<StepResponse> answer) {
        try {
            Grant grant = sessions.authenticate(request.getSession(), request.getToken());
            Decisions decisions = Messages.decisions(request);
            Session session = grant.session();
            grant.beginUnary(request.getStepId());
            UnaryAnswer caller = new UnaryAnswer(grant, answer);
            try {
                session.submit(lanesToRun(session, decisions), () -> session.step(grant, decisions, caller));
            } catch (RefusedException refused) {
                caller.refused(refused);
            }
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    /** A request without decisions may set every lane in motion. */
    static int lanesToRun(Session session, Decisions decisions) {
        int rows = decisions.rows();
        return rows == 0 ? session.laneCount() : Math.min(rows, session.laneCount());
    }

    @Override
    public StreamObserver<StepRequest> play(StreamObserver<StepResponse> answers) {
        return PlayStream.open(sessions, (ServerCallStreamObserver<StepResponse>) answers);
    }

    @Override
    public void reset(ResetRequest request, StreamObserver<ResetResponse> answer) {
        withGrant(request.getSession(), request.getToken(), answer, grant -> {
            ResetResponse.Builder begun = ResetResponse.newBuilder();
            Session.ResetRequest wanted = new Session.ResetRequest(
                    request.getLanesList(),
                    request.getSeedsList(),
                    request.getEpisodeSeedsList(),
                    request.getRequestId());
            for (EpisodeStart start : grant.session().reset(grant, wanted)) {
                begun.addStarted(Messages.episodeStart(start));
            }
            return begun.build();
        });
    }

    @Override
    public void getMacroObservation(
            GetMacroObservationRequest request, StreamObserver<GetMacroObservationResponse> answer) {
        withGrant(
                request.getSession(),
                request.getToken(),
                answer,
                grant -> Messages.observations(grant.session().macroObservations(grant, request.getLanesList())));
    }

    @Override
    public void getMacroState(GetMacroStateRequest request, StreamObserver<GetMacroStateResponse> answer) {
        withGrant(
                request.getSession(),
                request.getToken(),
                answer,
                grant -> Messages.macroStates(grant.session().macroStates(grant, request.getLanesList())));
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> answer) {
        withGrantAside(request.getSession(), request.getToken(), answer, grant -> {
            SavedLane saved = grant.session().snapshot(grant, request.getLane(), request.getStore());
            return SnapshotResponse.newBuilder()
                    .setSnapshot(UnsafeByteOperations.unsafeWrap(saved.bytes()))
                    .setSnapshotId(saved.id())
                    .setEpisode(saved.moment().episode())
                    .setTick(saved.moment().tick())
                    .build();
        });
    }

    @Override
    public void restore(RestoreRequest request, StreamObserver<RestoreResponse> answer) {
        String principal = Principals.current();
        withGrantAside(request.getSession(), request.getToken(), answer, grant -> {
            Wishes.requireRequestId(request.getRequestId());
            Session.RestoreRequest wanted =
                    new Session.RestoreRequest(request.getLane(), Contents.digest(request), request.getRequestId());
            LaneMoment moment = grant.session().restore(grant, wanted, () -> switch (request.getSourceCase()) {
                case SNAPSHOT -> request.getSnapshot().toByteArray();
                case SNAPSHOT_ID -> sessions.keptSnapshot(principal, request.getSnapshotId());
                case SOURCE_NOT_SET ->
                    throw RefusedException.field(
                            Reason.INVALID_FIELD, "source", "nothing (expected: snapshot or snapshot_id)");
            });
            return RestoreResponse.newBuilder()
                    .setEpisode(moment.episode())
                    .setTick(moment.tick())
                    .build();
        });
    }

    /** Answers with what was done or read, once nothing can undo what it depends on. */
    private static <T> void giveWhenSafe(Session session, StreamObserver<T> answer, Supplier<T> work) {
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
            return;
        }
        session.whenSafe(
                () -> {
                    answer.onNext(result);
                    answer.onCompleted();
                },
                unsafe -> Answers.refuse(answer, unsafe));
    }

    /** Runs {@code work} in the mailbox of the session, never on an event loop, and answers with its result. */
    private <T> void withGrantAside(String session, String token, StreamObserver<T> answer, Function<Grant, T> work) {
        Answers.outliveCaller(answer);
        try {
            Grant grant = sessions.authenticate(session, token);
            grant.session().submitAside(() -> giveWhenSafe(grant.session(), answer, () -> work.apply(grant)));
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    /** Runs {@code work} in the mailbox of the session and answers with its result. */
    private <T> void withGrant(String session, String token, StreamObserver<T> answer, Function<Grant, T> work) {
        Answers.outliveCaller(answer);
        try {
            Grant grant = sessions.authenticate(session, token);
            grant.session().submit(0, () -> giveWhenSafe(grant.session(), answer, () -> work.apply(grant)));
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchResponse> answer) {
        try {
            Duration interval = Wishes.interval(request);
            Grant grant = sessions.authenticate(request.getSession(), request.getToken());
            Session session = grant.session();
            WatchStream stream = WatchStream.open(grant, (ServerCallStreamObserver<WatchResponse>) answer);
            session.submit(0, () -> {
                try {
                    session.watch(grant, request.getLanesList(), interval, stream);
                } catch (RuntimeException | Error e) {
                    stream.end(Refusals.toldToCaller(e));
                }
            });
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    @Override
    public void render(RenderRequest request, StreamObserver<RenderResponse> answer) {
        Answers.outliveCaller(answer);
        try {
            Grant grant = sessions.authenticate(request.getSession(), request.getToken());
            grant.session().submitAside(() -> {
                try {
                    String format = Drawings.format(request.getFormat());
                    SeenLane seen = grant.session().look(grant, request.getLane());
                    drawings.later(() -> Answers.give(answer, () -> drawn(seen, format)));
                } catch (RuntimeException | Error e) {
                    Answers.refuse(answer, e);
                }
            });
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    private RenderResponse drawn(SeenLane seen, String format) {
        return RenderResponse.newBuilder()
                .setFormat(format)
                .setData(UnsafeByteOperations.unsafeWrap(drawings.draw(seen.frame(), format)))
                .setEpisode(seen.moment().episode())
                .setTick(seen.moment().tick())
                .build();
    }

    // ------------------------------------------------------------------------------------------------ recordings

    @Override
    public void fetchRecording(FetchRecordingRequest request, StreamObserver<FetchRecordingResponse> answer) {
        Answers.outliveCaller(answer);
        try {
            boolean over = mayFetch(request);
            RecordingStream.send(
                    recording(request), request.getOffset(), over, (ServerCallStreamObserver<FetchRecordingResponse>)
                            answer);
        } catch (RuntimeException | Error e) {
            Answers.refuse(answer, e);
        }
    }

    /** Whether the session has closed; refuses whoever is not its owner. */
    private boolean mayFetch(FetchRecordingRequest request) {
        String name = request.getSession();
        try {
            Grant grant = sessions.authenticate(name, request.getToken());
            if (grant.role() != Role.OWNER) {
                throw new RefusedException(Reason.OWNER_ONLY, "only the owner of a session may fetch its recording");
            }
            return false;
        } catch (RefusedException refused) {
            Recordings.Kept kept = archive.recordings().find(name);
            boolean over = refused.reason() == Reason.SESSION_CLOSED;
            if (!over || (kept != null && !kept.isOwners(request.getToken()))) {
                throw refused;
            }
            return true;
        }
    }

    private Recording recording(FetchRecordingRequest request) {
        String name = request.getSession();
        Recordings.Kept kept = archive.recordings().find(name);
        if (kept == null) {
            throw new RefusedException(
                            Reason.RECORDING_NOT_FOUND,
                            "session " + name
                                    + " has no recording (ask for one with CreateSession.recording), or it was"
                                    + " discarded")
                    .with("session", name);
        }
        long length = kept.recording().length();
        if (Long.compareUnsigned(request.getOffset(), length) > 0) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "offset",
                    Long.toUnsignedString(request.getOffset()) + " (expected: at most " + length
                            + ", the bytes that there are)");
        }
        return kept.recording();
    }
}
