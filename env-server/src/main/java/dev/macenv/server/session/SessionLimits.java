package dev.macenv.server.session;

import java.time.Duration;

/**
 * What a server allows.
 *
 * @param server for the whole server
 * @param principal for one principal
 * @param lanes lanes of one session
 * @param grants grants of one session, the owner's included
 * @param watchers streams of spectators of one session
 * @param snapshots snapshots kept for one session
 * @param constructions requests under way or waiting that construct environments
 * @param callsPerConnection calls under way on one connection; more of them wait at the client
 * @param messageBytes bytes of one inbound message
 * @param responseBytes bytes of events in one answer
 * @param outstanding unanswered requests of one grant on a stream
 * @param waiting requests of any kind that wait for one session
 * @param recordings what is recorded on demand
 * @param leases how long sessions and grants live without a sign of their holder
 */
public record SessionLimits(
        Room server,
        Room principal,
        int lanes,
        int grants,
        int watchers,
        int snapshots,
        int constructions,
        int callsPerConnection,
        int messageBytes,
        int responseBytes,
        int outstanding,
        int waiting,
        Recordings recordings,
        Leases leases) {

    /**
     * Room for sessions.
     *
     * @param sessions open sessions
     * @param lanes lanes of all of them together
     */
    public record Room(int sessions, int lanes) {}

    /**
     * Leases that a server grants.
     *
     * @param shortest granted where less is asked for
     * @param longest granted where more is asked for
     * @param standard granted where none is asked for
     */
    public record Leases(Duration shortest, Duration longest, Duration standard) {

        Duration clamp(Duration wish) {
            if (wish.compareTo(shortest) < 0) {
                return shortest;
            }
            return wish.compareTo(longest) > 0 ? longest : wish;
        }
    }

    /**
     * Recordings that clients ask for, which are kept in memory.
     *
     * @param bytes of one session's
     * @param bytesInAll of all of them, those of closed sessions included
     */
    public record Recordings(long bytes, long bytesInAll) {}

    /** Room for a busy laboratory, all of which one principal may take; answers stay below the 4 MiB that gRPC clients accept by default. */
    public static final SessionLimits STANDARD = new SessionLimits(
            new Room(1000, 65_536),
            new Room(1000, 65_536),
            1024,
            256,
            64,
            16,
            256,
            1000,
            4 << 20,
            3 << 20,
            2,
            64,
            new Recordings(16 << 20, 256 << 20),
            new Leases(Duration.ofSeconds(5), Duration.ofHours(24), Duration.ofMinutes(10)));

    /** The same with room for so many sessions. */
    public SessionLimits withSessions(int count) {
        int ofOne = Math.min(count, principal.sessions());
        return with(new Room(count, server.lanes()), new Room(ofOne, principal.lanes()), constructions);
    }

    /** The same with this room for one principal. */
    public SessionLimits withQuota(Room quota) {
        return with(server, quota, constructions);
    }

    /** The same with room for so many constructions. */
    public SessionLimits withConstructions(int count) {
        return with(server, principal, count);
    }

    /** The same with this room for recordings. */
    public SessionLimits withRecordings(Recordings other) {
        return new SessionLimits(
                server,
                principal,
                lanes,
                grants,
                watchers,
                snapshots,
                constructions,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                waiting,
                other,
                leases);
    }

    private SessionLimits with(Room ofServer, Room ofPrincipal, int constructed) {
        return new SessionLimits(
                ofServer,
                ofPrincipal,
                lanes,
                grants,
                watchers,
                snapshots,
                constructed,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                waiting,
                recordings,
                leases);
    }
}
