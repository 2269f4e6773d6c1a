package dev.macenv.avf.experience;

/** What the mixer is conditioned on in a row, x, and in its successor, x'. S is the size of the state. */
public enum MixerState {
    /** Nothing, for a mixer that looks at no state; size 0. */
    NONE,
    /**
     * The joint macro-state: each agent's state at its last decision point, concatenated in agent order; x' replaces the
     * parts of those that ended. Size nS.
     */
    JOINT_MACRO,
    /**
     * The state just before the row's last tick; x' is the one just after it. Size S. Needs episodes recorded with one
     * point per tick.
     */
    REAL,
    /** The macro-state of the agent that ended (the lowest index, if several did); x' is the state after the row. Size S. */
    SINGLE;

    /** Returns the size of x for a team of this shape. */
    public int size(TeamShape shape) {
        return switch (this) {
            case NONE -> 0;
            case JOINT_MACRO -> shape.agents() * shape.stateSize();
            case REAL, SINGLE -> shape.stateSize();
        };
    }
}
