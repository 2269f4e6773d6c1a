package dev.macenv.avf.experience;

/** How an interval of an episode ended the episode, if it did. */
public enum Ending {
    /** The episode goes on. */
    NONE,
    /** The task itself ended: nothing follows, values are not bootstrapped. */
    TERMINATED,
    /** The horizon was reached: the task would have gone on, values are bootstrapped. */
    TRUNCATED
}
