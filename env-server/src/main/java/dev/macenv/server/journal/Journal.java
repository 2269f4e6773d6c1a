package dev.macenv.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal of one session: a recording file whose records are written and forced to the disk by the thread of a {@link
 * JournalWriter}, many at a time. {@link #append} and {@link #whenSafe} never wait.
 *
 * <p>What could not be written stays here and is tried again; until then {@link #trouble} says why. After a failure nothing
 * behind the last byte that is known to be on the disk is trusted: it is cut off and written again.
 *
 * <p>Thread-safe.
 */
public final class Journal {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final String name;
    private final JournalWriter writer;
    private final AppendFile file;

    // All below is guarded by this, except that only the writer's thread changes `written` and `forced`.
    private byte[] tail = new byte[512]; // told since the last time that everything was forced
    private int tailLength;
    private int written; // of the tail
    private long forced; // bytes of the file known to be on the disk
    private boolean damaged; // the file may have anything behind them
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private boolean answering;
    private @Nullable IOException trouble;
    private boolean ending;
    private boolean remove;
    private boolean over;

    /** @param upTo how much of the file must be safe */
    private record Waiting(long upTo, Runnable then, Consumer<IOException> otherwise) {}

    Journal(String name, JournalWriter writer, AppendFile file, long length) {
        this.name = name;
        this.writer = writer;
        this.file = file;
        this.forced = length;
    }

    /** Adds a record. */
    public synchronized void append(byte[] payload) {
        if (ending) {
            return;
        }
        byte[] frame = Frames.frame(payload);
        if (tailLength + frame.length > tail.length) {
            tail = Arrays.copyOf(tail, Math.max(2 * tail.length, tailLength + frame.length));
        }
        System.arraycopy(frame, 0, tail, tailLength, frame.length);
        tailLength += frame.length;
        schedule();
    }

    /** Bytes that there are, or will be when everything is written. */
    public synchronized long length() {
        return forced + tailLength;
    }

    /** Bytes that are not yet on the disk. */
    public synchronized long behind() {
        return tailLength;
    }

    /** Why nothing can be written now; asking has it tried again. */
    public synchronized Optional<IOException> trouble() {
        if (trouble != null) {
            schedule();
        }
        return Optional.ofNullable(trouble);
    }

    /**
     * Runs {@code then} when everything appended before is safe, or {@code otherwise} if writing fails; in the order of the
     * calls, on the writer's thread, or at once if nothing has to be waited for.
     */
    public void whenSafe(Runnable then, Consumer<IOException> otherwise) {
        synchronized (this) {
            long upTo = forced + tailLength;
            if (!over && (upTo > safe() || answering || !waiting.isEmpty())) {
                waiting.add(new Waiting(upTo, then, otherwise));
                schedule();
                return;
            }
        }
        then.run();
    }

    /**
     * Ends the journal, when what waits has been answered.
     *
     * @param andRemove whether the session has ended too, and the file is of no use
     */
    public synchronized void end(boolean andRemove) {
        ending = true;
        remove |= andRemove;
        schedule();
    }

    private void schedule() {
        if (!scheduled && !over) {
            scheduled = true;
            writer.schedule(this);
        }
    }

    // ------------------------------------------------------------------------------------------------ writer's thread

    /** Writes what there is, without forcing it. */
    void write() {
        byte[] bytes;
        synchronized (this) {
            scheduled = false;
            if (over || (ending && remove)) {
                return;
            }
            bytes = Arrays.copyOfRange(tail, written, tailLength);
            if (bytes.length == 0 && !damaged) {
                return;
            }
        }
        try {
            if (damaged) {
                file.truncate(forced);
                synchronized (this) {
                    bytes = Arrays.copyOf(tail, tailLength);
                }
                damaged = false;
            }
            file.append(ByteBuffer.wrap(bytes));
            synchronized (this) {
                written += bytes.length;
            }
            writer.wrote(bytes.length);
        } catch (IOException e) {
            failed(e);
        }
    }

    /** Forces what has been written. */
    void force() {
        int count;
        synchronized (this) {
            count = written;
            if (count == 0 || over || (ending && remove)) {
                return;
            }
        }
        try {
            file.force();
        } catch (IOException e) {
            failed(e);
            return;
        }
        synchronized (this) {
            forced += count;
            System.arraycopy(tail, count, tail, 0, tailLength - count);
            tailLength -= count;
            written -= count;
        }
    }

    private synchronized void failed(IOException problem) {
        if (trouble == null) {
            log.atError().addKeyValue("session", name).setCause(problem).log("the journal cannot be written");
        }
        trouble = problem;
        written = 0;
        damaged = true;
    }

    /** Answers whoever waits for what is safe now, then ends if that is wanted. */
    void answer() {
        Deque<Waiting> due = new ArrayDeque<>();
        IOException problem;
        synchronized (this) {
            problem = damaged ? trouble : null;
            if (problem == null && trouble != null) {
                trouble = null;
                log.atInfo().addKeyValue("session", name).log("the journal can be written again");
            }
            boolean everybody = problem != null || (ending && remove);
            long safe = safe();
            while (!waiting.isEmpty() && (everybody || waiting.element().upTo() <= safe)) {
                due.add(waiting.remove());
            }
            answering = !due.isEmpty();
        }
        while (!due.isEmpty()) {
            Waiting one = due.remove();
            try {
                if (problem == null) {
                    one.then().run();
                } else {
                    one.otherwise().accept(problem);
                }
            } catch (RuntimeException | Error e) {
                log.error("an answer failed", e);
            }
        }
        synchronized (this) {
            answering = false;
            if (!waiting.isEmpty()) {
                schedule();
            }
            if (ending && waiting.isEmpty() && !over) {
                over = true; // whatever could not be written is lost
            } else {
                return;
            }
        }
        close();
    }

    /** How much of the file may be answered for. */
    private long safe() {
        return writer.losesSome() ? forced + written : forced;
    }

    private void close() {
        writer.ended(this);
        try {
            file.close(remove);
        } catch (IOException e) {
            log.atWarn().addKeyValue("session", name).setCause(e).log("the journal could not be closed");
        }
    }
}
