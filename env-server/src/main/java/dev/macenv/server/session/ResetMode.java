package dev.macenv.server.session;

/** What a lane does when its episode has ended. */
public enum ResetMode {
    /** It starts the next episode at once: the END row is followed by a START row in the same response. */
    AUTO,
    /** It stays idle until it is reset. */
    MANUAL
}
