package dev.macenv.avf.experience;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The last {@code capacity} full episodes, first in first out. What is drawn depends on the episodes and the generator
 * alone, so a buffer saved and loaded goes on drawing the same. Not thread-safe.
 */
public final class EpisodeBuffer {
    private final TeamShape shape;
    private final Episode[] ring; // logical index e is ring[(oldest + e) % capacity]
    private int oldest;
    private int size;

    private long[] firstWindows = new long[0]; // [e] number of windows owned by the episodes before e
    private int indexedLength; // window length that firstWindows is valid for, 0 for none
    private long[] drawn = new long[0];

    /** Makes an empty buffer for so many episodes of teams of this shape. */
    public EpisodeBuffer(TeamShape shape, int capacity) {
        Checks.atLeast("capacity", capacity, 1);
        this.shape = shape;
        this.ring = new Episode[capacity];
    }

    /** Adds an episode, dropping the oldest if the buffer is full. */
    public void add(Episode episode) {
        if (!episode.shape().equals(shape)) {
            throw new IllegalArgumentException("episode: %s (expected: %s)".formatted(episode.shape(), shape));
        }
        if (size == ring.length) {
            ring[oldest] = episode;
            oldest = (oldest + 1) % ring.length;
        } else {
            ring[(oldest + size) % ring.length] = episode;
            size++;
        }
        indexedLength = 0;
    }

    /** Returns the number of episodes held. */
    public int size() {
        return size;
    }

    /** Returns the episode at this place, 0 being the oldest. */
    public Episode get(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index: %d (expected: 0..%d)".formatted(index, size - 1));
        }
        return ring[(oldest + index) % ring.length];
    }

    /** Returns how many windows of this length the buffer holds: the sum of T+L-1. */
    public long windows(int length) {
        indexWindows(length);
        return firstWindows[size];
    }

    /**
     * Draws what one update learns from: {@link ReplaySettings#batch} distinct windows or episodes, uniformly; all of them
     * if there are no more.
     */
    public void sample(ReplaySettings config, RandomGenerator random, WindowSample into) {
        into.clear();
        if (size == 0) {
            return;
        }
        switch (config.sampling()) {
            case WINDOW -> sampleWindows(config.window(), config.batch(), random, into);
            case EPISODE -> sampleEpisodes(config.batch(), random, into);
        }
    }

    private void sampleWindows(int length, int count, RandomGenerator random, WindowSample into) {
        int draws = draw(windows(length), count, random);
        for (int d = 0; d < draws; d++) {
            int found = Arrays.binarySearch(firstWindows, 0, size, drawn[d]);
            int index = found >= 0 ? found : -found - 2;
            int start = (int) (drawn[d] - firstWindows[index]) - (length - 1);
            Episode episode = get(index);
            into.add(episode, Math.max(0, start), Math.min(episode.ticks(), start + length));
        }
    }

    private void sampleEpisodes(int count, RandomGenerator random, WindowSample into) {
        int draws = draw(size, count, random);
        for (int d = 0; d < draws; d++) {
            Episode episode = get((int) drawn[d]);
            into.add(episode, 0, episode.ticks());
        }
    }

    /** Fills {@code drawn} with distinct numbers below the bound, uniformly; with all of them if there are no more. */
    private int draw(long bound, int count, RandomGenerator random) {
        int draws = (int) Math.min(bound, count);
        if (drawn.length < draws) {
            drawn = new long[draws];
        }
        for (int d = 0; d < draws; d++) {
            long candidate = d;
            if (bound > count) {
                do {
                    candidate = random.nextLong(bound);
                } while (contains(drawn, d, candidate));
            }
            drawn[d] = candidate;
        }
        return draws;
    }

    private static boolean contains(long[] values, int count, long value) {
        for (int k = 0; k < count; k++) {
            if (values[k] == value) {
                return true;
            }
        }
        return false;
    }

    private void indexWindows(int length) {
        if (indexedLength == length) {
            return;
        }
        if (firstWindows.length <= size) {
            firstWindows = new long[Math.min(ring.length, 2 * size) + 1];
        }
        firstWindows[0] = 0;
        for (int e = 0; e < size; e++) {
            firstWindows[e + 1] = firstWindows[e] + Window.count(get(e).ticks(), length);
        }
        indexedLength = length;
    }

    /** Writes all episodes, bit-exact. */
    public void save(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int e = 0; e < size; e++) {
            get(e).write(out);
        }
    }

    /** Replaces the episodes by what {@link #save} wrote. */
    public void load(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > ring.length) {
            throw new IOException(
                    "episodes: %d (expected: 0..%d, the capacity of this buffer)".formatted(count, ring.length));
        }
        ArrayDeque<Episode> read = new ArrayDeque<>();
        for (int e = 0; e < count; e++) {
            read.add(Episode.read(shape, in));
        }
        Arrays.fill(ring, null);
        oldest = 0;
        size = 0;
        read.forEach(this::add);
        indexedLength = 0;
    }
}
