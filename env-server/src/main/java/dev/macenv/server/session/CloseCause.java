package dev.macenv.server.session;

/** Why a session closed. */
public enum CloseCause {
    /** Its owner closed it. */
    OWNER,
    /** No sign of life for a whole lease. */
    LEASE_EXPIRED,
    /** The server went down. */
    SERVER_SHUTDOWN
}
