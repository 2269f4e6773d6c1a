package dev.macenv.client;

import java.util.List;

/**
 * What was decided in a session, and if wanted what came of it.
 *
 * <pre>{@code
 * try (Session again = client.createSession(recording.header().sessionOptions())) {
 *     for (RecordedEntry entry : recording.entries()) {
 *         if (entry instanceof RecordedDecisions made) {
 *             Events events = again.step(made.decisions());
 *         } else if (entry instanceof RecordedReset reset) {
 *             again.resetEpisodes(lanes(reset.started()), seeds(reset.started()));
 *         } else if (entry instanceof RecordedLane copy) {
 *             again.restore(copy.lane(), copy.snapshot());
 *         }
 *     }
 * }
 * }</pre>
 *
 * @param bytes the file, as {@code macenv replay} reads it. Not to be changed
 * @param header what the session is
 * @param entries in the order in which they took effect in each lane. Those of a kind that this client does not know are left
 *     out, and so is a last one that was being written when the server died
 */
public record Recording(byte[] bytes, RecordingHeader header, List<RecordedEntry> entries) {

    /** Copies the list. */
    public Recording {
        entries = List.copyOf(entries);
    }

    /** True if the session had closed, so that nothing more will be recorded, and there was room for all of it. */
    public boolean complete() {
        return !entries.isEmpty() && entries.get(entries.size() - 1) instanceof RecordedEntry.RecordedClose;
    }
}
