package dev.macenv.server.session;

import dev.macenv.env.MacDecPomdp;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Runs code that is not trusted to return, each call on a thread of its own, and gives it up after a while.
 *
 * <p>What is given up is interrupted. Java cannot stop a loop that ignores that: its thread goes on, at the cost of a core,
 * until the server ends; but nobody waits for it, and whatever it still does reaches nobody. Thread-safe.
 */
public final class Guard implements AutoCloseable {
    private final Duration patience;
    private final ExecutorService threads;

    /**
     * A guard with threads of its own.
     *
     * @param patience how long a call may take
     * @param factory makes its threads, which must be daemons
     */
    public Guard(Duration patience, ThreadFactory factory) {
        this.patience = patience;
        this.threads = Executors.newCachedThreadPool(factory);
    }

    /** Has every environment that {@code environments} makes run under this guard. */
    public Supplier<MacDecPomdp> over(Supplier<MacDecPomdp> environments) {
        return () -> new GuardedEnvironment(environments, this);
    }

    /** As many threads as there is work, since some of it may never end. */
    public ExecutorService threads() {
        return threads;
    }

    /**
     * The result of {@code work}, which runs on another thread.
     *
     * @param name of the work, for the message
     * @throws EnvironmentFaultException if it does not return in time
     */
    <T> T call(String name, Callable<T> work) {
        Future<T> running = threads.submit(work);
        try {
            return running.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            running.cancel(true);
            throw new EnvironmentFaultException(
                    name + ": did not return (expected: within " + patience.toMillis() + " ms)");
        } catch (InterruptedException e) {
            running.cancel(true);
            Thread.currentThread().interrupt();
            throw new EnvironmentFaultException(name + ": given up, the server is going down");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            if (e.getCause() instanceof Error thrown) {
                throw thrown;
            }
            throw new IllegalStateException(name, e.getCause());
        }
    }

    /** Interrupts what runs. */
    @Override
    public void close() {
        threads.shutdownNow();
    }
}
