package dev.macenv.client;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The newest events of a session, for looking on; it never holds up the players. The first has the last event of each lane.
 * Who asks too rarely misses rows, but no {@link Events#ended} episode: of those whose END row was left out there is an
 * entry without a row. {@link Events#jointReward} and {@link Events#jointTau} then cover what was missed of the row's
 * episode, and there is no reward trace.
 *
 * <p>If the connection is lost, it is made anew, and the next events begin like the first. Both methods of an iterator throw
 * {@link MacenvException}. Not thread-safe, but for {@link #close}.
 */
public interface Watch extends Iterator<Events>, AutoCloseable {

    /** Waits for events; false when the session has closed. */
    @Override
    boolean hasNext();

    /** @throws NoSuchElementException when the session has closed */
    @Override
    Events next();

    /** Rows left out up to the last {@link #next} since the connection was made. */
    long droppedRows();

    /** Ends it; a thread that waits is told that there is nothing more. Never throws. */
    @Override
    void close();
}
