package dev.macenv.server.rpc;

import dev.macenv.server.session.SessionLimits;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How a server runs, wherever it listens.
 *
 * @param limits what clients may use
 * @param reapEvery how often leases are looked at; zero for never (a test then calls {@link EnvironmentServer#reap})
 * @param notice how long a server that stops still answers, and says that it goes down
 * @param grace how long after that steps under way may take
 * @param clock shown to clients
 * @param nanoClock measures leases, like {@link System#nanoTime}
 * @param trust whose environments run without a guard
 * @param patience how long a guarded environment may take to return from one call, a tick for example
 * @param protection encryption and credentials
 * @param administration what operators are shown
 * @param durability how sessions outlive the process; empty for not at all
 */
public record ServerOptions(
        SessionLimits limits,
        Duration reapEvery,
        Duration notice,
        Duration grace,
        Clock clock,
        LongSupplier nanoClock,
        Trust trust,
        Duration patience,
        Protection protection,
        Administration administration,
        Optional<Durability> durability) {

    /** Whose environments are taken to return from every call, and so run without the guard that costs time. */
    public enum Trust {
        /** Those that come with the server. */
        BUILT_IN,
        /** Those on the class path, which whoever runs the server has put there; not those that plugins bring. */
        CLASS_PATH,
        /** Nobody's. */
        NOBODY
    }

    /** The standard limits; leases looked at every second; no protection. */
    public static ServerOptions standard() {
        return new ServerOptions(
                SessionLimits.STANDARD,
                Duration.ofSeconds(1),
                Duration.ZERO,
                Duration.ofSeconds(5),
                Clock.systemUTC(),
                System::nanoTime,
                Trust.BUILT_IN,
                Duration.ofSeconds(30),
                Protection.NONE,
                Administration.NONE,
                Optional.empty());
    }

    /** The same with other limits. */
    public ServerOptions withLimits(SessionLimits other) {
        return new ServerOptions(
                other,
                reapEvery,
                notice,
                grace,
                clock,
                nanoClock,
                trust,
                patience,
                protection,
                administration,
                durability);
    }

    /** The same with leases measured by this clock and looked at only when asked. */
    public ServerOptions withManualReaping(LongSupplier otherClock) {
        return new ServerOptions(
                limits,
                Duration.ZERO,
                notice,
                grace,
                clock,
                otherClock,
                trust,
                patience,
                protection,
                administration,
                durability);
    }

    /** The same with other trust in environments, and other patience with those that are not trusted. */
    public ServerOptions withTrust(Trust other, Duration otherPatience) {
        return new ServerOptions(
                limits,
                reapEvery,
                notice,
                grace,
                clock,
                nanoClock,
                other,
                otherPatience,
                protection,
                administration,
                durability);
    }

    /** The same with this protection. */
    public ServerOptions withProtection(Protection other) {
        return new ServerOptions(
                limits, reapEvery, notice, grace, clock, nanoClock, trust, patience, other, administration, durability);
    }

    /** The same with these listeners for operators. */
    public ServerOptions withAdministration(Administration other) {
        return new ServerOptions(
                limits, reapEvery, notice, grace, clock, nanoClock, trust, patience, protection, other, durability);
    }

    /** The same with so much time to stop. */
    public ServerOptions withTimeToStop(Duration otherNotice, Duration otherGrace) {
        return new ServerOptions(
                limits,
                reapEvery,
                otherNotice,
                otherGrace,
                clock,
                nanoClock,
                trust,
                patience,
                protection,
                administration,
                durability);
    }

    /** The same with sessions that outlive the process. */
    public ServerOptions withDurability(Durability other) {
        return new ServerOptions(
                limits,
                reapEvery,
                notice,
                grace,
                clock,
                nanoClock,
                trust,
                patience,
                protection,
                administration,
                Optional.of(other));
    }
}
