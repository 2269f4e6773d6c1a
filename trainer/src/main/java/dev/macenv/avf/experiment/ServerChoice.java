package dev.macenv.avf.experiment;

import dev.macenv.client.Access;
import java.util.Optional;

/**
 * Which servers to play on.
 *
 * @param targets targets of running servers with commas between them, over which lanes are dealt; empty to start one in
 *     this process
 * @param access how to speak to all of them
 */
public record ServerChoice(Optional<String> targets, Access access) {

    /** A server in this process. */
    public static final ServerChoice EMBEDDED = new ServerChoice(Optional.empty(), Access.open());

    /** Servers that are spoken to in plain text, or the one in this process. */
    public static ServerChoice plain(Optional<String> targets) {
        return new ServerChoice(targets, Access.open());
    }
}
