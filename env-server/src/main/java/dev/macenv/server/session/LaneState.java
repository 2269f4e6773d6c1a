package dev.macenv.server.session;

/** Where a lane stands, as clients see it; {@link #code()} is the byte on the wire. */
public enum LaneState {
    /** No episode: the last one ended, in manual mode. */
    IDLE(1),
    /** The clock stands still until all pending seats have decided. */
    AWAITING(2),
    /** Ticks are being simulated. */
    RUNNING(3),
    /** Stopped at a tick limit until the next step. */
    PAUSED(4),
    /** The environment failed. */
    FAULTED(5);

    private final byte code;

    LaneState(int code) {
        this.code = (byte) code;
    }

    /** The value on the wire. */
    public byte code() {
        return code;
    }
}
