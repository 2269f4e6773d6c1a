package dev.macenv.server.session;

import java.time.Duration;

/**
 * What a server allows.
 *
 * @param sessions open sessions of the whole server
 * @param sessionsPerPrincipal open sessions of one principal
 * @param lanes lanes of one session
 * @param lanesInAll lanes of all sessions together
 * @param lanesPerPrincipal lanes of all sessions of one principal
 * @param constructions requests under way or waiting that construct environments
 * @param callsPerConnection calls under way on one connection; more of them wait at the client
 * @param messageBytes bytes of one inbound message
 * @param responseBytes bytes of events in one answer
 * @param outstanding unanswered requests of one grant on a stream
 * @param grants grants of one session, the owner's included
 * @param waiting requests of any kind that wait for one session
 * @param minLease shortest lease granted
 * @param maxLease longest lease granted
 * @param defaultLease lease granted where none is asked for
 */
public record SessionLimits(
        int sessions,
        int sessionsPerPrincipal,
        int lanes,
        int lanesInAll,
        int lanesPerPrincipal,
        int constructions,
        int callsPerConnection,
        int messageBytes,
        int responseBytes,
        int outstanding,
        int grants,
        int waiting,
        Duration minLease,
        Duration maxLease,
        Duration defaultLease) {

    /** Room for a busy laboratory, all of which one principal may take; answers stay below the 4 MiB that gRPC clients accept by default. */
    public static final SessionLimits STANDARD = new SessionLimits(
            1000,
            1000,
            1024,
            65_536,
            65_536,
            256,
            1000,
            4 << 20,
            3 << 20,
            2,
            256,
            64,
            Duration.ofSeconds(5),
            Duration.ofHours(24),
            Duration.ofMinutes(10));

    /** The same with room for so many sessions. */
    public SessionLimits withSessions(int count) {
        return new SessionLimits(
                count,
                Math.min(count, sessionsPerPrincipal),
                lanes,
                lanesInAll,
                lanesPerPrincipal,
                constructions,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                grants,
                waiting,
                minLease,
                maxLease,
                defaultLease);
    }

    /** The same with this lease where none is asked for. */
    public SessionLimits withDefaultLease(Duration lease) {
        return new SessionLimits(
                sessions,
                sessionsPerPrincipal,
                lanes,
                lanesInAll,
                lanesPerPrincipal,
                constructions,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                grants,
                waiting,
                minLease,
                maxLease,
                lease);
    }

    /** The same with room for so many sessions and lanes of one principal. */
    public SessionLimits withQuota(int sessionCount, int laneCount) {
        return new SessionLimits(
                sessions,
                sessionCount,
                lanes,
                lanesInAll,
                laneCount,
                constructions,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                grants,
                waiting,
                minLease,
                maxLease,
                defaultLease);
    }

    /** The same with room for so many constructions. */
    public SessionLimits withConstructions(int count) {
        return new SessionLimits(
                sessions,
                sessionsPerPrincipal,
                lanes,
                lanesInAll,
                lanesPerPrincipal,
                count,
                callsPerConnection,
                messageBytes,
                responseBytes,
                outstanding,
                grants,
                waiting,
                minLease,
                maxLease,
                defaultLease);
    }

    Duration clampLease(Duration wish) {
        if (wish.compareTo(minLease) < 0) {
            return minLease;
        }
        return wish.compareTo(maxLease) > 0 ? maxLease : wish;
    }
}
