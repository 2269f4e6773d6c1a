package dev.macenv.avf.config;

/** How the lanes of a run are played. */
public enum Rollout {
    /** Each lane goes from episode to episode; learning goes on beside it. For learners that keep a replay buffer. */
    CONTINUOUS,
    /**
     * All lanes begin anew together and play until {@code training.updateEvery} episodes are finished. These are learnt
     * from in one update; episodes that have not ended by then are dropped. For on-policy learners (Mac-IAICC's runner).
     */
    BATCH
}
