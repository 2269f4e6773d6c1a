package dev.macenv.server.journal;

import dev.macenv.recording.Frames;
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
 * JournalWriter}, many at a time. {@link #append} and {@link #whenSafe} never wait for
 * the disk.
 *
 * <p>What could not be written stays here and is tried again; until then {@link #trouble} says why. After a failure nothing
 * behind the last byte that is known to be on the disk is trusted: it is cut off and written again.
 *
 * <p>A journal that has become {@link #tooLong} can be {@link #shorten}ed: to the records with which it was begun, one that says
 * what all the following ones came to, and what comes after that. It is written anew beside the old file and then takes its name,
 * so a machine that dies has the one or the other. While that lasts, what is appended stays here, and whoever waits for it waits;
 * other journals do not. If it fails, the old file goes on.
 *
 * <p>Thread-safe.
 */
public final class Journal {
    private static final Logger log = LoggerFactory.getLogger(Journal.class);

    private final String name;
    private final JournalWriter writer;
    private final Shortening shortening;

    // All below is guarded by this. Only whoever has the `turn` writes and mends the file: the writer, or whoever wants
    // an
    // answer where some play may be lost. The thread that rewrites replaces it while the journal is `rewriting`; while
    // it is `forcing`, maybe on a third thread, the file is only appended to. Positions count every byte that was ever
    // in the file.
    private AppendFile file;
    private long cut; // bytes that have been left out of the file
    private byte[] tail = new byte[512]; // told since the last time that everything was forced
    private int tailLength;
    private int written; // of the tail
    private long forced; // position up to which the file is known to be on the disk
    private long passed; // position up to which was written, and then seen that no more than allowed can be lost
    private boolean damaged; // the file may have anything behind them
    private boolean forcing;
    private boolean refuseFirst; // before what failed is tried again
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean scheduled;
    private boolean turn; // somebody's
    private boolean anotherTurn; // is wanted from the writer, who found this one taken
    private boolean awaitsForce; // the writer will have it forced, and does not need to be told of more to write
    private long
            toldSince; // when the oldest of the tail was told, or a little earlier; only where some play may be lost
    private boolean answering;
    private @Nullable IOException trouble;
    private boolean ending;
    private boolean remove;
    private boolean over;

    private long shortenAt; // length; what did not make it shorter is not tried again at once
    private long sum = -1; // position of the newest record that says what all before it came to
    private long sumEnd;
    private boolean shortenDue;
    private boolean rewriting;

    /**
     * How a journal is written anew.
     *
     * @param head bytes with which it was begun, and which stay
     */
    record Shortening(long head, Rewriter rewriter) {}

    /** Writes a file anew. */
    interface Rewriter {
        /**
         * The file with its head and the bytes {@code [from, to)}, under the old one's name.
         *
         * @throws IOException if it cannot be written; the old file is as it was
         */
        AppendFile rewrite(long from, long to) throws IOException;
    }

    /** @param upTo how much of the file must be safe */
    private record Waiting(long upTo, Runnable then, Consumer<IOException> otherwise) {}

    Journal(String name, JournalWriter writer, AppendFile file, long length, Shortening shortening) {
        this.name = name;
        this.writer = writer;
        this.file = file;
        this.forced = length;
        this.shortening = shortening;
        this.shortenAt = writer.shortenAt();
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
        if (tailLength == 0) {
            toldSince = writer.now();
        }
        System.arraycopy(frame, 0, tail, tailLength, frame.length);
        tailLength += frame.length;
        if (!awaitsForce) {
            schedule();
        }
    }

    /** Bytes that there are, or will be when everything is written. */
    public synchronized long length() {
        return forced - cut + tailLength;
    }

    /**
     * Whether it should be shortened.
     *
     * @param goodMoment whether little would have to be kept now; at others, more patience is asked for
     */
    public synchronized boolean tooLong(boolean goodMoment) {
        return !shortenDue && !rewriting && length() >= (goodMoment ? shortenAt : shortenAt + writer.shortenAt());
    }

    /** Adds a record that says what all records before it came to, but for those at the beginning, and leaves those out soon. */
    public synchronized void shorten(byte[] payload) {
        long begin = forced + tailLength;
        append(payload);
        if (!rewriting) { // which has its own to end with
            sum = begin;
            sumEnd = forced + tailLength;
            shortenDue = true;
        }
    }

    /** Tries again what failed before, if it did. */
    public synchronized void shortenAgain() {
        if (sum > cut + shortening.head() && !rewriting) {
            shortenDue = true;
            schedule();
        }
    }

    /** It cannot be shortened. */
    public synchronized void neverShorten() {
        shortenAt = Long.MAX_VALUE / 2;
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
     * calls, on the writer's thread, or at once if nothing has to be waited for. Where some play may be lost, that is so
     * while the disk keeps up: what is to be written is then written by the caller, since to wake another thread takes longer.
     */
    public void whenSafe(Runnable then, Consumer<IOException> otherwise) {
        synchronized (this) {
            long upTo = forced + tailLength;
            if (!over && (upTo > safe() || answering || !waiting.isEmpty())) {
                boolean first = waiting.isEmpty() && !answering;
                waiting.add(new Waiting(upTo, then, otherwise));
                if (!first || !canBeWrittenAtOnce()) {
                    schedule();
                    return;
                }
                turn = true;
                then = this::writeAndAnswer;
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

    private boolean canBeWrittenAtOnce() {
        return writer.losesSome() && !turn && !ending && !rewriting && !damaged && !awaitsRewriting() && inTime();
    }

    /** Whether what is not on the disk is so young that the next answer does not make too much of it. */
    private boolean inTime() {
        return writer.toleratesLossSince(toldSince);
    }

    private void writeAndAnswer() {
        write();
        synchronized (this) {
            if (!damaged && !inTime()) {
                endTurn();
                schedule(); // the writer waits for the disk
                return;
            }
        }
        answer();
    }

    // ------------------------------------------------------------------------------------------------ whose turn it is

    /** Takes the turn for the writer, or has it told as soon as there is another. */
    synchronized boolean takeTurn() {
        scheduled = false;
        anotherTurn |= turn;
        boolean free = !turn;
        turn = true;
        return free;
    }

    private synchronized void endTurn() {
        turn = false;
        if (anotherTurn) {
            anotherTurn = false;
            schedule();
        }
    }

    /** Writes what there is, without forcing it. */
    void write() {
        rewriteIfDue();
        byte[] bytes;
        boolean mending;
        synchronized (this) {
            boolean first = refuseFirst; // whoever waits for what has failed behind this thread's back
            refuseFirst = false;
            if (over || rewriting || awaitsRewriting() || (ending && remove) || (damaged && (forcing || first))) {
                return;
            }
            mending = damaged;
            bytes = Arrays.copyOfRange(tail, mending ? 0 : written, tailLength);
            if (bytes.length == 0 && !mending) {
                return;
            }
        }
        try {
            if (mending) {
                file.truncate(forced - cut);
                synchronized (this) {
                    damaged = false;
                }
            }
            file.append(ByteBuffer.wrap(bytes));
            synchronized (this) {
                written += damaged ? 0 : bytes.length;
            }
            writer.wrote(bytes.length);
        } catch (IOException | RuntimeException | Error e) { // one file's failure must not stop the others
            failed(e);
        }
    }

    /** Whether something has been written that is not known to be on the disk, and is to be forced now or in time. */
    synchronized boolean unforced() {
        awaitsForce = written > 0 && writer.losesSome();
        return written > 0;
    }

    /** When the oldest of what is not known to be on the disk was told, or a little earlier. */
    synchronized long toldSince() {
        return toldSince;
    }

    /** Forces what has been written; on the writer's thread, or beside it. */
    void force() {
        AppendFile target;
        int count;
        long begin = writer.now();
        synchronized (this) {
            count = written;
            if (awaitsForce) {
                awaitsForce = false;
                if (tailLength > written && !damaged) {
                    schedule(); // which has been left out for these bytes
                }
            }
            if (count == 0 || over || rewriting || (ending && remove)) {
                return;
            }
            target = file;
            forcing = true;
        }
        try {
            target.force();
        } catch (IOException | RuntimeException | Error e) {
            failed(e);
            count = 0;
        }
        synchronized (this) {
            forcing = false;
            forced += count;
            System.arraycopy(tail, count, tail, 0, tailLength - count);
            tailLength -= count;
            written = Math.max(0, written - count); // nothing, if writing has failed meanwhile
            if (count > 0) {
                toldSince = begin;
            }
        }
    }

    /** As {@link #force}, on a thread of its own while the writer's goes on, and sees to what comes of it. */
    void forceBeside() {
        force();
        synchronized (this) {
            refuseFirst = damaged;
            schedule();
        }
    }

    private synchronized void failed(Throwable why) {
        IOException problem = why instanceof IOException usual ? usual : new IOException(why.toString(), why);
        if (trouble == null) {
            log.atError().addKeyValue("session", name).setCause(problem).log("the journal cannot be written");
        }
        trouble = problem;
        written = 0;
        passed = 0;
        damaged = true;
    }

    /** Answers whoever waits for what is safe now, then ends if that is wanted. */
    void answer() {
        rewriteIfDue();
        Deque<Waiting> due = new ArrayDeque<>();
        IOException problem;
        synchronized (this) {
            passed = forced + written;
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
            endTurn();
            if (!waiting.isEmpty() && !rewriting && !awaitsRewriting()) {
                schedule();
            }
            boolean told = tailLength == 0 || remove || damaged; // what could not be written is lost
            if (ending && waiting.isEmpty() && told && !over && !rewriting && !forcing) {
                over = true;
            } else {
                return;
            }
        }
        close();
    }

    /** Whether it is to be written anew once the disk has what is written, and nothing may be added until then. */
    private boolean awaitsRewriting() {
        return shortenDue && written > 0 && forced + written >= sumEnd && !ending && !damaged;
    }

    private void rewriteIfDue() {
        synchronized (this) {
            if (!shortenDue || rewriting || ending || damaged || forcing || written > 0 || forced < sumEnd) {
                return;
            }
            shortenDue = false;
            rewriting = true;
        }
        writer.shorten(this);
    }

    /** How much of the file may be answered for. */
    private long safe() {
        return writer.losesSome() ? Math.max(forced, passed) : forced;
    }

    // ------------------------------------------------------------------------------------------------ another thread

    /** Leaves out of the file what the newest sum says as well. */
    void writeAnew() {
        AppendFile shorter;
        try {
            shorter = shortening.rewriter().rewrite(sum - cut, forced - cut);
        } catch (IOException | RuntimeException e) {
            log.atWarn()
                    .addKeyValue("session", name)
                    .setCause(e)
                    .log("the journal cannot be shortened now, and goes on as it is");
            staysLong();
            return;
        }
        AppendFile longer;
        synchronized (this) {
            longer = file;
            file = shorter;
            cut = sum - shortening.head();
            rewriting = false;
            shortenAt = Math.max(writer.shortenAt(), 2 * length());
            schedule();
        }
        writer.shortened();
        try {
            longer.close(false);
        } catch (IOException e) {
            log.atWarn().addKeyValue("session", name).setCause(e).log("the longer journal could not be closed");
        }
    }

    /** It has not been shortened, and is to be once it has grown by as much again. */
    synchronized void staysLong() {
        rewriting = false;
        shortenAt = length() + writer.shortenAt();
        schedule();
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
