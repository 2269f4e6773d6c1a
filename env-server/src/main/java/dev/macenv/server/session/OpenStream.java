package dev.macenv.server.session;

/** A stream that plays a grant; the session ends it when somebody else takes over or nothing is left to play. */
public interface OpenStream {
    /** Ends the stream with this status. May be called from any thread, more than once, and after the stream has ended. */
    void end(RefusedException why);
}
