package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A step whose answer is still due: one that was taken and waits for other players, or a refusal that waits its turn. */
final class Turn {
    private final Decisions decisions;
    private final @Nullable Throwable refusal;
    private final StepAnswer first;
    private @Nullable List<StepAnswer> more; // callers who sent the same step again

    Turn(Decisions decisions, StepAnswer first, @Nullable Throwable refusal) {
        this.decisions = decisions;
        this.first = first;
        this.refusal = refusal;
    }

    Decisions decisions() {
        return decisions;
    }

    /** Why it was refused; null if it was taken. */
    @Nullable
    Throwable refusal() {
        return refusal;
    }

    void attach(StepAnswer again) {
        List<StepAnswer> others = more;
        if (others == null) {
            others = new ArrayList<>(1);
            more = others;
        }
        others.removeIf(StepAnswer::gone); // or a caller who comes back for ever would fill the memory
        others.add(again);
    }

    void answer(StepResult result) {
        first.answered(result);
        if (more != null) {
            more.forEach(other -> other.answered(result));
        }
    }

    void refuse(Throwable why) {
        first.refused(why);
        if (more != null) {
            more.forEach(other -> other.refused(why));
        }
    }
}
