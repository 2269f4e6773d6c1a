package dev.macenv.avf.config;

/** When the updates are made that fell due in an answer of the server. */
public enum UpdateMoment {
    /** At once, before anybody decides by the networks again: Algorithm 1 of the AVF paper to the letter. */
    BEFORE_DECISIONS,
    /**
     * When the next decisions have been sent, while the lanes step: the way to the server and its work cost no time beside learning.
     * The decisions are those of networks one answer older, and the episodes that have just ended are learnt from already.
     */
    DURING_STEP
}
