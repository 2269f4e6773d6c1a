package dev.macenv.avf.algorithm;

/** What a schedule or a period is counted in. */
public enum ProgressUnit {
    /** Primitive time steps, over all lanes and episodes. */
    TICKS,
    /** Finished episodes, over all lanes. */
    EPISODES
}
