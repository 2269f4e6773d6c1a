package dev.macenv.server.session;

/** Whoever waits for the answer to a step; told exactly once, from whichever thread runs the mailbox of the session. */
public interface StepAnswer {
    /** The step was taken, and this followed. */
    void answered(StepResult result);

    /** The step was refused, or something failed. */
    void refused(Throwable why);

    /** Whether nobody waits any more; it need not be told then. */
    boolean gone();
}
