package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Spectators who see the same and have been told the same: what they are to be told next, kept once for all of them.
 *
 * <p>The newest event of a lane is read off the standing lane when a spectator is ready. An event that the lane leaves
 * before that is left out: it is counted, and its ticks are added to the clock of the lane's next row. Only of episodes
 * that ended more is kept, since their results are never left out: the newest END row of each lane, and of those before it
 * what {@code ended} says. So what is kept does not grow with the game, but for that list, which is bounded.
 *
 * <p>Touched by the mailbox of the session only. Allocates nothing while events come, unless episodes end unseen.
 */
final class Audience {
    private final Session session;
    private final Sight sight;
    private final int mostEnds;
    private final @Nullable Account[] accounts; // by lane; null where it is not watched
    private int members;
    private int toldNow; // of them, since the last settling
    private @Nullable EventBatch news; // that they are told now
    private long dropped;
    private int ends; // entries of END rows that were left out
    private boolean changed;

    /**
     * What a spectator sees.
     *
     * @param visible by seat
     * @param seeds whether it sees the seeds of episodes
     * @param lanes which, ascending
     */
    record Sight(View view, List<Boolean> visible, boolean seeds, List<Integer> lanes) {
        static Sight of(Grant grant, List<Integer> lanes) {
            List<Boolean> visible = new ArrayList<>();
            for (int seat = 0; seat < grant.session().shape().agents(); seat++) {
                visible.add(grant.sees(seat));
            }
            return new Sight(grant.view(), List.copyOf(visible), grant.role() == Role.OWNER, List.copyOf(lanes));
        }
    }

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
     * Of nobody yet. Knows where the lanes stand.
     *
     * @param mostEnds how many results of episodes may wait
     */
    Audience(Session session, Sight sight, int mostEnds) {
        this.session = session;
        this.sight = sight;
        this.mostEnds = mostEnds;
        accounts = new Account[session.laneCount()];
        for (int lane : sight.lanes()) {
            accounts[lane] = new Account(new Missed(session.gamma(), false), newWriter());
        }
    }

    private EventWriter newWriter() {
        boolean[] visible = new boolean[sight.visible().size()];
        for (int seat = 0; seat < visible.length; seat++) {
            visible[seat] = sight.visible().get(seat);
        }
        return new EventWriter(session.shape(), sight.view(), visible, sight.seeds());
    }

    /** One of nobody, which sees the same and knows all there is. */
    Audience upToDate() {
        return new Audience(session, sight, mostEnds);
    }

    Sight sight() {
        return sight;
    }

    // ------------------------------------------------------------------------------------------------ lanes move

    /** It has been told nothing yet. */
    void enterAll() {
        sight.lanes().forEach(lane -> event(session.lane(lane)));
    }

    /**
     * The lane is about to be told of anew, by {@link #event}; or stands at another episode than before, or has been put back, so
     * that nothing joins it to what was.
     */
    void abandon(Lane lane) {
        Account account = accounts[lane.index()];
        if (account != null) {
            dropped += account.owed ? 1 : 0;
            account.owed = false;
            account.missed.restart();
        }
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

    // ------------------------------------------------------------------------------------------------ the members

    int members() {
        return members;
    }

    void join() {
        members++;
    }

    void leave() {
        members--;
    }

    /** Rows left out since this audience began. */
    long dropped() {
        return dropped;
    }

    /** Whether there is anything to tell. */
    boolean hasNews() {
        return changed;
    }

    /** Whether the results of episodes that wait will soon be too many, so that they must go now. */
    boolean mustHurry() {
        return ends >= mostEnds / 2;
    }

    /** Whether so many results wait that whoever does not read has to be given up. */
    boolean hopeless() {
        return ends >= mostEnds;
    }

    // ------------------------------------------------------------------------------------------------ telling

    /** What there is to tell, for one of the members; the same for all until {@link #settle}. */
    EventBatch tellOne(Lane[] lanes) {
        toldNow++;
        EventBatch told = news;
        if (told == null) {
            told = written(lanes);
            news = told;
        }
        return told;
    }

    private EventBatch written(Lane[] lanes) {
        EventWriter writer = newWriter();
        for (int lane = 0; lane < accounts.length; lane++) {
            Account account = accounts[lane];
            if (account == null) {
                continue;
            }
            if (account.end.rows() > 0) {
                writer.alsoEnded(account.leftOut);
                writer.append(account.end);
            }
            if (account.owed) {
                writer.event(lanes[lane], lanes[lane].kind(), account.missed);
            }
        }
        return writer.build();
    }

    /** If all members have been told, there is nothing to tell any more. */
    void settle() {
        if (news != null && toldNow == members) {
            for (Account account : accounts) {
                if (account != null) {
                    account.end.clear();
                    account.leftOut.clear();
                    account.owed = false;
                }
            }
            ends = 0;
            changed = false;
        }
        news = null;
        toldNow = 0;
    }
}
