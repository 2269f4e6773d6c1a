package dev.macenv.avf.experiment;

/** An episode could not be brought to the point where it was, because the environment is not the same any more. */
public final class ReplayException extends RuntimeException {

    private static final long serialVersionUID = 1;

    ReplayException(String message) {
        super(message);
    }
}
