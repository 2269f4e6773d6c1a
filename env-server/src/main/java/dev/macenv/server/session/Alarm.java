package dev.macenv.server.session;

/** Has something done later. */
public interface Alarm {
    /** Runs {@code work}, which must be short, on some thread once so much time has passed. Never throws. */
    void in(long nanos, Runnable work);
}
