package dev.macenv.client;

/** What follows the end of an episode. */
public enum ResetMode {
    /** The next episode begins at once; its START row follows the END row in the same events. */
    AUTO,
    /** The lane is idle until {@link Session#reset}. */
    MANUAL
}
