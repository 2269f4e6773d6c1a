package dev.macenv.server.session;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The right to play some seats of a session, and how far its holder has come: the last step with its answer, and which
 * rows it has not been sent yet.
 *
 * <p>Touched by the mailbox of the session only, except for the open stream and the count of unary calls.
 */
public final class Grant {
    private final Session session;
    private final String token;
    private final boolean[] seats;
    private final View view;
    private final EventWriter writer;

    private final boolean[] undelivered; // per lane: the row where it stands has not been sent
    private long lastStepId;
    private @Nullable Decisions lastDecisions;
    private @Nullable StepResult lastResult;

    private final AtomicReference<@Nullable OpenStream> stream = new AtomicReference<>();
    private long unaryStepId;
    private int unaryCalls;

    Grant(Session session, String token, boolean[] seats, View view, TeamShape shape, int lanes) {
        this.session = session;
        this.token = token;
        this.seats = seats.clone();
        this.view = view;
        boolean[] visible = seats.clone();
        if (view.otherAgents()) {
            Arrays.fill(visible, true);
        }
        writer = new EventWriter(shape, view, visible);
        undelivered = new boolean[lanes];
    }

    public Session session() {
        return session;
    }

    /** The secret; belongs in no log. */
    public String token() {
        return token;
    }

    public View view() {
        return view;
    }

    /** Whether the holder decides for this agent. */
    public boolean holds(int seat) {
        return seats[seat];
    }

    /** The last accepted step id; 0 before the first. */
    public long lastStepId() {
        return lastStepId;
    }

    boolean mayEnter(String offered) {
        return Tokens.equal(token, offered);
    }

    // ------------------------------------------------------------------------------------------------ exactly once

    /**
     * The stored answer if this step has been taken already; null if it is the next one.
     *
     * @throws RefusedException if it is neither
     */
    @Nullable
    StepResult replay(Decisions decisions) {
        Decisions last = lastDecisions;
        if (last != null && decisions.stepId() == lastStepId) {
            if (!decisions.sameContent(last)) {
                throw new RefusedException(
                                Reason.STEP_ID_REUSED,
                                "step_id: " + Long.toUnsignedString(lastStepId)
                                        + " was used by a request with other content (expected: the same request again, or step_id "
                                        + Long.toUnsignedString(lastStepId + 1) + ")")
                        .with("step_id", Long.toUnsignedString(lastStepId));
            }
            return lastResult;
        }
        if (decisions.stepId() != lastStepId + 1) {
            String expected = Long.toUnsignedString(lastStepId + 1);
            throw new RefusedException(
                            Reason.STEP_ID_MISMATCH,
                            "step_id: " + Long.toUnsignedString(decisions.stepId()) + " (expected: " + expected + ")")
                    .with("expected", expected);
        }
        return null;
    }

    void remember(Decisions decisions, StepResult result) {
        lastStepId = decisions.stepId();
        lastDecisions = decisions;
        lastResult = result;
    }

    // ------------------------------------------------------------------------------------------------ rows

    EventWriter writer() {
        return writer;
    }

    void owe(int lane) {
        undelivered[lane] = true;
    }

    /** Whether the row where the lane stands was still owed; it is not any more. */
    boolean takeOwed(int lane) {
        boolean owed = undelivered[lane];
        undelivered[lane] = false;
        return owed;
    }

    // ------------------------------------------------------------------------------------------------ callers

    /** The stream plays this grant from now on; an older one is ended. */
    public void attach(OpenStream newer) {
        OpenStream older = stream.getAndSet(newer);
        if (older != null) {
            older.end(new RefusedException(
                    Reason.SUPERSEDED, "a newer stream of the same grant took over (close the older one first)"));
        }
        session.touch();
    }

    /** The stream plays no longer. */
    public void detach(OpenStream ended) {
        stream.compareAndSet(ended, null);
        session.touch();
    }

    boolean streaming() {
        return stream.get() != null;
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

    /** The unary step has been answered. */
    public synchronized void endUnary() {
        unaryCalls--;
    }
}
