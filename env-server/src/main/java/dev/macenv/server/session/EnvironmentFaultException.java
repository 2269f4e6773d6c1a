package dev.macenv.server.session;

/** An environment broke its contract; known by the message alone, so it needs no stack trace. */
public final class EnvironmentFaultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EnvironmentFaultException(String message) {
        super(message, null, false, false);
    }
}
