package dev.macenv.env;

/** Which macro-actions the team is carrying out. What a macro-action may know of the others, since some efforts count only when made together. */
public interface JointExecution {

    /** The agent's macro-action on this tick; -1 if it never had one. */
    int macroAction(int agent);

    /** For how many ticks it has been in effect before this one: 0 on the tick on which it starts. */
    int ticks(int agent);

    /** Whether the agent's macro-action ended on the last tick; true for all after a reset. */
    boolean ended(int agent);
}
