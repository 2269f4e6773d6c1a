package dev.macenv.conform;

/** A check that cannot be made with this server, and why. */
final class SkippedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    SkippedException(String reason) {
        super(reason);
    }
}
