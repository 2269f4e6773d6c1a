package dev.macenv.server.session;

/** What a grant is for. */
public enum Role {
    /** The creator: all administrative calls, and the seats that are the owner's. */
    OWNER,
    /** Decides for its seats. */
    PLAYER,
    /** Only watches. */
    SPECTATOR
}
