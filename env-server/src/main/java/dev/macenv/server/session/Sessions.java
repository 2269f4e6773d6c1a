package dev.macenv.server.session;

import dev.macenv.env.MacDecPomdp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions of a server: creates them within its limits, finds them by name and token, and reaps those whose lease ran
 * out. Thread-safe.
 */
public final class Sessions {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private static final int REMEMBERED_CLOSED = 4096;

    private final SessionLimits limits;
    private final Executor pool;
    private final LongSupplier nanoClock;
    private final Alarm alarm;
    private final Tokens tokens = new Tokens();

    // All below is guarded by this.
    private final Map<String, Session> open = new HashMap<>();
    private final Map<RequestKey, Creation> creations = new HashMap<>();
    private final Map<String, Closed> closed = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Closed> eldest) {
            return size() > REMEMBERED_CLOSED;
        }
    };
    private final Set<Session> leaving = ConcurrentHashMap.newKeySet(); // closed, with something still under way
    private final Map<String, RequestKey> origins = new HashMap<>(); // of open sessions, by name
    private final Map<String, Usage> usages = new HashMap<>(); // by principal; of those that use anything
    private int reservedSessions;
    private int reservedLanes;
    private boolean draining;
    private final Set<OpenStream> nameless = new HashSet<>();

    /** The ids that clients choose are their own: nobody gets at another's session, and its token, by guessing one. */
    private record RequestKey(String principal, String requestId) {} // requestId: empty if there was none

    private record Creation(String content, CompletableFuture<Session> session) {}

    private record Usage(int sessions, int lanes) {
        static final Usage NOTHING = new Usage(0, 0);
    }

    /** @param tokens digests of the tokens of all its grants */
    private record Closed(Set<String> tokens, CloseCause cause) {}

    /**
     * @param pool runs lanes that are too costly for the thread that brought the request
     * @param nanoClock like {@link System#nanoTime}
     * @param alarm says when spectators are to be told again
     */
    public Sessions(SessionLimits limits, Executor pool, LongSupplier nanoClock, Alarm alarm) {
        this.limits = limits;
        this.pool = pool;
        this.nanoClock = nanoClock;
        this.alarm = alarm;
    }

    public SessionLimits limits() {
        return limits;
    }

    // ------------------------------------------------------------------------------------------------ creating

    /**
     * Creates a session, or returns the one that the same request created before. Builds environments, so it may take its
     * time. Capacity is reserved before anything is built and given back if building fails.
     *
     * @param principal on whose behalf; has quotas and request ids of its own
     * @param options free of {@link SessionOptions#problems}
     * @param environments makes a lane's environment
     * @param requestId makes creation safe to repeat; empty for never mind
     * @param content a digest of what the request asks for, compared where the request id was seen before
     */
    public Session create(
            String principal,
            SessionOptions options,
            Supplier<MacDecPomdp> environments,
            String requestId,
            String content) {
        return create(principal, options, environments, requestId, content, Keeping.NOTHING);
    }

    /**
     * As above.
     *
     * @param keeping of the session, if one is made
     */
    public Session create(
            String principal,
            SessionOptions options,
            Supplier<MacDecPomdp> environments,
            String requestId,
            String content,
            Keeping keeping) {
        RequestKey key = new RequestKey(principal, requestId);
        CompletableFuture<Session> mine = new CompletableFuture<>();
        if (!requestId.isEmpty()) {
            Creation earlier;
            synchronized (this) {
                earlier = creations.putIfAbsent(key, new Creation(content, mine));
            }
            if (earlier != null) {
                return await(earlier, requestId, content);
            }
        }
        try {
            Session session = build(principal, options, () -> construct(options, environments, keeping));
            publish(key, session);
            mine.complete(session);
            return session;
        } catch (RuntimeException | Error e) {
            forgetCreation(key, mine);
            mine.completeExceptionally(e);
            throw e;
        }
    }

    /**
     * Brings a session back that was written down, for its principal, within the limits. Builds environments and plays
     * what was played, so it may take its time. Leases begin anew.
     *
     * @param requestId of the request that created it; empty if it had none
     * @param content digest of that request
     * @throws ReplayException if what was written does not fit
     * @throws RefusedException if there is no room, or the environment cannot be constructed
     */
    public Session revive(
            String principal,
            SessionOptions options,
            Supplier<MacDecPomdp> environments,
            String requestId,
            String content,
            Revival revival) {
        Session session = build(principal, options, () -> revive(options, environments, revival));
        RequestKey key = new RequestKey(principal, requestId);
        if (!requestId.isEmpty()) {
            synchronized (this) {
                creations.put(key, new Creation(content, CompletableFuture.completedFuture(session)));
            }
        }
        publish(key, session);
        return session;
    }

    private Session revive(SessionOptions options, Supplier<MacDecPomdp> environments, Revival revival) {
        Session session = construct(revival.name(), revival.tokens(), options, revival.laneSeeds(), environments);
        try {
            revival.witness(session).ifPresent(witness -> session.tell(witness, true));
            Replay replay = new Replay(session);
            revival.tell(replay, session);
            replay.end();
        } catch (RuntimeException | Error e) {
            session.release();
            throw e;
        }
        revival.chronicle(session).ifPresent(chronicle -> session.tell(chronicle, false));
        return session;
    }

    private static Session await(Creation earlier, String requestId, String content) {
        if (!earlier.content().equals(content)) {
            throw new RefusedException(
                            Reason.REQUEST_ID_REUSED,
                            "request_id: " + requestId + " was used by a request with other content")
                    .with("request_id", requestId);
        }
        try {
            return earlier.session().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RefusedException refused) {
                throw refused;
            }
            throw e;
        }
    }

    private synchronized void forgetCreation(RequestKey key, CompletableFuture<Session> mine) {
        Creation creation = creations.get(key);
        if (creation != null && creation.session() == mine) {
            creations.remove(key);
        }
    }

    private Session build(String principal, SessionOptions options, Supplier<Session> construction) {
        reserve(principal, options.lanes());
        try {
            return construction.get();
        } catch (RuntimeException | Error e) {
            release(principal, options.lanes());
            if (e instanceof RefusedException || e instanceof ReplayException) {
                throw e;
            }
            String trace = UUID.randomUUID().toString();
            log.warn("an environment could not be constructed, trace {}", trace, e);
            throw new RefusedException(
                            Reason.ENVIRONMENT_FAULT,
                            "the environment could not be constructed: "
                                    + e.getClass().getName() + ": " + e.getMessage())
                    .with("trace", trace);
        }
    }

    private void publish(RequestKey origin, Session session) {
        log.atInfo()
                .addKeyValue("session", session.name())
                .addKeyValue("principal", origin.principal())
                .addKeyValue("environment", session.spec().id())
                .addKeyValue("lanes", session.laneCount())
                .log("session opened");
        boolean tooLate;
        synchronized (this) {
            open.put(session.name(), session);
            origins.put(session.name(), origin);
            tooLate = draining;
        }
        if (tooLate) {
            session.drain();
        }
    }

    private Session construct(SessionOptions options, Supplier<MacDecPomdp> environments, Keeping keeping) {
        String name = tokens.newName();
        Session session = construct(
                name,
                keeping.tokens(name).orElse(tokens::newToken),
                options,
                options.start().isPresent() ? new long[0] : laneSeeds(options),
                environments);
        keeping.chronicle(session).ifPresent(chronicle -> session.tell(chronicle, true));
        return session;
    }

    private long[] laneSeeds(SessionOptions options) {
        long[] seeds = options.seeds();
        if (seeds.length == 0) {
            seeds = new long[options.lanes()];
            for (int lane = 0; lane < seeds.length; lane++) {
                seeds[lane] = tokens.newSeed();
            }
        }
        return EpisodeSeeds.laneSeeds(seeds, options.lanes());
    }

    private Session construct(
            String name,
            Supplier<String> secrets,
            SessionOptions options,
            long[] laneSeeds,
            Supplier<MacDecPomdp> environments) {
        return new Session(
                name,
                secrets,
                options,
                laneSeeds,
                limits.leases().clamp(options.lease().orElse(limits.leases().standard())),
                environments,
                pool,
                limits,
                nanoClock,
                alarm);
    }

    private synchronized void reserve(String principal, int lanes) {
        if (draining) {
            throw Session.drainingRefusal();
        }
        if (reservedSessions >= limits.server().sessions()) {
            throw full("sessions", "open sessions", limits.server().sessions());
        }
        if (reservedLanes + lanes > limits.server().lanes()) {
            throw full("lanes", "lanes of all sessions", limits.server().lanes());
        }
        Usage used = usages.getOrDefault(principal, Usage.NOTHING);
        if (used.sessions() >= limits.principal().sessions()) {
            throw usedUp(
                    "sessions_per_principal",
                    "open sessions of " + principal,
                    limits.principal().sessions());
        }
        if (used.lanes() + lanes > limits.principal().lanes()) {
            throw usedUp(
                    "lanes_per_principal",
                    "lanes of all sessions of " + principal,
                    limits.principal().lanes());
        }
        usages.put(principal, new Usage(used.sessions() + 1, used.lanes() + lanes));
        reservedSessions++;
        reservedLanes += lanes;
    }

    private static RefusedException usedUp(String limit, String subject, int count) {
        return RefusedException.quota(
                        Reason.QUOTA_REACHED,
                        subject,
                        "the quota is used up (limit: " + count
                                + "; close one of your sessions or wait for a lease to run out)",
                        Duration.ofSeconds(10))
                .with("limit", limit);
    }

    private static RefusedException full(String limit, String subject, int count) {
        return RefusedException.quota(
                        Reason.CAPACITY_REACHED,
                        subject,
                        "the server is full (limit: " + count + "; close a session or wait for a lease to run out)",
                        Duration.ofSeconds(10))
                .with("limit", limit);
    }

    private synchronized void release(String principal, int lanes) {
        reservedSessions--;
        reservedLanes -= lanes;
        usages.computeIfPresent(
                principal,
                (name, used) -> used.sessions() == 1 ? null : new Usage(used.sessions() - 1, used.lanes() - lanes));
    }

    // ------------------------------------------------------------------------------------------------ finding

    /**
     * The grant with this token; counts as a sign of life.
     *
     * @throws RefusedException UNAUTHENTICATED if the session is unknown or the token wrong, without saying which;
     *     SESSION_CLOSED if the token is right and the session has closed
     */
    public Grant authenticate(String session, String token) {
        Session found;
        Closed gone;
        synchronized (this) {
            found = open.get(session);
            gone = closed.get(session);
        }
        if (found != null) {
            Grant grant = found.grant(token);
            if (grant != null) {
                grant.touch();
                return grant;
            }
        } else if (gone != null && gone.tokens().contains(Tokens.digest(token))) {
            throw Session.closedRefusal(session, gone.cause());
        }
        throw unauthenticated();
    }

    static RefusedException unauthenticated() {
        return new RefusedException(
                Reason.UNAUTHENTICATED, "session or token: not known here (use both as CreateSession returned them)");
    }

    /**
     * The session that an invite is offered for; whether the invite is right is for the session to say.
     *
     * @throws RefusedException UNAUTHENTICATED if there is none
     */
    public Session invitedTo(String session) {
        Session found = find(session);
        if (found == null) {
            throw unauthenticated();
        }
        return found;
    }

    /**
     * A snapshot that is kept for an open session of the principal.
     *
     * @throws RefusedException SNAPSHOT_NOT_FOUND if there is none
     */
    public byte[] keptSnapshot(String principal, String id) {
        Session found;
        synchronized (this) {
            String name = id.substring(0, Math.max(0, id.indexOf('/')));
            RequestKey origin = origins.get(name);
            found = origin != null && origin.principal().equals(principal) ? open.get(name) : null;
        }
        byte[] kept = found == null ? null : found.keptSnapshot(id);
        if (kept == null) {
            throw new RefusedException(
                            Reason.SNAPSHOT_NOT_FOUND,
                            "snapshot_id: " + id + " is not kept here (it lives as long as its session)")
                    .with("snapshot", id)
                    .withResource("macenv.v1.Snapshot", id);
        }
        return kept;
    }

    /** Closes a session for its owner, or gives back another's grant; does nothing if that has happened already. */
    public void close(String session, String token) {
        Grant grant;
        try {
            grant = authenticate(session, token);
        } catch (RefusedException refused) {
            if (refused.reason() == Reason.SESSION_CLOSED) {
                return;
            }
            Session found = find(session);
            if (found != null && found.seating().hasGivenBack(token)) {
                return;
            }
            throw refused;
        }
        if (grant.role() == Role.OWNER) {
            end(grant.session(), CloseCause.OWNER);
        } else {
            grant.session().leave(grant);
        }
    }

    private void end(Session session, CloseCause cause) {
        if (!session.close(cause)) {
            return;
        }
        leaving.add(session);
        var unused = session.gone().thenRun(() -> leaving.remove(session));
        synchronized (this) {
            open.remove(session.name());
            closed.put(session.name(), new Closed(session.seating().digests(), cause));
            RequestKey origin = origins.remove(session.name());
            if (origin != null) {
                creations.remove(origin);
                release(origin.principal(), session.laneCount());
            }
        }
        log.atInfo()
                .addKeyValue("session", session.name())
                .addKeyValue("cause", cause)
                .log("session closed");
    }

    // ------------------------------------------------------------------------------------------------ life

    /**
     * Closes every session whose lease ran out, and returns how many; has the others decide for players who are absent. An open stream keeps its session alive.
     */
    public int reap() {
        int reaped = 0;
        for (Session session : snapshot()) {
            if (session.leaseRemaining().isZero()) {
                end(session, CloseCause.LEASE_EXPIRED);
                reaped++;
            } else if (session.needsTending()) {
                session.tend();
            }
        }
        return reaped;
    }

    /** From now on no session is created and no step begun; steps under way are answered, streams are then ended. */
    public void drain() {
        List<OpenStream> unnamed;
        synchronized (this) {
            draining = true;
            unnamed = List.copyOf(nameless);
        }
        for (Session session : snapshot()) {
            session.drain();
        }
        unnamed.forEach(stream -> stream.end(Session.drainingRefusal()));
    }

    /** A stream has been opened and has named no session yet, so that none ends it when the server goes down. */
    public void opened(OpenStream stream) {
        synchronized (this) {
            if (!draining) {
                nameless.add(stream);
                return;
            }
        }
        stream.end(Session.drainingRefusal());
    }

    /** A session knows the stream now, or it has ended. */
    public synchronized void named(OpenStream stream) {
        nameless.remove(stream);
    }

    /** Closes every session. */
    public void closeAll() {
        for (Session session : snapshot()) {
            end(session, CloseCause.SERVER_SHUTDOWN);
        }
    }

    /** Waits until what was under way in closed sessions has ended, and their chronicles know; returns whether it has. */
    public boolean awaitClosed(Duration patience) throws InterruptedException {
        CompletableFuture<?>[] all = leaving.stream().map(Session::gone).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(all).get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError(e); // they end normally
        }
    }

    private synchronized List<Session> snapshot() {
        return new ArrayList<>(open.values());
    }

    /** Open sessions now. */
    public synchronized int count() {
        return open.size();
    }

    /** Sessions for which capacity is taken, those under construction included. */
    public synchronized int reserved() {
        return reservedSessions;
    }

    /** Principals that take capacity now. */
    synchronized int principals() {
        return usages.size();
    }

    /** Lanes for which capacity is taken. */
    public synchronized int reservedLanes() {
        return reservedLanes;
    }

    @Nullable
    Session find(String name) {
        synchronized (this) {
            return open.get(name);
        }
    }
}
