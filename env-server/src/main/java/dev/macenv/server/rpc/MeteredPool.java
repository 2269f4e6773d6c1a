package dev.macenv.server.rpc;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** A pool that knows how much work waits and runs, and how long work has waited. */
final class MeteredPool implements Executor {
    private final Executor pool;
    private final LongSupplier nanoClock;
    private final Metrics.Histogram waited;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();

    MeteredPool(Executor pool, Metrics metrics, LongSupplier nanoClock) {
        this.pool = pool;
        this.nanoClock = nanoClock;
        waited = metrics.histogram("macenv_queue_seconds", "How long lane work waited for a thread of the pool.");
        metrics.gauge("macenv_work_waiting", "Pieces of lane work that wait for a thread now.", waiting::get);
        metrics.gauge("macenv_work_running", "Threads of the pool that run lanes now.", running::get);
    }

    @Override
    public void execute(Runnable work) {
        long handed = nanoClock.getAsLong();
        waiting.incrementAndGet();
        try {
            pool.execute(() -> run(work, handed));
        } catch (RuntimeException e) {
            waiting.decrementAndGet();
            throw e;
        }
    }

    private void run(Runnable work, long handed) {
        waited.took(nanoClock.getAsLong() - handed);
        waiting.decrementAndGet();
        running.incrementAndGet();
        try {
            work.run();
        } finally {
            running.decrementAndGet();
        }
    }
}
