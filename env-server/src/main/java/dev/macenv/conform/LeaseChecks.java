package dev.macenv.conform;

import com.google.protobuf.Duration;
import com.google.protobuf.util.Durations;
import dev.macenv.v1.CloseSessionRequest;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.CreateSessionResponse;
import dev.macenv.v1.GetSessionRequest;
import dev.macenv.v1.ServerLimits;
import dev.macenv.v1.SessionServiceGrpc;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Group 9: what is left behind is cleared away; what is full says so. */
final class LeaseChecks {
    /** With room for more sessions than these a server is not filled up. */
    private static final int MOST_SESSIONS = 2000;

    private static final int AT_ONCE = 32;
    private static final int CYCLES = 300;
    private static final long LONGEST_LEASE_MILLIS = 10_000;

    /** A server may look at leases seldom. */
    static final long REAPING_MILLIS = 10_000;

    private LeaseChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofServer("a lease is granted within the limits", LeaseChecks::granted),
                Check.ofServer(
                        "a session that nobody asks for is reaped, one that is asked for is not", LeaseChecks::reaped),
                Check.ofServer("a session that is closed twice is closed", LeaseChecks::closedTwice),
                Check.ofServer("what cannot be created takes no room, and is gone for good", LeaseChecks::cycles),
                Check.ofServer("a full server says so, and is never overfilled", LeaseChecks::capacity));
    }

    private static void granted(Trial trial) {
        ServerLimits limits = trial.server().getLimits();
        String rule =
                "session.proto, CreateSessionRequest.lease: clamped to the server's limits; absent: default_lease";
        Violation.unlessEqual(
                rule,
                "the lease where none is asked for",
                limits.getDefaultLease(),
                trial.create(trial.session(1)).created().getLease());
        Duration tiny = Durations.fromMillis(1);
        Duration huge = Durations.fromDays(10_000);
        if (limits.hasMinLease()) {
            Violation.unlessEqual(
                    rule,
                    "the shortest",
                    limits.getMinLease(),
                    trial.create(trial.session(1).setLease(tiny)).created().getLease());
        }
        if (limits.hasMaxLease()) {
            Violation.unlessEqual(
                    rule,
                    "the longest",
                    limits.getMaxLease(),
                    trial.create(trial.session(1).setLease(huge)).created().getLease());
        }
    }

    /** One that can be waited for. */
    static Duration shortLease(Trial trial) {
        Duration lease = trial.server().getLimits().getMinLease();
        if (Durations.toMillis(lease) > LONGEST_LEASE_MILLIS) {
            throw new SkippedException("the shortest lease is " + Durations.toString(lease) + ", too long to wait for");
        }
        return lease;
    }

    private static void reaped(Trial trial) throws InterruptedException {
        Duration lease = shortLease(trial);
        long millis = Durations.toMillis(lease);
        Player idle = trial.create(trial.session(1).setLease(lease));
        Player busy = trial.create(trial.session(1).setLease(lease));
        BlockingQueue<Object> never = new LinkedBlockingQueue<>();
        long began = System.nanoTime();
        while (System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(millis + REAPING_MILLIS)) {
            busy.look();
            var unused = never.poll(millis / 4, TimeUnit.MILLISECONDS); // real time has to pass
        }
        idle.refusal(idle.request()).is(Code.NOT_FOUND, "SESSION_CLOSED").says("cause", "LEASE_EXPIRED");
        Violation.unlessEqual(
                "session.proto, SessionService: any call with a right token renews the lease",
                "rows of the session that was asked for",
                1,
                busy.collect().count());
    }

    private static void closedTwice(Trial trial) {
        Player player = trial.create(trial.session(1));
        CloseSessionRequest close = CloseSessionRequest.newBuilder()
                .setSession(player.session())
                .setToken(player.token())
                .build();
        trial.sessions().closeSession(trial.sending(close));
        trial.sessions().closeSession(trial.sending(close));
        Refusal.by(() -> trial.sessions()
                        .getSession(trial.sending(GetSessionRequest.newBuilder()
                                .setSession(player.session())
                                .setToken(player.token())
                                .build())))
                .is(Code.NOT_FOUND, "SESSION_CLOSED")
                .says("cause", "OWNER");
    }

    private static void cycles(Trial trial) throws InterruptedException {
        for (int i = 0; i < CYCLES; i++) {
            ErrorChecks.refusedCreation(trial, trial.session(1).setGamma(2)).is(Code.INVALID_ARGUMENT, "INVALID_FIELD");
            CreateSessionResponse created = trial.sessions()
                    .createSession(trial.sending(trial.session(1, i).build()));
            Player player = Player.owner(trial, trial.channel(), created);
            Rows rows = player.collect();
            var unused = player.answer(rows);
            trial.sessions()
                    .closeSession(CloseSessionRequest.newBuilder()
                            .setSession(player.session())
                            .setToken(player.token())
                            .build());
        }
    }

    // ------------------------------------------------------------------------------------------------ capacity

    private static void capacity(Trial trial) throws InterruptedException {
        ServerLimits limits = trial.server().getLimits();
        int server = limits.getMaxSessions() == 0 ? Integer.MAX_VALUE : limits.getMaxSessions();
        int own = limits.getMaxSessionsPerPrincipal() == 0 ? Integer.MAX_VALUE : limits.getMaxSessionsPerPrincipal();
        int most = Math.min(server, own);
        if (most > MOST_SESSIONS) {
            throw new SkippedException("the server has room for more than " + MOST_SESSIONS + " sessions");
        }
        List<CreateSessionResponse> created = new ArrayList<>();
        List<StatusRuntimeException> refused = new ArrayList<>();
        createAtOnce(trial, 2 * most, created, refused);
        try {
            Violation.unless(
                    created.size() <= most,
                    "catalog.proto, ServerLimits.max_sessions: capacity is reserved before anything is built",
                    "sessions of " + 2 * most + " wished for at once",
                    "at most " + most,
                    created.size());
            Violation.unless(
                    !refused.isEmpty() && !created.isEmpty(),
                    "error.proto, CAPACITY_REACHED, QUOTA_REACHED",
                    "refusals among " + 2 * most,
                    "some",
                    refused.size());
            refused.forEach(refusal -> Refusal.of(refusal)
                    .is(Code.RESOURCE_EXHAUSTED, server <= own ? "CAPACITY_REACHED" : "QUOTA_REACHED")
                    .isOfQuota());
        } finally {
            for (CreateSessionResponse one : created) {
                trial.sessions()
                        .closeSession(CloseSessionRequest.newBuilder()
                                .setSession(one.getSession())
                                .setToken(one.getToken())
                                .build());
            }
        }
        Violation.unlessEqual(
                "catalog.proto, ServerLimits.max_sessions: of open sessions",
                "rows of a session after the others have closed",
                1,
                trial.create(trial.session(1)).collect().count());
    }

    private static void createAtOnce(
            Trial trial, int count, List<CreateSessionResponse> created, List<StatusRuntimeException> refused)
            throws InterruptedException {
        CreateSessionRequest request =
                trial.sending(trial.session(1, 1).clearOwnerView().build());
        BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        Semaphore room = new Semaphore(AT_ONCE);
        for (int i = 0; i < count; i++) {
            room.acquire();
            SessionServiceGrpc.newStub(trial.channel())
                    .withDeadlineAfter(Trial.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .createSession(request, new StreamObserver<>() {
                        @Override
                        public void onNext(CreateSessionResponse response) {
                            answers.add(response);
                            room.release();
                        }

                        @Override
                        public void onError(Throwable problem) {
                            answers.add(new StatusRuntimeException(
                                    Status.fromThrowable(problem), Status.trailersFromThrowable(problem)));
                            room.release();
                        }

                        @Override
                        public void onCompleted() {}
                    });
        }
        for (int i = 0; i < count; i++) {
            Object answer = answers.take();
            if (answer instanceof CreateSessionResponse response) {
                created.add(response);
            } else {
                refused.add((StatusRuntimeException) answer);
            }
        }
    }
}
