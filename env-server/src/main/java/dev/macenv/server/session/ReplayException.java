package dev.macenv.server.session;

/** What is to be replayed does not fit the session: it was recorded by another, or has been damaged. */
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says what does not fit. */
    public ReplayException(String message) {
        super(message);
    }

    /** Says what does not fit. */
    public ReplayException(String message, Throwable cause) {
        super(message, cause);
    }
}
