package dev.macenv.server.session;

/** Tells whoever waits for a step, as soon as all that happened before is safe; so answers keep their order. */
final class AnswerWhenSafe implements StepAnswer {
    private final Chronicle chronicle;
    private final StepAnswer caller;

    AnswerWhenSafe(Chronicle chronicle, StepAnswer caller) {
        this.chronicle = chronicle;
        this.caller = caller;
    }

    @Override
    public void answered(StepResult result) {
        chronicle.whenSafe(() -> caller.answered(result), caller::refused);
    }

    @Override
    public void refused(Throwable why) {
        chronicle.whenSafe(() -> caller.refused(why), unkept -> caller.refused(why));
    }

    @Override
    public boolean gone() {
        return caller.gone();
    }
}
