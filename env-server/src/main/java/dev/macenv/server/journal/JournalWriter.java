package dev.macenv.server.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes the journals of a server. It takes all that has come since the last time, writes it, forces each
 * file once, and then answers whoever waits: so the disk sets how many turns there are in a second, and not how many
 * decisions. Where some play may be lost, nobody waits for an ordinary disk: whoever wants an answer writes the journal itself,
 * a second thread forces the files when it is time, and this one sees to it, and answers when that takes so long that more
 * might be lost. Journals that have become long are written anew by a third.
 *
 * <p>Thread-safe. Whoever makes it closes it.
 */
public final class JournalWriter implements AutoCloseable {
    private final long lossNanos;
    private final long shortenAt;
    private final LongSupplier nanoClock;
    private final Thread thread;
    private final BlockingQueue<Journal> due = new LinkedBlockingQueue<>();
    private final Set<Journal> unforced = new LinkedHashSet<>(); // the thread's own
    private final Set<Journal> open = new LinkedHashSet<>(); // guarded by itself
    private final LongAdder bytes = new LongAdder();
    private final LongAdder forces = new LongAdder();
    private final LongAdder shortenings = new LongAdder();
    private final ExecutorService shorteners = oneThread("macenv-journal-shortener");
    private final ExecutorService forcer = oneThread("macenv-journal-forcer"); // idle unless some play may be lost
    private Future<?> forcing = CompletableFuture.completedFuture(null); // what it does; the thread's own
    private volatile boolean closing;

    /**
     * @param loss how much time of play a machine that loses its power may cost; zero for none
     * @param shortenAt bytes of a journal at which it is to be shortened
     * @param nanoClock measures that time, like {@link System#nanoTime}
     */
    public JournalWriter(Duration loss, long shortenAt, LongSupplier nanoClock) {
        lossNanos = loss.toNanos();
        this.shortenAt = shortenAt;
        this.nanoClock = nanoClock;
        thread = new Thread(this::work, "macenv-journal");
        thread.setDaemon(true);
        thread.start();
    }

    private static ExecutorService oneThread(String name) {
        return Executors.newSingleThreadExecutor(work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether answers leave before the disk has what they depend on, though the operating system has it. */
    boolean losesSome() {
        return lossNanos > 0;
    }

    /** The time, as far as it matters: where nothing may be lost nobody asks. */
    long now() {
        return losesSome() ? nanoClock.getAsLong() : 0;
    }

    /** Whether all that has been played since then may be lost. */
    boolean toleratesLossSince(long moment) {
        return since(moment) < lossNanos;
    }

    /**
     * Takes over a file.
     *
     * @param name of its session, for the log
     * @param file stands at its end
     * @param length of the file, all of it on the disk
     * @param shortening how it is written anew
     */
    public Journal journal(String name, AppendFile file, long length, Journal.Shortening shortening) {
        Journal journal = new Journal(name, this, file, length, shortening);
        synchronized (open) {
            open.add(journal);
        }
        return journal;
    }

    void schedule(Journal journal) {
        due.add(journal);
    }

    /** Has a journal written anew by a thread of its own, so that the others go on meanwhile. */
    void shorten(Journal journal) {
        try {
            shorteners.execute(journal::writeAnew);
        } catch (RejectedExecutionException closed) {
            journal.staysLong();
        }
    }

    long shortenAt() {
        return shortenAt;
    }

    void shortened() {
        shortenings.increment();
    }

    void ended(Journal journal) {
        synchronized (open) {
            open.remove(journal);
        }
    }

    void wrote(long count) {
        bytes.add(count);
    }

    /** Bytes written since the start. */
    public long bytesWritten() {
        return bytes.sum();
    }

    /** How often a file was forced to the disk since the start. */
    public long forces() {
        return forces.sum();
    }

    /** How often a journal was shortened since the start. */
    public long shortenings() {
        return shortenings.sum();
    }

    /** Bytes of all journals. */
    public long length() {
        return open().stream().mapToLong(Journal::length).sum();
    }

    /** Bytes of all journals that are not yet on the disk. */
    public long behind() {
        return open().stream().mapToLong(Journal::behind).sum();
    }

    private List<Journal> open() {
        synchronized (open) {
            return new ArrayList<>(open);
        }
    }

    private void work() {
        List<Journal> turn = new ArrayList<>();
        long oldest = 0; // when the first of the unforced was told
        long oldestOfForced = 0; // of those that are being forced
        while (!closing || !due.isEmpty() || !unforced.isEmpty() || isForcing() || !open().isEmpty()) {
            Journal first = next(oldest);
            if (first != null) {
                turn.add(first);
                due.drainTo(turn);
                turn.removeIf(journal -> !journal.takeTurn());
                turn.forEach(Journal::write);
                for (Journal journal : turn) {
                    if (journal.unforced()) {
                        long told = journal.toldSince();
                        oldest = unforced.isEmpty() || told - oldest < 0 ? told : oldest;
                        unforced.add(journal);
                    }
                }
            }
            if (!losesSome()) {
                forceAll(unforced, Journal::force);
                unforced.clear();
            }
            while (losesSome()) {
                if (!isForcing() && !unforced.isEmpty() && (closing || since(oldest) >= forceAfter())) {
                    List<Journal> written = List.copyOf(unforced);
                    unforced.clear();
                    oldestOfForced = oldest;
                    forcing = forcer.submit(() -> forceAll(written, Journal::forceBeside));
                }
                if (!isForcing() || since(oldestOfForced) < lossNanos) {
                    break;
                }
                awaitForcing(); // nobody is answered who might lose more than was promised
            }
            turn.forEach(Journal::answer);
            turn.clear();
        }
    }

    /** So long before the loss would be too great that an ordinary disk is done in time. */
    private long forceAfter() {
        return lossNanos / 2;
    }

    private long since(long moment) {
        return nanoClock.getAsLong() - moment;
    }

    private boolean isForcing() {
        return !forcing.isDone();
    }

    private void awaitForcing() {
        try {
            forcing.get();
        } catch (InterruptedException closed) {
            // It is done, or will be before the thread ends.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a journal takes note of what its file does", e);
        }
    }

    private void forceAll(Collection<Journal> journals, Consumer<Journal> force) {
        journals.forEach(journal -> {
            force.accept(journal);
            forces.increment();
        });
    }

    /** A journal with something to write; null if it is time to force what was written before. */
    private @Nullable Journal next(long oldest) {
        try {
            if (closing || isForcing()) {
                return due.poll(1, TimeUnit.MILLISECONDS);
            }
            if (unforced.isEmpty()) {
                return due.take();
            }
            return due.poll(Math.max(0, forceAfter() - since(oldest)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException closed) {
            return due.poll();
        }
    }

    /**
     * Ends every journal, keeps its file, and returns when all that was told is on the disk.
     *
     * @throws IOException if that could not be waited for
     */
    @Override
    public void close() throws IOException {
        shorteners.shutdown();
        try {
            if (!shorteners.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IOException("a journal is still being written anew");
            }
            closing = true;
            open().forEach(journal -> journal.end(false)); // which wakes the thread
            if (open().isEmpty()) {
                thread.interrupt(); // not in the middle of a file, which would be closed by it
            }
            thread.join(TimeUnit.SECONDS.toMillis(30));
            if (thread.isAlive()) {
                throw new IOException("journals are still being written");
            }
            forcer.shutdown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the journals were written", e);
        }
    }
}
