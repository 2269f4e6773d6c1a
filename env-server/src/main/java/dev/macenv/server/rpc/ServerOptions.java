package dev.macenv.server.rpc;

import dev.macenv.server.session.SessionLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How a server runs, wherever it listens.
 *
 * @param limits what clients may use
 * @param reapEvery how often leases are looked at; zero for never (a test then calls {@link EnvironmentServer#reap})
 * @param grace how long steps under way may take when the server stops
 * @param clock shown to clients
 * @param nanoClock measures leases, like {@link System#nanoTime}
 */
public record ServerOptions(
        SessionLimits limits, Duration reapEvery, Duration grace, Clock clock, LongSupplier nanoClock) {

    /** The standard limits; leases looked at every second. */
    public static ServerOptions standard() {
        return new ServerOptions(
                SessionLimits.STANDARD,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Clock.systemUTC(),
                System::nanoTime);
    }

    /** The same with other limits. */
    public ServerOptions withLimits(SessionLimits other) {
        return new ServerOptions(other, reapEvery, grace, clock, nanoClock);
    }

    /** The same with leases measured by this clock and looked at only when asked. */
    public ServerOptions withManualReaping(LongSupplier otherClock) {
        return new ServerOptions(limits, Duration.ZERO, grace, clock, otherClock);
    }
}
