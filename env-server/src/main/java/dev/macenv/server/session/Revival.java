package dev.macenv.server.session;

import java.util.Optional;
import java.util.function.Supplier;

/** A session as it was written down, to be made once more. */
public interface Revival {
    /** Its name. */
    String name();

    /** Draws its secrets in the order in which they were drawn. */
    Supplier<String> tokens();

    /** The seed of each lane. */
    long[] laneSeeds();

    /** What is told from the start, of the session as it comes back. */
    Optional<Chronicle> witness(Session session);

    /**
     * Does again what was done.
     *
     * @throws ReplayException if it does not fit
     */
    void tell(Replay replay, Session session);

    /** What is told from then on. */
    Optional<Chronicle> chronicle(Session session);
}
