package dev.macenv.client;

/** Where a lane stands; the meaning is that of the protocol's {@code LaneState}. */
public enum LaneState {
    /** A state that this client does not know. */
    UNKNOWN(0),
    /** No episode: the last one ended, in {@link ResetMode#MANUAL}. */
    IDLE(1),
    /** Waits for decisions. */
    AWAITING(2),
    /** Ticks are being simulated. */
    RUNNING(3),
    /** Stopped at a limit of ticks; the next step goes on. */
    PAUSED(4),
    /** The environment failed. */
    FAULTED(5);

    private static final LaneState[] BY_CODE = {UNKNOWN, IDLE, AWAITING, RUNNING, PAUSED, FAULTED};

    private final int code;

    LaneState(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    static LaneState ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : UNKNOWN;
    }
}
