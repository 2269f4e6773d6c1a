package dev.macenv.env;

/** A snapshot that cannot be restored here. */
public final class SnapshotException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** The bytes are whole, but were taken from an environment with another fingerprint. */
        MISMATCH,
        /** The bytes are not a whole snapshot. */
        CORRUPT
    }

    private final Reason reason;

    public SnapshotException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
