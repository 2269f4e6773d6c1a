package dev.macenv.client;

import java.time.Instant;
import java.util.List;

/** An entry of a {@link Recording}, behind its header. */
public sealed interface RecordedEntry {

    /** Counts the entries; 0 is the header. */
    long sequence();

    /**
     * A grant came into being or changed.
     *
     * @param grant 0 is the owner's, then 1, 2, ... in order of joining
     * @param seats given when it comes into being
     * @param standing where it stands
     */
    record RecordedGrant(long sequence, int grant, List<Integer> seats, Standing standing) implements RecordedEntry {

        /** Copies the list. */
        public RecordedGrant {
            seats = List.copyOf(seats);
        }

        /** Where a grant stands. */
        public enum Standing {
            /** Its holder is there. */
            HELD,
            /** No sign of its holder for a lease. */
            LAPSED,
            /** There is none any more. */
            GIVEN_BACK
        }
    }

    /**
     * Decisions took effect together: one step, or what the server decided for absent players.
     *
     * @param grant whose step it was
     * @param stepId its number; 0: the server decided
     * @param decisions those that took effect, never -1, with the step's limit of ticks. To play them again wait for all lanes:
     *     which of them come first with {@code minReady} is a matter of time
     * @param episodes the episode of each decision
     * @param ticks when each was made
     * @param absent whether the server made it
     * @param minReady that of the step
     */
    record RecordedDecisions(
            long sequence,
            int grant,
            long stepId,
            Decisions decisions,
            List<Integer> episodes,
            List<Integer> ticks,
            List<Boolean> absent,
            int minReady)
            implements RecordedEntry {

        /** Copies the lists. */
        public RecordedDecisions {
            episodes = List.copyOf(episodes);
            ticks = List.copyOf(ticks);
            absent = List.copyOf(absent);
        }
    }

    /**
     * Lanes stopped.
     *
     * @param events as the holder of all seats sees them; with everything if the recording is {@linkplain
     *     RecordingOptions#privileged privileged}
     */
    record RecordedEvents(long sequence, Events events) implements RecordedEntry {}

    /**
     * Episodes were begun by {@link Session#reset} or {@link Session#resetEpisodes}.
     *
     * @param started the episodes
     * @param laneSeeds one for each of them, or none if the lanes kept theirs
     */
    record RecordedReset(long sequence, List<EpisodeStart> started, List<Long> laneSeeds) implements RecordedEntry {

        /** Copies the lists. */
        public RecordedReset {
            started = List.copyOf(started);
            laneSeeds = List.copyOf(laneSeeds);
        }
    }

    /**
     * A lane began, or was put back, as a copy.
     *
     * @param cause "start", or which call it was
     */
    record RecordedLane(long sequence, int lane, Snapshot snapshot, String cause) implements RecordedEntry {}

    /** The server ended an episode because a player was absent. */
    record RecordedTruncation(long sequence, int lane, int episode, int tick) implements RecordedEntry {}

    /**
     * The session closed. The last entry.
     *
     * @param cause "OWNER", "LEASE_EXPIRED" or "SERVER_SHUTDOWN"
     */
    record RecordedClose(long sequence, String cause, Instant closed) implements RecordedEntry {}
}
