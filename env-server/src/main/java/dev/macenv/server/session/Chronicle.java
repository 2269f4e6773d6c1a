package dev.macenv.server.session;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Hears what takes effect in a session, in order: enough to do it all again, see {@link Replay}. What the server does by
 * itself, such as running a lane that is ready, follows from that and is not told.
 *
 * <p>Called by the mailbox of the session only, which may run on an event loop: nothing here may wait.
 */
public interface Chronicle {
    /** The view in which the rows of events are to be told; empty for not at all. */
    Optional<View> eventsWanted();

    /** The owner's grant, before anything else. */
    void opened(Grant owner);

    /** A request to join has led to a grant. */
    void joined(Grant grant, JoinRequest request);

    /** A grant stands differently. */
    void stands(Grant grant, Standing standing);

    /** A player's step is taken; its decisions take effect now. */
    void decided(Grant grant, Decisions decisions, Choices choices);

    /** The server has decided for the players of one lane who are absent. */
    void decidedForAbsent(Choices choices);

    /** The server has cut an episode short, since a player is absent. */
    void truncated(int lane, int episode, int tick);

    /** The server has looked who is absent, out of turn, and lanes are going to move because of that. */
    void lookedAround();

    /** Episodes have been begun by the owner. The request names its lanes. */
    void reset(Session.ResetRequest request, List<EpisodeStart> started);

    /** A lane has been put back to a snapshot. */
    void restored(int lane, byte[] snapshot, String requestId);

    /** Lanes stand at events; only if that is wanted. */
    void events(EventBatch rows);

    /** The session has closed. */
    void closed(CloseCause cause);

    /**
     * Whether all that was told has become so much that the sum of it, see {@link #sumUp}, is wanted instead.
     *
     * @param betweenEpisodes whether an episode has begun since the last time, where lanes are least to write
     */
    boolean tooLong(boolean betweenEpisodes);

    /**
     * What was told comes to this; a {@link Replay} may begin here.
     *
     * @param session gives the session as bytes, or refuses if its environment cannot be saved
     */
    void sumUp(Supplier<byte[]> session);

    /** @throws RefusedException if what would be told next could not be kept; nothing new may then begin */
    void requireRoom();

    /**
     * Runs {@code then} when everything told before it is safe, in order; or {@code otherwise} if it cannot be made so now. What
     * was told stays told, and asking again tries again.
     */
    void whenSafe(Runnable then, Consumer<RefusedException> otherwise);
}
