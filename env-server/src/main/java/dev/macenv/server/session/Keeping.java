package dev.macenv.server.session;

import java.util.Optional;
import java.util.function.Supplier;

/** How what happens in one new session is kept. */
public interface Keeping {
    /** Nothing is kept. */
    Keeping NOTHING = new Keeping() {};

    /** Draws the secrets of the session of this name, so that they can be drawn again; empty for secrets by chance. */
    default Optional<Supplier<String>> tokens(String session) {
        return Optional.empty();
    }

    /**
     * What is told from now on; the session has just been made and nobody knows it.
     *
     * @throws RefusedException if it cannot be kept; the session is then given up
     */
    default Optional<Chronicle> chronicle(Session session) {
        return Optional.empty();
    }
}
