package dev.macenv.server.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The right to play some seats of a session, or to watch it, and how far its holder has come: the steps it has taken and
 * which rows it has not been sent yet.
 *
 * <p>Touched by the mailbox of the session only, except for its signs of life.
 */
public final class Grant {
    private final Session session;
    private final int number;
    private final String token;
    private final Role role;
    private final boolean[] seats;
    private final View view;
    private final Duration lease;
    private final LongSupplier nanoClock;
    private final Ledger ledger;
    private final Turns turns;
    private boolean over;
    private boolean away;

    private final AtomicReference<@Nullable OpenStream> stream = new AtomicReference<>();
    private final AtomicReference<@Nullable WatchSink> watch = new AtomicReference<>();
    private volatile long lastContact;
    private long unaryStepId;
    private int unaryCalls;

    /**
     * What a grant gives.
     *
     * @param seats per seat, whether the holder decides for it
     * @param view what it receives
     * @param lease how long it lives without a sign of its holder
     */
    record Terms(Role role, boolean[] seats, View view, Duration lease) {}

    /** @param number 0 the owner, then 1, 2, ... in order of joining */
    Grant(Session session, int number, String token, Terms terms, int outstanding, LongSupplier nanoClock) {
        this.session = session;
        this.number = number;
        this.token = token;
        this.role = terms.role();
        this.seats = terms.seats().clone();
        this.view = terms.view();
        this.lease = terms.lease();
        this.nanoClock = nanoClock;
        ledger = new Ledger(session.shape(), view, seats, role == Role.OWNER, session.laneCount(), session.gamma());
        turns = new Turns(outstanding);
        lastContact = nanoClock.getAsLong();
    }

    public Session session() {
        return session;
    }

    /** 0 the owner, then 1, 2, ... in order of joining. */
    public int number() {
        return number;
    }

    /** What the token is found by, 64 hexadecimal digits. */
    public String digest() {
        return Tokens.digest(token);
    }

    /** What a grant with this token is found by. */
    public static String digest(String token) {
        return Tokens.digest(token);
    }

    /** The secret; belongs in no log. */
    public String token() {
        return token;
    }

    public Role role() {
        return role;
    }

    public View view() {
        return view;
    }

    /** Whether the holder decides for this agent. */
    public boolean holds(int seat) {
        return seats[seat];
    }

    /** The agents that the holder decides for, ascending. */
    public List<Integer> seats() {
        List<Integer> held = new ArrayList<>();
        for (int seat = 0; seat < seats.length; seat++) {
            if (seats[seat]) {
                held.add(seat);
            }
        }
        return held;
    }

    /** What it gives. */
    Terms terms() {
        return new Terms(role, seats, view, lease);
    }

    /** Whether all decisions are the holder's. */
    boolean holdsEverySeat() {
        for (boolean held : seats) {
            if (!held) {
                return false;
            }
        }
        return true;
    }

    /** Whether what belongs to this agent is shown to the holder. */
    boolean sees(int seat) {
        return seats[seat] || view.otherAgents();
    }

    /** How long the grant lives without a sign of its holder. */
    public Duration lease() {
        return lease;
    }

    /** The last accepted step id; 0 before the first. */
    public long lastStepId() {
        return turns.lastStepId();
    }

    Turns turns() {
        return turns;
    }

    Ledger ledger() {
        return ledger;
    }

    // ------------------------------------------------------------------------------------------------ signs of life

    /** Takes note of a sign of life. */
    void touch() {
        lastContact = nanoClock.getAsLong();
    }

    /** Time left until the holder counts as absent if it gives no sign. */
    public Duration leaseRemaining() {
        if (inContact()) {
            return lease;
        }
        Duration left = lease.minusNanos(nanoClock.getAsLong() - lastContact);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private boolean inContact() {
        return stream.get() != null || watch.get() != null || waitsForAnswer();
    }

    private synchronized boolean waitsForAnswer() {
        return unaryCalls > 0;
    }

    /** Whether the holder gave no sign for a lease; any sign revives the grant. */
    public boolean lapsed() {
        return role != Role.OWNER && leaseRemaining().isZero();
    }

    /**
     * Whether the session has noticed that the grant has {@link #lapsed}. What lanes do depends on what was noticed, at moments
     * that a chronicle is told of, and not on the clock. In the mailbox.
     */
    boolean away() {
        return away;
    }

    void away(boolean noticed) {
        away = noticed;
    }

    /** The stream plays this grant from now on; an older one is ended. */
    public void attach(OpenStream newer) {
        OpenStream older = stream.getAndSet(newer);
        if (older != null) {
            older.end(new RefusedException(
                    Reason.SUPERSEDED, "a newer stream of the same grant took over (close the older one first)"));
        }
        touch();
    }

    /** The stream plays no longer. */
    public void detach(OpenStream ended) {
        stream.compareAndSet(ended, null);
        touch();
    }

    /** The sink watches for this grant from now on; an older one is ended, and returned. */
    @Nullable
    WatchSink attachWatch(WatchSink newer) {
        WatchSink older = watch.getAndSet(newer);
        if (older != null) {
            older.end(new RefusedException(
                    Reason.SUPERSEDED, "a newer Watch of the same grant took over (close the older one first)"));
        }
        touch();
        return older;
    }

    /** The sink watches no longer. */
    void detachWatch(WatchSink ended) {
        watch.compareAndSet(ended, null);
        touch();
    }

    /** Nobody watches for this grant any more; who did, if anybody. */
    @Nullable
    WatchSink detachWatch() {
        return watch.getAndSet(null);
    }

    boolean watches() {
        return watch.get() != null;
    }

    /** The grant is worth nothing any more, for calls too that have been let in and wait in the mailbox. In the mailbox. */
    void revoke(RefusedException why) {
        over = true;
        end(why);
    }

    /** Whether the grant has been given back or taken over. */
    boolean over() {
        return over;
    }

    /** Ends what the holder waits for, in the mailbox. */
    void end(RefusedException why) {
        turns.abandon(why);
        endStream(why);
    }

    void endStream(RefusedException why) {
        OpenStream open = stream.getAndSet(null);
        if (open != null) {
            open.end(why);
        }
    }

    /**
     * Announces a unary step, to be followed by {@link #endUnary}.
     *
     * @throws RefusedException if another one with another step id is under way
     */
    public synchronized void beginUnary(long stepId) {
        if (unaryCalls > 0 && stepId != unaryStepId) {
            throw new RefusedException(
                            Reason.STEP_IN_FLIGHT,
                            "step_id: " + Long.toUnsignedString(stepId) + " while "
                                    + Long.toUnsignedString(unaryStepId)
                                    + " is under way (await its answer, or use Play to keep several requests in flight)")
                    .with("step_id", Long.toUnsignedString(unaryStepId));
        }
        unaryStepId = stepId;
        unaryCalls++;
    }

    /** The unary step has been answered, or its caller has hung up. */
    public void endUnary() {
        synchronized (this) {
            unaryCalls--;
        }
        touch();
    }
}
