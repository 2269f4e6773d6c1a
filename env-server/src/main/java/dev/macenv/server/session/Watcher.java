package dev.macenv.server.session;

/**
 * One spectator: where it reads, when it wishes to be told next, and which {@link Audience} it belongs to.
 *
 * <p>Touched by the mailbox of the session only.
 */
final class Watcher {
    private final WatchSink sink;
    private final long interval;
    private Audience audience;
    private long
            droppedElsewhere; // rows left out of this stream before it came to this audience, less those left out of
    // that
    private long notBefore;
    private boolean told;

    /**
     * Of an audience of its own, which knows nothing yet.
     *
     * @param interval least time between two messages, in nanoseconds
     */
    Watcher(Audience audience, WatchSink sink, long interval) {
        this.audience = audience;
        this.sink = sink;
        this.interval = interval;
        audience.join();
    }

    WatchSink sink() {
        return sink;
    }

    Audience audience() {
        return audience;
    }

    /** From now on it is told what those are told, who know what it knows. */
    void moveTo(Audience other) {
        droppedElsewhere += audience.dropped() - other.dropped();
        audience.leave();
        audience = other;
        other.join();
    }

    /** How long the reader wants to be left alone, in nanoseconds. */
    long pause(long now) {
        return audience.mustHurry() ? 0 : Math.max(0, notBefore - now);
    }

    /** Whether it can be told something now, or soon. */
    boolean waits() {
        return audience.hasNews() && sink.ready();
    }

    /** Tells the reader what there is. */
    void tell(Lane[] lanes, long now, boolean closed) {
        notBefore = now + interval;
        told = true;
        EventBatch news = audience.tellOne(lanes);
        sink.send(new WatchNews(news, droppedElsewhere + audience.dropped(), closed));
    }

    /** Whether it knows all that there is, since it has just been told, or has been before. */
    boolean settle() {
        boolean upToDate = told || !audience.hasNews();
        told = false;
        return upToDate;
    }
}
