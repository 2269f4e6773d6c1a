package dev.macenv.server.session;

import java.time.Duration;

/**
 * What a server allows.
 *
 * @param sessions open sessions of the whole server
 * @param lanes lanes of one session
 * @param lanesInAll lanes of all sessions together
 * @param messageBytes bytes of one inbound message
 * @param responseBytes bytes of events in one answer
 * @param outstanding unanswered requests of one grant on a stream
 * @param waiting requests of any kind that wait for one session
 * @param minLease shortest lease granted
 * @param maxLease longest lease granted
 * @param defaultLease lease granted where none is asked for
 */
public record SessionLimits(
        int sessions,
        int lanes,
        int lanesInAll,
        int messageBytes,
        int responseBytes,
        int outstanding,
        int waiting,
        Duration minLease,
        Duration maxLease,
        Duration defaultLease) {

    /** Room for a busy laboratory; answers stay below the 4 MiB that gRPC clients accept by default. */
    public static final SessionLimits STANDARD = new SessionLimits(
            1000,
            1024,
            65_536,
            4 << 20,
            3 << 20,
            2,
            64,
            Duration.ofSeconds(5),
            Duration.ofHours(24),
            Duration.ofMinutes(10));

    /** The same with room for so many sessions. */
    public SessionLimits withSessions(int count) {
        return new SessionLimits(
                count,
                lanes,
                lanesInAll,
                messageBytes,
                responseBytes,
                outstanding,
                waiting,
                minLease,
                maxLease,
                defaultLease);
    }

    /** The same with this lease where none is asked for. */
    public SessionLimits withDefaultLease(Duration lease) {
        return new SessionLimits(
                sessions,
                lanes,
                lanesInAll,
                messageBytes,
                responseBytes,
                outstanding,
                waiting,
                minLease,
                maxLease,
                lease);
    }

    Duration clampLease(Duration wish) {
        if (wish.compareTo(minLease) < 0) {
            return minLease;
        }
        return wish.compareTo(maxLease) > 0 ? maxLease : wish;
    }
}
