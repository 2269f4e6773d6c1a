package dev.macenv.client;

import java.util.List;
import java.util.function.Supplier;

/**
 * A session on a server: N copies (lanes) of one environment, played by sending decisions and receiving events.
 *
 * <p>Every method that goes to the server throws {@link MacenvException}. If it is a {@link RequestRefusedException},
 * nothing has changed and the session goes on. Not thread-safe: one thread at a time.
 */
public interface Session extends AutoCloseable {

    /** What it takes to come back to this session, see {@link EnvironmentClient#attach}. */
    SessionKey key();

    /** The environment. */
    TeamSpec spec();

    /** The number of lanes, N. */
    int lanes();

    /**
     * The N lane seeds in force at creation; a session created with them gives the same trajectories. Empty for others
     * than the owner.
     */
    List<Long> seeds();

    /**
     * One invite for each of {@link SessionOptions#openSeats}, ascending by seat, good for one player each; and one more, without seats, if there are to be
     * {@link SessionOptions#spectators}. Empty for others than the owner, and after {@link EnvironmentClient#attach}.
     */
    List<Invite> invites();

    /** The discount used in the accumulated rewards. */
    double gamma();

    /** What follows the end of an episode. */
    ResetMode resetMode();

    /** The seats this session decides for, ascending. */
    List<Integer> seats();

    /**
     * The number of the last step whose events have been received, 0 before the first; after {@link EnvironmentClient#attach(SessionKey)}
     * that of the last step that the server has taken. The next step has the next number.
     */
    long lastStepId();

    /**
     * True if the server has already taken the next step, see {@link EnvironmentClient#attach(SessionKey, long)}: it is under way or over, and
     * to be repeated with the same decisions.
     */
    boolean nextStepTaken();

    /**
     * Sends decisions and waits for the events that follow. Without decisions it collects: first of all the START rows.
     *
     * <p>Executed exactly once, whatever happens to the connection on the way: a lost request or answer is sent again
     * with the same number, and the server answers a number that it knows without executing it again. If this throws
     * {@link ServerUnavailableException}, it is not known whether the decisions were taken: call it again with the same
     * ones.
     */
    default Events step(Decisions decisions) {
        return begin(decisions).get();
    }

    /**
     * Sends decisions, as {@link #step} does, and does not wait: the caller may do something else while the lanes run. With
     * {@link ClientOptions.StepTransport#UNARY} the request leaves when its events are asked for.
     *
     * @return waits for the events, once; nothing else is to be asked of the session before. It throws what {@link #step} throws; a
     *     step that failed is repeated by beginning it again with the same decisions
     * @throws IllegalStateException if a step is under way
     */
    Supplier<Events> begin(Decisions decisions);

    /**
     * Begins new episodes; their START rows come with the next {@link #step}. What runs in these lanes is abandoned.
     *
     * @param lanes lanes to reset; empty for all
     * @param seeds none (each lane goes on with its sequence of seeds), or a new lane seed for each lane to reset
     */
    List<EpisodeStart> reset(List<Integer> lanes, List<Long> seeds);

    /**
     * Begins new episodes with given episode seeds, as reported in {@link EpisodeStart#seed}, for one episode each.
     *
     * @param lanes lanes to reset; empty for all
     * @param episodeSeeds one for each lane to reset
     */
    List<EpisodeStart> resetEpisodes(List<Integer> lanes, List<Long> episodeSeeds);

    /** {@link #reset(List, List)} of all lanes, each going on with its sequence of seeds. */
    default List<EpisodeStart> reset() {
        return reset(List.of(), List.of());
    }

    /**
     * Saves a lane as it stood at its last event; decisions taken since are not part of it. For the owner; changes nothing.
     */
    Snapshot snapshot(int lane);

    /**
     * Puts a lane back to where one was saved that has the same {@link TeamSpec#fingerprint}. Its row comes with the next {@link #step}, as if
     * it had just happened, and the same decisions bring the same events again. For the owner. The discount must be the
     * same unless the episode had just begun.
     */
    void restore(int lane, Snapshot snapshot);

    /** What the agents of these lanes hold now; of all lanes if none is named. Never moves a clock. */
    MacroObservations macroObservation(int... lanes);

    /**
     * The macro-states of these lanes now; of all lanes if none is named. Needs {@link View#macroState}. Never moves a
     * clock.
     */
    MacroStates macroState(int... lanes);

    /**
     * Draws a lane. Needs {@link View#render}. Never moves a clock.
     *
     * @param format one that the environment has; empty for its ordinary one
     */
    Drawing render(int lane, String format);

    /**
     * The recording so far; also after the session has been closed, as long as the server keeps it. For the owner, of a session
     * created {@linkplain SessionOptions#withRecording with a recording}. Held in memory: a server allows 16 MiB unless told otherwise.
     */
    Recording fetchRecording();

    /**
     * Follows these lanes, or all if none is named, without taking part. One at a time: a newer one takes over. Does not
     * count as a step, and may be used by another thread than steps are.
     */
    Watch watch(int... lanes);

    /**
     * Ends the session on the server for all its players; for others than the owner: gives the seats back. As far as that can be reached. Closing twice is fine. Never throws.
     */
    @Override
    void close();
}
