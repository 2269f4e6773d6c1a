package dev.macenv.server.session;

/** What an agent's macro-action did up to an event; {@link #code()} is the byte of the {@code status} column. */
public enum AgentStatus {
    /** Its macro-action is still running: the agent holds its last observation. */
    ONGOING(1),
    /** Its macro-action ended by its own termination condition at this tick. */
    DONE(2),
    /** Its macro-action was cut off by the end of the episode. */
    CUT(3),
    /** Its macro-action could not be carried out, because its initiation condition did not hold when it was to begin. */
    FAILED(4),
    /** The episode has just begun: first macro-observation, no macro-action yet. */
    FRESH(5);

    private final byte code;

    AgentStatus(int code) {
        this.code = (byte) code;
    }

    /** The value on the wire. */
    public byte code() {
        return code;
    }
}
