package dev.macenv.server.host;

/** An environment host that cannot be used; the message names it and says how to mend that. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostException(String message) {
        super(message);
    }
}
