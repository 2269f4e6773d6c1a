package dev.macenv.server.session;

import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one grant, each executed once and answered in order: those whose answer is due, and the last one with its
 * answer.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Turns {
    private final int most;
    private final Deque<Turn> open = new ArrayDeque<>(2);
    private long lastStepId;
    private @Nullable Decisions lastDecisions;
    private @Nullable StepResult lastResult; // of lastDecisions; null while it is under way

    /** @param most how many steps may be under way */
    Turns(int most) {
        this.most = most;
    }

    /** The last accepted step id; 0 before the first. */
    long lastStepId() {
        return lastStepId;
    }

    /**
     * Whether this is the next step. If it has been taken before, the caller gets the stored answer, or waits for it.
     *
     * @throws RefusedException if it is neither
     */
    boolean isNext(Decisions decisions, StepAnswer answer) {
        Decisions last = lastDecisions;
        if (last != null && decisions.stepId() == lastStepId && !decisions.sameContent(last)) {
            throw new RefusedException(
                            Reason.STEP_ID_REUSED,
                            "step_id: " + Long.toUnsignedString(lastStepId)
                                    + " was used by a request with other content (expected: the same request again, or step_id "
                                    + Long.toUnsignedString(lastStepId + 1) + ")")
                    .with("step_id", Long.toUnsignedString(lastStepId));
        }
        for (Turn turn : open) {
            if (turn.refusal() == null && turn.decisions().sameContent(decisions)) {
                turn.attach(answer);
                return false;
            }
        }
        if (last != null && decisions.stepId() == lastStepId && lastResult != null) {
            answer.answered(lastResult);
            return false;
        }
        if (decisions.stepId() != lastStepId + 1) {
            String expected = Long.toUnsignedString(lastStepId + 1);
            throw new RefusedException(
                            Reason.STEP_ID_MISMATCH,
                            "step_id: " + Long.toUnsignedString(decisions.stepId()) + " (expected: " + expected + ")")
                    .with("expected", expected);
        }
        if (open.size() >= most) {
            throw RefusedException.quota(
                            Reason.TOO_MANY_OUTSTANDING,
                            "steps under way in one grant",
                            "more than " + most + " (await an answer before sending more)",
                            null)
                    .with("limit", most);
        }
        return true;
    }

    void accept(Decisions decisions, StepAnswer answer) {
        lastStepId = decisions.stepId();
        lastDecisions = decisions;
        lastResult = null;
        open.add(new Turn(decisions, answer, null));
    }

    /** Tells the caller that the step was refused, when the answers before it have been given. */
    void refuse(Decisions decisions, StepAnswer answer, Throwable why) {
        if (open.isEmpty()) {
            answer.refused(why);
        } else {
            open.add(new Turn(decisions, answer, why));
        }
    }

    /** The step whose answer is due next; null if there is none. */
    @Nullable
    Turn first() {
        return open.peek();
    }

    /** Answers the first step, and passes on the refusals behind it. */
    void answerFirst(StepResult result) {
        Turn turn = open.remove();
        if (turn.decisions().stepId() == lastStepId) {
            lastResult = result;
        }
        turn.answer(result);
        while (!open.isEmpty()) {
            Turn next = open.element();
            Throwable refusal = next.refusal();
            if (refusal == null) {
                return;
            }
            open.remove().refuse(refusal);
        }
    }

    /** Writes all but who waits. Refusals that wait their turn are left out: nothing was taken, so asking again is refused again. */
    void save(SnapshotWriter out) {
        out.putLong(lastStepId);
        Decisions decisions = lastDecisions;
        out.putBoolean(decisions != null);
        if (decisions != null) {
            SavedSession.put(out, decisions);
        }
        StepResult result = lastResult;
        out.putBoolean(result != null);
        if (result != null) {
            SavedSession.put(out, result);
        }
        List<Turn> taken = open.stream().filter(turn -> turn.refusal() == null).toList();
        out.putInt(taken.size());
        taken.forEach(turn -> SavedSession.put(out, turn.decisions()));
    }

    /** @param nobody stands for those who waited, until they ask again */
    void load(SnapshotReader in, StepAnswer nobody) {
        lastStepId = in.getLong();
        lastDecisions = in.getBoolean() ? SavedSession.decisions(in) : null;
        lastResult = in.getBoolean() ? SavedSession.result(in) : null;
        open.clear();
        for (int left = in.getInt(); left > 0; left--) {
            open.add(new Turn(SavedSession.decisions(in), nobody, null));
        }
    }

    /** Nothing that is under way will be answered any more. */
    void abandon(Throwable why) {
        while (!open.isEmpty()) {
            Turn turn = open.remove();
            Throwable refusal = turn.refusal();
            turn.refuse(refusal == null ? why : refusal);
        }
    }
}
