package dev.macenv.server.session;

import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import org.jspecify.annotations.Nullable;

/**
 * What one grant has been sent of each lane, and what it still is to be sent.
 *
 * <p>A lane stands until its pending seats have decided, so most rows that are owed can be read off the standing lane when
 * the grant next asks. Only an END row whose lane has gone on to the next episode has to be kept. A row that was never
 * collected, because the server decided for an absent player, is superseded by the lane's next one, whose clock then
 * covers both; so what is kept here does not grow.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Ledger {
    private final TeamShape shape;
    private final View view;
    private final boolean[] seats;
    private final boolean seatless;
    private final boolean[] visible;
    private final boolean seedsVisible;
    private final EventWriter writer;
    private final Account[] accounts;
    private @Nullable EventWriter spare; // for END rows, so that most episodes end without a new one
    private int maxTicks;
    private long answer = 1; // the one in the making

    /** One lane. */
    private static final class Account {
        final Missed missed;
        boolean told; // the row where the lane stands has been sent
        boolean owed; // and this one has not, though it is to be
        EventKind kind = EventKind.START; // of the row that is told or owed
        long newsIn; // the answer that has a row to which the lane ran while it was made
        boolean held; // stopped at a tick limit of this grant
        boolean stopped; // restored at a tick limit, whose row ends the answer that has it
        long askedAt; // when the holder was last asked for a decision

        @Nullable
        EventWriter ended; // the END row of the previous episode, if it is owed

        Account(double gamma, boolean keepsTrace) {
            missed = new Missed(gamma, keepsTrace);
        }
    }

    /**
     * @param seats whose decisions are asked of the reader; if none, all decisions are news to it, since it would
     *     otherwise wait for the end of an episode, which need not come
     * @param seedsVisible whether the reader may know the seeds of episodes
     */
    Ledger(TeamShape shape, View view, boolean[] seats, boolean seedsVisible, int lanes, double gamma) {
        this.shape = shape;
        this.view = view;
        this.seats = seats;
        this.seedsVisible = seedsVisible;
        visible = new boolean[seats.length];
        boolean any = false;
        for (int seat = 0; seat < seats.length; seat++) {
            visible[seat] = seats[seat] || view.otherAgents();
            any |= seats[seat];
        }
        seatless = !any;
        writer = newWriter();
        accounts = new Account[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            accounts[lane] = new Account(gamma, view.rewardTrace());
        }
    }

    /** Whether no lane ever waits for a decision of the reader. */
    boolean seatless() {
        return seatless;
    }

    private EventWriter newWriter() {
        return new EventWriter(shape, view, visible, seedsVisible);
    }

    // ------------------------------------------------------------------------------------------------ lanes move

    /** The reader comes to a lane that stands already. */
    void enter(Lane lane) {
        EventKind kind = lane.kind();
        if (kind == EventKind.START || kind.endsEpisode() || asked(lane)) {
            owe(accounts[lane.index()], kind);
        }
    }

    /** The lane stands at the start of another episode; what was owed of an episode that was abandoned is not any more. */
    void begun(Lane lane) {
        Account account = accounts[lane.index()];
        account.ended = null;
        newEpisode(account);
        owe(account, lane.kind());
    }

    /** The lane has been put back to where it stands, and its row is owed as if it had just happened. */
    void restored(Lane lane) {
        begun(lane);
        accounts[lane.index()].stopped = lane.ready();
    }

    private static void newEpisode(Account account) {
        account.missed.restart();
        account.told = false;
        account.held = false;
        account.stopped = false;
    }

    private static void owe(Account account, EventKind kind) {
        account.owed = true;
        account.kind = kind;
    }

    /** The lane is about to leave the event where it stands. */
    void leave(Lane lane) {
        Account account = accounts[lane.index()];
        if (account.told) {
            account.missed.restart();
        } else {
            account.missed.add(lane);
        }
        account.told = false;
        account.owed = false;
    }

    /** How many ticks the lane may run before this grant wants a row; 0 for any number. */
    int ticksLeft(Lane lane) {
        return maxTicks == 0 ? 0 : Math.max(1, maxTicks - accounts[lane.index()].missed.tau());
    }

    /**
     * The lane stands at another event.
     *
     * @param goesOn whether the next episode follows at once
     */
    void event(Lane lane, boolean goesOn) {
        Account account = accounts[lane.index()];
        EventKind kind = kindFor(lane, account);
        if (kind == null) {
            return;
        }
        account.held = kind == EventKind.TICK_LIMIT;
        if (goesOn) {
            EventWriter end = writerForEnd(account);
            end.clear();
            end.event(lane, kind, account.missed);
            account.ended = end;
            newEpisode(account);
        } else {
            owe(account, kind);
        }
    }

    /** One that is superseded, or the spare one, or another. */
    private EventWriter writerForEnd(Account account) {
        EventWriter before = account.ended;
        if (before != null) {
            return before;
        }
        EventWriter unused = spare;
        spare = null;
        return unused == null ? newWriter() : unused;
    }

    /** What the event is for this grant; null for nothing. */
    private @Nullable EventKind kindFor(Lane lane, Account account) {
        EventKind kind = lane.kind();
        if (kind != EventKind.DECISION && kind != EventKind.TICK_LIMIT) {
            return kind;
        }
        if (kind == EventKind.DECISION && asked(lane)) {
            return kind;
        }
        return maxTicks != 0 && account.missed.tau() + lane.jointTau() >= maxTicks ? EventKind.TICK_LIMIT : null;
    }

    private boolean asked(Lane lane) {
        for (int seat = 0; seat < seats.length; seat++) {
            if ((seats[seat] || seatless) && lane.asked(seat)) {
                return true;
            }
        }
        return false;
    }

    // ------------------------------------------------------------------------------------------------ the reader asks

    /** The reader steps: lanes that stopped at a limit of its own go on, with this one. */
    void step(int newMaxTicks) {
        maxTicks = newMaxTicks;
        for (Account account : accounts) {
            account.held = false;
        }
    }

    /** Whether the lane stands still until the reader steps again. */
    boolean holds(Lane lane) {
        return accounts[lane.index()].held;
    }

    /** Whether there is a row that the reader has not been sent, or that this answer has run the lane to. */
    boolean hasNews(Lane lane) {
        Account account = accounts[lane.index()];
        return account.owed || account.ended != null || account.newsIn == answer;
    }

    /** The row just collected is what this answer has run the lane to. */
    void noteNews(Lane lane) {
        accounts[lane.index()].newsIn = answer;
    }

    /** Whether there is a row that the reader has not been sent, in any lane. */
    boolean owes() {
        for (Account account : accounts) {
            if (account.owed || account.ended != null) {
                return true;
            }
        }
        return false;
    }

    /** Writes what is owed of the lane, if anything is; true if so. Lanes must come in ascending order. */
    boolean collect(Lane lane, long now) {
        Account account = accounts[lane.index()];
        EventWriter end = account.ended;
        if (end != null) {
            writer.append(end);
            account.ended = null;
            spare = end;
        }
        if (account.owed) {
            account.owed = false;
            account.told = true;
            account.askedAt = now;
            writer.event(lane, account.kind, account.missed);
            if (account.stopped) {
                account.stopped = false;
                noteNews(lane);
            }
        }
        return end != null || account.told;
    }

    /** Writes the row where the lane stands once more, byte for byte. */
    void repeat(Lane lane) {
        writer.event(lane, lane.kind(), accounts[lane.index()].missed);
    }

    /** When the reader was asked for the decisions that the lane waits for. */
    long askedAt(Lane lane) {
        return accounts[lane.index()].askedAt;
    }

    /** Takes note of when the lane came to ask the reader, who may never collect the question. */
    void askedAt(Lane lane, long now) {
        accounts[lane.index()].askedAt = now;
    }

    // ------------------------------------------------------------------------------------------------ saving

    /** Writes everything but when the reader was asked; between two pieces of work, when no answer is in the making. */
    void save(SnapshotWriter out) {
        if (writer.rows() > 0) {
            throw new AssertionError("saved in the middle of an answer");
        }
        out.putInt(maxTicks);
        for (Account account : accounts) {
            account.missed.save(out);
            out.putBoolean(account.told);
            out.putBoolean(account.owed);
            out.putInt(account.kind.code());
            out.putBoolean(account.held);
            out.putBoolean(account.stopped);
            EventWriter end = account.ended;
            out.putBoolean(end != null);
            if (end != null) {
                SavedSession.put(out, end.build());
            }
        }
    }

    void load(SnapshotReader in) {
        maxTicks = in.getInt();
        for (Account account : accounts) {
            account.missed.load(in);
            account.told = in.getBoolean();
            account.owed = in.getBoolean();
            account.kind = SavedSession.kind(in);
            account.held = in.getBoolean();
            account.stopped = in.getBoolean();
            account.newsIn = 0; // of an answer that has been given
            account.ended = null;
            if (in.getBoolean()) {
                EventWriter end = newWriter();
                end.append(SavedSession.events(in));
                account.ended = end;
            }
        }
    }

    int rows() {
        return writer.rows();
    }

    /** The rows written since the last time, in arrays of their own. */
    EventBatch take() {
        EventBatch batch = writer.build();
        writer.clear();
        answer++;
        return batch;
    }
}
