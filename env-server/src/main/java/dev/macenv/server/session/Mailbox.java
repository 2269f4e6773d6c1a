package dev.macenv.server.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of one session one piece at a time, in order of arrival, so that nothing inside a session needs a lock.
 *
 * <p>Cheap work runs on the caller's thread when the mailbox is idle, since handing a step of a few microseconds to
 * another thread costs more than the step. Everything else runs on the pool. Whoever runs a piece also runs what arrived
 * meanwhile, unless that was marked as costly.
 */
final class Mailbox {
    private static final Logger log = LoggerFactory.getLogger(Mailbox.class);

    private final Executor pool;
    private final int capacity;
    private final Queue<Work> waiting = new ArrayDeque<>();
    private int limitedWaiting; // of them, those that the capacity holds for
    private boolean busy;

    private record Work(Runnable body, boolean cheap, boolean limited) {}

    Mailbox(Executor pool, int capacity) {
        this.pool = pool;
        this.capacity = capacity;
    }

    /**
     * Runs {@code body} after everything that was submitted before it.
     *
     * @param cheap whether the caller's thread may run it
     * @throws RefusedException if too much is waiting already
     */
    void submit(Runnable body, boolean cheap) {
        submit(new Work(body, cheap, true));
    }

    /** As {@link #submit}, however much is waiting, and taking no room from that. */
    void submitAlways(Runnable body, boolean cheap) {
        submit(new Work(body, cheap, false));
    }

    private void submit(Work work) {
        synchronized (this) {
            if (busy) {
                if (work.limited()) {
                    if (limitedWaiting >= capacity) {
                        throw RefusedException.quota(
                                Reason.QUOTA_REACHED,
                                "requests waiting in one session",
                                limitedWaiting + " (limit: " + capacity + "; await answers before sending more)",
                                Duration.ofMillis(100));
                    }
                    limitedWaiting++;
                }
                waiting.add(work);
                return;
            }
            busy = true;
        }
        if (work.cheap()) {
            drain(work, true);
        } else {
            pool.execute(() -> drain(work, false));
        }
    }

    private void drain(Work first, boolean callersThread) {
        @Nullable Work work = first;
        while (work != null) {
            if (callersThread && !work.cheap()) {
                Work costly = work;
                pool.execute(() -> drain(costly, false));
                return;
            }
            run(work.body());
            synchronized (this) {
                work = waiting.poll();
                busy = work != null;
                if (work != null && work.limited()) {
                    limitedWaiting--;
                }
            }
        }
    }

    private static void run(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException | Error e) {
            // The body answers its caller itself; whatever escapes it must not stop the session.
            log.error("work of a session failed", e);
        }
    }
}
