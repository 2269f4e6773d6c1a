package dev.macenv.server.journal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes the journals of a server. It takes all that has come since the last time, writes it, forces each
 * file once, and then answers whoever waits: so the disk sets how many turns there are in a second, and not how many
 * decisions.
 *
 * <p>Thread-safe. Whoever makes it closes it.
 */
public final class JournalWriter implements AutoCloseable {
    private final long lossNanos;
    private final Thread thread;
    private final BlockingQueue<Journal> due = new LinkedBlockingQueue<>();
    private final Set<Journal> unforced = new LinkedHashSet<>(); // the thread's own
    private final Set<Journal> open = new LinkedHashSet<>(); // guarded by itself
    private final LongAdder bytes = new LongAdder();
    private final LongAdder forces = new LongAdder();
    private volatile boolean closing;

    /** @param loss how much time of play a machine that loses its power may cost; zero for none */
    public JournalWriter(Duration loss) {
        lossNanos = loss.toNanos();
        thread = new Thread(this::work, "macenv-journal");
        thread.setDaemon(true);
        thread.start();
    }

    /** Whether answers leave before the disk has what they depend on, though the operating system has it. */
    boolean losesSome() {
        return lossNanos > 0;
    }

    /**
     * Takes over a file.
     *
     * @param name of its session, for the log
     * @param file stands at its end
     * @param length of the file, all of it on the disk
     */
    public Journal journal(String name, AppendFile file, long length) {
        Journal journal = new Journal(name, this, file, length);
        synchronized (open) {
            open.add(journal);
        }
        return journal;
    }

    void schedule(Journal journal) {
        due.add(journal);
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
        long oldest = 0; // when the first of the unforced was written
        while (!closing || !due.isEmpty() || !unforced.isEmpty()) {
            Journal first = next(oldest);
            if (first != null) {
                turn.add(first);
                due.drainTo(turn);
                turn.forEach(Journal::write);
                if (unforced.isEmpty()) {
                    oldest = System.nanoTime();
                }
                unforced.addAll(turn);
            }
            if (closing || System.nanoTime() - oldest >= lossNanos) {
                turn.addAll(unforced);
                for (Journal journal : unforced) {
                    journal.force();
                    forces.increment();
                }
                unforced.clear();
            }
            turn.forEach(Journal::answer);
            turn.clear();
        }
    }

    /** A journal with something to write; null if it is time to force what was written before. */
    private @Nullable Journal next(long oldest) {
        try {
            if (closing) {
                return due.poll();
            }
            if (unforced.isEmpty()) {
                return due.take();
            }
            return due.poll(Math.max(0, lossNanos - (System.nanoTime() - oldest)), TimeUnit.NANOSECONDS);
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
        open().forEach(journal -> journal.end(false));
        closing = true;
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the journals were written", e);
        }
    }
}
