package dev.macenv.server.session;

/** Where a spectator reads. Called in the mailbox of the session, except for {@link #end}; must not wait. */
public interface WatchSink extends OpenStream {
    /** Whether the reader would take news now; {@link Session#readerReady} says when that changes. */
    boolean ready();

    /** Whether the reader has gone; {@link Session#unwatch} follows. */
    boolean gone();

    /** News; if the session has closed, the last. */
    void send(WatchNews news);
}
