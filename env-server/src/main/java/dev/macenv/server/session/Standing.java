package dev.macenv.server.session;

/** Where a grant stands. */
public enum Standing {
    /** Its holder is there. */
    HELD,
    /** Its holder gave no sign for a lease. */
    LAPSED,
    /** It is worth nothing any more. */
    GIVEN_BACK
}
