package dev.macenv.client;

import org.jspecify.annotations.Nullable;

/**
 * The server could not be reached, or did not answer, for as long as {@link ClientOptions#patience} allows.
 * UNAVAILABLE, DEADLINE_EXCEEDED.
 */
public final class ServerUnavailableException extends MacenvException {

    private static final long serialVersionUID = 1L;

    ServerUnavailableException(Failure failure, @Nullable Throwable cause) {
        super(failure, cause);
    }
}
