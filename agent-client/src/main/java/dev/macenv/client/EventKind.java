package dev.macenv.client;

/** Why a lane reports; the meaning of each kind is that of the protocol's {@code EventKind}. */
public enum EventKind {
    /** An episode begins: tick 0, every agent pending. */
    START(1),
    /** At least one macro-action ended; those agents are pending. */
    DECISION(2),
    /** The episode ended by the rules. */
    END_TERMINATED(3),
    /** The episode was cut short, by the horizon or because a player was absent: a learner may bootstrap. */
    END_TRUNCATED(4),
    /**
     * The step's limit of ticks was reached; nobody of this session's seats is pending. Also stands for kinds that this
     * client does not know.
     */
    TICK_LIMIT(5),
    /** The environment failed in this lane; {@link Session#reset} brings it back. */
    FAULT(6);

    private static final EventKind[] BY_CODE = {
        TICK_LIMIT, START, DECISION, END_TERMINATED, END_TRUNCATED, TICK_LIMIT, FAULT
    };

    private final int code;

    EventKind(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** True for the two kinds with which an episode ends. */
    public boolean isEnd() {
        return this == END_TERMINATED || this == END_TRUNCATED;
    }

    /** True for the two kinds in which agents may be pending. */
    public boolean asksForDecisions() {
        return this == START || this == DECISION;
    }

    static EventKind ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : TICK_LIMIT;
    }
}
