package dev.macenv.server.journal;

import dev.macenv.recording.Frames;
import java.util.ArrayList;
import java.util.List;

/**
 * A recording file in memory, which grows up to a bound and can be read meanwhile. Thread-safe.
 */
public final class Recording {
    private static final int PIECE = 1 << 16;

    private final long most;
    private final List<byte[]> pieces = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private long length;
    private boolean full;
    private boolean complete;

    /** @param most bytes; a record that goes beyond them, and all that follow, are left out */
    public Recording(long most) {
        this.most = most;
        add(Frames.magic());
    }

    /** Adds a record; false if there is no room for it, or there was none for an earlier one. */
    public synchronized boolean append(byte[] payload) {
        if (full || length + Frames.OVERHEAD + payload.length > most) {
            full = true;
            return false;
        }
        add(Frames.frame(payload));
        return true;
    }

    private void add(byte[] bytes) {
        int done = 0;
        while (done < bytes.length) {
            int at = (int) (length % PIECE);
            if (at == 0) {
                pieces.add(new byte[PIECE]);
            }
            int count = Math.min(PIECE - at, bytes.length - done);
            System.arraycopy(bytes, done, pieces.get(pieces.size() - 1), at, count);
            done += count;
            length += count;
        }
    }

    /** Nothing will be added any more. Returns what was to be run then; the caller runs it, holding no locks. */
    public synchronized List<Runnable> complete() {
        complete = true;
        List<Runnable> due = List.copyOf(waiting);
        waiting.clear();
        return due;
    }

    /** Has this run when nothing will be added any more; false, and it is not run, if that is so already. */
    public synchronized boolean whenComplete(Runnable action) {
        return !complete && waiting.add(action);
    }

    /** Whether nothing will be added any more. */
    public synchronized boolean isComplete() {
        return complete;
    }

    /** Bytes there are. */
    public synchronized long length() {
        return length;
    }

    /** The most bytes there may be. */
    public long most() {
        return most;
    }

    /** Up to {@code count} bytes from {@code offset} on; fewer, or none, where the file ends now. */
    public synchronized byte[] read(long offset, int count) {
        int wanted = (int) Math.max(0, Math.min(count, length - offset));
        byte[] read = new byte[wanted];
        int done = 0;
        while (done < wanted) {
            int at = (int) ((offset + done) % PIECE);
            int part = Math.min(PIECE - at, wanted - done);
            System.arraycopy(pieces.get((int) ((offset + done) / PIECE)), at, read, done, part);
            done += part;
        }
        return read;
    }
}
