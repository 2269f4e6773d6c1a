package dev.macenv.server.session;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets lanes run when everybody who is asked has decided, over all grants, and tells each grant of what concerns it, and spectators of everything.
 *
 * <p>A lane runs when no seat is pending any more, or when the absence policies decide for all that are; when no grant has
 * stopped it at a tick limit; and when somebody waits for what it brings: without that, a lane whose players are all absent
 * would run for ever. Decisions of the server are taken last, when everybody else has decided, so that they cost nobody
 * time; simultaneous decisions take effect in order of seat, whoever made them first.
 *
 * <p>Every decision that is accepted, of a player or of the server, passes through {@link #decide} or {@link #truncate},
 * and every new episode through {@link #begun}, in the order in which they take effect.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Barrier implements EventSink {
    private final Lane[] lanes;
    private final int seats;
    private final Seating seating;
    private final ResetMode resetMode;
    private final Watchers watchers;
    private final LongSupplier nanoClock;
    private final boolean announcing;

    private Absence absence = this::allAbsent;
    private @Nullable Chronicle chronicle;
    private @Nullable EventWriter rows; // of events that the chronicle wants
    private boolean unannounced; // lanes may move for a cause that the chronicle has not been told of
    private int lanesRun;
    private long episodesBegun;

    /** @param announcing whether environments want to be told what they will be asked */
    Barrier(
            Lane[] lanes,
            int seats,
            Seating seating,
            ResetMode resetMode,
            Watchers watchers,
            LongSupplier nanoClock,
            boolean announcing) {
        this.lanes = lanes;
        this.seats = seats;
        this.seating = seating;
        this.resetMode = resetMode;
        this.watchers = watchers;
        this.nanoClock = nanoClock;
        this.announcing = announcing;
    }

    /** Says who is absent from now on; null for the clock. */
    void judge(@Nullable Absence other) {
        absence = other == null ? this::allAbsent : other;
    }

    /**
     * From now on the chronicle is told of the server's decisions.
     *
     * @param writer writes the rows of events that it wants; null if it wants none
     */
    void tell(Chronicle listener, @Nullable EventWriter writer) {
        chronicle = listener;
        rows = writer;
    }

    // ------------------------------------------------------------------------------------------------ what changes
    // lanes

    /** The one way in which a decision reaches a lane. */
    void decide(Lane lane, int seat, int action, boolean serversChoice) {
        lane.decide(seat, action, serversChoice);
    }

    /** The one way in which an episode is cut short for somebody's absence. */
    private void truncate(Lane lane) {
        Chronicle told = chronicle;
        if (told != null) {
            told.truncated(lane.index(), lane.episode(), lane.tick());
        }
        leave(lane);
        lane.truncate(this);
    }

    /** The lane has begun another episode by itself or by a reset. */
    void begun(Lane lane) {
        episodesBegun++;
        for (Grant grant : seating.players()) {
            grant.ledger().begun(lane);
        }
        watchers.begun(lane);
        noteAsked(lane);
        tellEvent(lane);
    }

    /** The lane has been put back to a snapshot: the row where it stands is owed to everybody. */
    void restored(Lane lane) {
        boolean ends = lane.kind() == EventKind.END_TERMINATED || lane.kind() == EventKind.END_TRUNCATED;
        for (Grant grant : seating.players()) {
            grant.ledger().restored(lane);
        }
        if (ends && resetMode == ResetMode.AUTO) {
            watchers.abandon(lane);
            lane.report(this); // saved in manual mode, where an end is not followed by a start
        } else {
            watchers.begun(lane);
            tellEvent(lane);
        }
        noteAsked(lane);
    }

    // ------------------------------------------------------------------------------------------------ running

    /**
     * Runs every lane that may run, in order, until each waits for somebody; then answers whoever can be answered.
     *
     * @param stepping the grant whose step caused this; its rows are written as they come, unless it has no seats: then a
     *     lane may go on without it, and one answer would have any number of them. Null if something else was the cause
     */
    void settle(@Nullable Grant stepping) {
        lanesRun = 0;
        if (announcing) {
            announceRuns();
        }
        for (Lane lane : lanes) {
            if (stepping == null || stepping.ledger().seatless()) {
                while (advance(lane)) {}
            } else {
                settle(lane, stepping);
            }
        }
        for (Grant grant : seating.players()) {
            answer(grant);
        }
    }

    /** As {@link #settle}, out of turn: not because of anything that the chronicle has been told of. */
    void settleOutOfTurn() {
        unannounced = true;
        settle(null);
        unannounced = false;
    }

    /** Lanes that the last {@link #settle} has run. */
    int lanesRun() {
        return lanesRun;
    }

    /** Episodes that have begun, over all lanes. */
    long episodesBegun() {
        return episodesBegun;
    }

    private void settle(Lane lane, Grant stepping) {
        Ledger ledger = stepping.ledger();
        long now = now();
        ledger.collect(lane, now);
        while (advance(lane)) {
            if (ledger.collect(lane, now)) {
                ledger.noteNews(lane);
            }
        }
    }

    /** Tells the environments of all lanes that may run now, so that the first of them to run has it done for all. */
    private void announceRuns() {
        for (Lane lane : lanes) {
            boolean runs = lane.ready() && seating.started() && !held(lane) && awaited(lane);
            if (runs) {
                lane.announceRun(ticksLeft(lane));
            }
        }
    }

    /** Moves the lane to its next event if nothing stands against it. */
    private boolean advance(Lane lane) {
        if (lane.phase() != Lane.Phase.AWAITING || !(lane.ready() || seating.decidesForAbsent())) {
            return false;
        }
        if (!seating.started() || held(lane) || !awaited(lane)) {
            return false;
        }
        if (!lane.ready()) {
            if (!absence.decidesFor(lane)) {
                return false;
            }
            announce();
            if (decideForAbsent(lane)) {
                truncate(lane);
                return true;
            }
        }
        announce();
        leave(lane);
        int maxTicks = ticksLeft(lane);
        if (announcing) {
            lane.announceRun(maxTicks);
        }
        lane.run(maxTicks, this);
        lanesRun++;
        return true;
    }

    private boolean held(Lane lane) {
        for (Grant grant : seating.players()) {
            if (grant.ledger().holds(lane) && !grant.away()) {
                return true;
            }
        }
        return false;
    }

    /** Whether there is a grant that can do nothing but wait for the lane. */
    private boolean awaited(Lane lane) {
        for (Grant grant : seating.players()) {
            if (grant.turns().first() != null && !grant.ledger().hasNews(lane) && !owesDecision(grant, lane)) {
                return true;
            }
        }
        return false;
    }

    private boolean owesDecision(Grant grant, Lane lane) {
        for (int seat = 0; seat < seats; seat++) {
            if (grant.holds(seat) && lane.pending(seat)) {
                return true;
            }
        }
        return false;
    }

    private void leave(Lane lane) {
        for (Grant grant : seating.players()) {
            grant.ledger().leave(lane);
        }
        watchers.leave(lane);
    }

    private int ticksLeft(Lane lane) {
        int least = 0;
        for (Grant grant : seating.players()) {
            int left = grant.ledger().ticksLeft(lane);
            if (left != 0 && (least == 0 || left < least) && !grant.away()) {
                least = left;
            }
        }
        return least;
    }

    @Override
    public void event(Lane lane) {
        EventKind kind = lane.kind();
        episodesBegun += kind == EventKind.START ? 1 : 0;
        boolean end = kind == EventKind.END_TERMINATED || kind == EventKind.END_TRUNCATED;
        boolean goesOn = end && resetMode == ResetMode.AUTO;
        for (Grant grant : seating.players()) {
            grant.ledger().event(lane, goesOn);
        }
        watchers.event(lane);
        noteAsked(lane);
        tellEvent(lane);
    }

    /** Tells the chronicle where the lane stands, if it wants to know. */
    void tellEvent(Lane lane) {
        Chronicle told = chronicle;
        EventWriter writer = rows;
        if (told != null && writer != null) {
            writer.event(lane, lane.kind(), Missed.NOTHING);
            told.events(writer.build());
            writer.clear();
        }
    }

    private void announce() {
        Chronicle told = chronicle;
        if (unannounced && told != null) {
            told.lookedAround();
        }
        unannounced = false;
    }

    // ------------------------------------------------------------------------------------------------ absence

    private boolean allAbsent(Lane lane) {
        for (int seat = 0; seat < seats; seat++) {
            if (lane.pending(seat) && !absent(lane, seat)) {
                return false;
            }
        }
        return true;
    }

    private boolean absent(Lane lane, int seat) {
        AbsencePolicy policy = seating.policy(seat).absence();
        if (policy.kind() == AbsencePolicy.Kind.WAIT) {
            return false;
        }
        Grant holder = seating.holder(seat);
        if (holder == null || holder.lapsed()) {
            return true;
        }
        return policy.patience().isPresent()
                && nanoClock.getAsLong() - holder.ledger().askedAt(lane)
                        >= policy.patience().get().toNanos();
    }

    /** Decides for all pending seats; true if the episode is to be cut short instead. */
    private boolean decideForAbsent(Lane lane) {
        for (int seat = 0; seat < seats; seat++) {
            if (lane.pending(seat) && !seating.policy(seat).absence().choosesActions()) {
                return true;
            }
        }
        Chronicle told = chronicle;
        Choices choices = told == null ? null : Choices.ofLength(pending(lane));
        int row = 0;
        for (int seat = 0; seat < seats; seat++) {
            if (lane.pending(seat)) {
                int action = seating.policy(seat).absence().choose(lane, seat);
                decide(lane, seat, action, true);
                if (choices != null) {
                    choices.set(row++, lane, seat, action, true);
                }
            }
        }
        if (told != null && choices != null) {
            told.decidedForAbsent(choices);
        }
        return false;
    }

    private int pending(Lane lane) {
        int count = 0;
        for (int seat = 0; seat < seats; seat++) {
            count += lane.pending(seat) ? 1 : 0;
        }
        return count;
    }

    private long now() {
        return seating.decidesForAbsent() ? nanoClock.getAsLong() : 0;
    }

    private void noteAsked(Lane lane) {
        if (seating.decidesForAbsent()) {
            long now = nanoClock.getAsLong();
            for (Grant grant : seating.players()) {
                grant.ledger().askedAt(lane, now);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ answering

    /** Answers the steps of a grant whose answers are due. */
    private void answer(Grant grant) {
        Turn turn = grant.turns().first();
        while (turn != null && answerable(grant)) {
            Ledger ledger = grant.ledger();
            long now = now();
            if (ledger.owes()) {
                for (Lane lane : lanes) {
                    ledger.collect(lane, now);
                }
            }
            if (turn.decisions().rows() == 0 && ledger.rows() == 0) {
                repeatPendingRows(grant);
            }
            grant.turns()
                    .answerFirst(new StepResult(turn.decisions().stepId(), ledger.take(), 0, waitingForOthers(grant)));
            turn = grant.turns().first();
        }
    }

    /**
     * Whether the grant is to be answered now: there are rows for it, or it has decisions to make, or nothing is under way.
     * While others decide and all it could do is ask again, it is kept waiting. Nobody who owes a decision ever waits here,
     * so players cannot wait for each other in a circle.
     */
    private boolean answerable(Grant grant) {
        if (grant.ledger().rows() > 0 || grant.ledger().owes()) {
            return true;
        }
        boolean underWay = false;
        for (Lane lane : lanes) {
            if (owesDecision(grant, lane)) {
                return true;
            }
            underWay |= lane.phase() == Lane.Phase.AWAITING;
        }
        return !underWay;
    }

    private void repeatPendingRows(Grant grant) {
        for (Lane lane : lanes) {
            if (owesDecision(grant, lane)) {
                grant.ledger().repeat(lane);
            }
        }
    }

    private int waitingForOthers(Grant grant) {
        if (grant.holdsEverySeat()) {
            return 0;
        }
        int waiting = 0;
        for (Lane lane : lanes) {
            boolean mine = owesDecision(grant, lane);
            boolean others = !mine && lane.phase() == Lane.Phase.AWAITING && !lane.ready();
            waiting += others ? 1 : 0;
        }
        return waiting;
    }
}
