package dev.macenv.client;

/** What happened to an agent on the tick of an event; the meaning is that of the protocol's {@code AgentStatus}. */
public enum AgentStatus {
    /** Not visible to this session's grant, or a status that this client does not know. */
    HIDDEN(0),
    /** Its macro-action goes on; its macro-observation is the one it last received. */
    ONGOING(1),
    /** Its macro-action ended; it has a new macro-observation. */
    DONE(2),
    /** The episode ended in the middle of its macro-action. */
    CUT(3),
    /** Its macro-action could not be carried out; it has a new macro-observation and decides again. */
    FAILED(4),
    /** The episode has just begun. */
    FRESH(5);

    private static final AgentStatus[] BY_CODE = {HIDDEN, ONGOING, DONE, CUT, FAILED, FRESH};

    private final int code;

    AgentStatus(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** True if the agent received a new macro-observation with the event. */
    public boolean hasNewObservation() {
        return this == DONE || this == FAILED || this == FRESH;
    }

    static AgentStatus ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : HIDDEN;
    }
}
