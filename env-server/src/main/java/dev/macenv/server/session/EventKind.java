package dev.macenv.server.session;

import org.jspecify.annotations.Nullable;

/** Why a lane stopped and reports; {@link #code()} is the byte of the {@code kind} column. */
public enum EventKind {
    /** An episode begins: every agent is pending. */
    START(1),
    /** At least one macro-action ended, its agent is pending. */
    DECISION(2),
    /** The episode reached its goal or failed for good. */
    END_TERMINATED(3),
    /** The episode was cut off by its horizon. */
    END_TRUNCATED(4),
    /** {@code max_ticks} passed and nobody is pending; the next step continues. */
    TICK_LIMIT(5),
    /** The environment misbehaved; only a reset leads out. */
    FAULT(6);

    private final byte code;

    EventKind(int code) {
        this.code = (byte) code;
    }

    /** The value on the wire. */
    public byte code() {
        return code;
    }

    /** The kind with this code; null if there is none. */
    static @Nullable EventKind ofCode(int code) {
        for (EventKind kind : values()) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }

    boolean endsEpisode() {
        return this == END_TERMINATED || this == END_TRUNCATED || this == FAULT;
    }
}
