package dev.macenv.client;

/**
 * What the server records of a session, see {@link Session#fetchRecording}: the decisions, which is enough to play it again.
 *
 * @param events also the rows of every event, as the holder of all seats sees them
 * @param privileged of these also states, macro-states, current macro-actions and reward traces
 * @param maxBytes the size at which recording (not the session) stops; 0 for the most that the server allows
 */
public record RecordingOptions(boolean events, boolean privileged, long maxBytes) {

    /** Decisions alone. */
    public static RecordingOptions ofDecisions() {
        return new RecordingOptions(false, false, 0);
    }

    /** Decisions and events. */
    public static RecordingOptions ofEvents() {
        return new RecordingOptions(true, false, 0);
    }

    /** Decisions, and events with everything. */
    public static RecordingOptions ofEverything() {
        return new RecordingOptions(true, true, 0);
    }

    /** The same with this {@link #maxBytes}. */
    public RecordingOptions withMaxBytes(long value) {
        return new RecordingOptions(events, privileged, value);
    }
}
