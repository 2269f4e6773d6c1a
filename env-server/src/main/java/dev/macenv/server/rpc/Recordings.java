package dev.macenv.server.rpc;

import dev.macenv.server.journal.Recording;
import dev.macenv.server.session.Grant;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.SessionLimits;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The recordings that clients have asked for, in memory. Room for the longest that each may become is taken when it begins;
 * those of closed sessions are kept until their room is needed, the oldest go first. Thread-safe.
 */
final class Recordings {
    private final SessionLimits.Recordings limits;
    private final Map<String, Kept> kept = new LinkedHashMap<>();
    private long reserved;

    /** @param owner digest of the owner's token */
    record Kept(Recording recording, String owner) {
        /** Whether this is the owner's token; the time it takes tells something about the digest alone. */
        boolean isOwners(String token) {
            return owner.equals(Grant.digest(token));
        }

        private long room() {
            return recording.isComplete() ? recording.length() : recording.most();
        }
    }

    Recordings(SessionLimits.Recordings limits) {
        this.limits = limits;
    }

    /**
     * Begins the recording of a session.
     *
     * @throws RefusedException CAPACITY_REACHED if there is no room for it
     */
    synchronized Recording begin(String session, String owner, long most) {
        Iterator<Kept> oldest = kept.values().iterator();
        while (reserved + most > limits.bytesInAll() && oldest.hasNext()) {
            Kept one = oldest.next();
            if (one.recording().isComplete()) {
                reserved -= one.room();
                oldest.remove();
            }
        }
        if (reserved + most > limits.bytesInAll()) {
            throw RefusedException.quota(
                            Reason.CAPACITY_REACHED,
                            "bytes of all recordings",
                            "the server is full (limit: " + limits.bytesInAll()
                                    + "; ask for fewer with recording.max_bytes, or wait for a session to close)",
                            Duration.ofSeconds(10))
                    .with("limit", "recordings");
        }
        Recording recording = new Recording(most);
        kept.put(session, new Kept(recording, owner));
        reserved += most;
        return recording;
    }

    /** The recording of a session that has closed grows no more. */
    void complete(Recording recording) {
        List<Runnable> waiting;
        synchronized (this) {
            if (recording.isComplete()) {
                return;
            }
            waiting = recording.complete();
            reserved -= recording.most() - recording.length();
        }
        waiting.forEach(Runnable::run);
    }

    /** Forgets a recording whose session came to nothing. */
    synchronized void discard(String session) {
        Kept one = kept.remove(session);
        if (one != null) {
            reserved -= one.room();
        }
    }

    /** The recording of a session; null if there is none. */
    synchronized @Nullable Kept find(String session) {
        return kept.get(session);
    }
}
