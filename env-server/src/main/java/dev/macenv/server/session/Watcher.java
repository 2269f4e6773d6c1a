package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one spectator has been sent of each lane, and what it is to be sent next.
 *
 * <p>The newest event of a lane is read off the standing lane when the spectator is ready. An event that the lane leaves
 * before that is left out: it is counted, and its ticks are added to the clock of the lane's next row. Only of episodes
 * that ended more is kept, since their results are never left out: the newest END row of each lane, and of those before it
 * what {@code ended} says. So what is kept does not grow with the game, but for that list, which is bounded.
 *
 * <p>Touched by the mailbox of the session only. Allocates nothing while events come, unless episodes end unseen.
 */
final class Watcher {
    private final Grant grant;
    private final WatchSink sink;
    private final long interval;
    private final int mostEnds;
    private final EventWriter writer;
    private final @Nullable Account[] accounts; // by lane; null where it is not watched
    private final boolean[] visible;
    private final TeamShape shape;
    private long dropped;
    private int ends; // entries of END rows that were left out
    private long notBefore;
    private boolean changed;

    /** One lane. */
    private static final class Account {
        final Missed missed;
        final EventWriter end; // the newest END row that is to be sent
        final List<EpisodeSummary> leftOut = new ArrayList<>(); // of END rows before it
        boolean owed; // the row where the lane stands is to be sent

        Account(Missed missed, EventWriter end) {
            this.missed = missed;
            this.end = end;
        }
    }

    /**
     * @param lanes which
     * @param interval least time between two messages, in nanoseconds
     * @param mostEnds how many results of episodes may wait for the reader
     */
    Watcher(Grant grant, WatchSink sink, int[] lanes, long interval, int mostEnds) {
        this.grant = grant;
        this.sink = sink;
        this.interval = interval;
        this.mostEnds = mostEnds;
        Session session = grant.session();
        shape = session.shape();
        visible = new boolean[shape.agents()];
        for (int seat = 0; seat < visible.length; seat++) {
            visible[seat] = grant.sees(seat);
        }
        writer = newWriter();
        accounts = new Account[session.laneCount()];
        for (int lane : lanes) {
            accounts[lane] = new Account(new Missed(session.gamma(), false), newWriter());
            enter(session.lane(lane));
        }
    }

    private EventWriter newWriter() {
        return new EventWriter(shape, grant.view(), visible, grant.role() == Role.OWNER);
    }

    Grant grant() {
        return grant;
    }

    WatchSink sink() {
        return sink;
    }

    // ------------------------------------------------------------------------------------------------ lanes move

    /** The lane stands at another episode than before, or has been put back: nothing joins it to what was. */
    void begun(Lane lane) {
        Account account = accounts[lane.index()];
        if (account != null) {
            abandon(account);
            enter(lane);
        }
    }

    /** The lane is about to be told of anew, by {@link #event}. */
    void abandon(Lane lane) {
        Account account = accounts[lane.index()];
        if (account != null) {
            abandon(account);
        }
    }

    private void abandon(Account account) {
        dropped += account.owed ? 1 : 0;
        account.owed = false;
        account.missed.restart();
    }

    private void enter(Lane lane) {
        event(lane);
    }

    /** The lane is about to leave the event where it stands. */
    void leave(Lane lane) {
        Account account = accounts[lane.index()];
        if (account == null) {
            return;
        }
        if (account.owed) {
            account.missed.add(lane);
            account.owed = false;
            dropped++;
        } else {
            account.missed.restart();
        }
    }

    /** The lane stands at another event. */
    void event(Lane lane) {
        Account account = accounts[lane.index()];
        if (account == null) {
            return;
        }
        changed = true;
        EventKind kind = lane.kind();
        if (kind != EventKind.END_TERMINATED && kind != EventKind.END_TRUNCATED) {
            account.owed = true;
            return;
        }
        if (account.end.rows() > 0) {
            dropped++;
            ends += account.end.ended().size();
            account.leftOut.addAll(account.end.ended());
            account.end.clear();
        }
        account.end.event(lane, kind, account.missed);
        account.missed.restart();
    }

    // ------------------------------------------------------------------------------------------------ the reader

    /** Whether there is anything to tell. */
    boolean hasNews() {
        return changed;
    }

    /** Whether the results of episodes that wait will soon be too many, so that they must go now. */
    boolean mustHurry() {
        return ends >= mostEnds / 2;
    }

    /** Whether so many results wait that the reader has to be given up. */
    boolean hopeless() {
        return ends >= mostEnds;
    }

    /** How long the reader wants to be left alone, in nanoseconds. */
    long pause(long now) {
        return mustHurry() ? 0 : Math.max(0, notBefore - now);
    }

    /** Tells the reader what there is. */
    void send(Lane[] lanes, long now, boolean closed) {
        for (int lane = 0; lane < accounts.length; lane++) {
            Account account = accounts[lane];
            if (account == null) {
                continue;
            }
            if (account.end.rows() > 0) {
                writer.alsoEnded(account.leftOut);
                account.leftOut.clear();
                writer.append(account.end);
                account.end.clear();
            }
            if (account.owed) {
                account.owed = false;
                writer.event(lanes[lane], lanes[lane].kind(), account.missed);
            }
        }
        ends = 0;
        changed = false;
        notBefore = now + interval;
        EventBatch batch = writer.build();
        writer.clear();
        sink.send(new WatchNews(batch, dropped, closed));
    }
}
