package dev.macenv.avf.experience;

import dev.macenv.avf.experience.ReplaySettings.Sampling;
import dev.macenv.avf.experience.ReplaySettings.Unit;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.function.IntFunction;
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

    private final Index all = new Index();
    private final Index best = new Index();
    private Episode[] ranking = {}; // [size] by return, the best first; the newest first among equals
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
            unrank(ring[oldest]);
            ring[oldest] = episode;
            oldest = (oldest + 1) % ring.length;
        } else {
            ring[(oldest + size) % ring.length] = episode;
            size++;
        }
        rank(episode);
        all.forget();
        best.forget();
    }

    private void rank(Episode episode) {
        if (ranking.length < size) {
            ranking = Arrays.copyOf(ranking, Math.min(ring.length, 2 * size));
        }
        int place = 0;
        while (place < size - 1 && ranking[place].undiscountedReturn() > episode.undiscountedReturn()) {
            place++;
        }
        System.arraycopy(ranking, place, ranking, place + 1, size - 1 - place);
        ranking[place] = episode;
    }

    /** Takes an episode out of the ranking, whose last place is free then. */
    private void unrank(Episode episode) {
        int place = 0;
        while (ranking[place] != episode) {
            place++;
        }
        System.arraycopy(ranking, place + 1, ranking, place, size - 1 - place);
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

    /** Returns how many windows of this length, in ticks, the buffer holds: the sum of T+L-1. */
    public long windows(int length) {
        all.count(size, this::get, length, Unit.TICKS);
        return all.windows();
    }

    /**
     * Draws what one update learns from: {@link ReplaySettings#batch} distinct windows or episodes, uniformly; all of them
     * if there are no more. With {@link ReplaySettings#balance} two such draws, the first from the best episodes.
     */
    public void sample(ReplaySettings config, RandomGenerator random, WindowSample into) {
        into.clear();
        if (size == 0) {
            return;
        }
        int fromBest = (int) Math.round(config.balance().share() * config.batch());
        if (fromBest > 0) {
            int episodes = Math.max(1, (int) (config.balance().best() * size));
            sample(config, best, episodes, index -> ranking[index], fromBest, random, into);
        }
        if (fromBest < config.batch()) {
            sample(config, all, size, this::get, config.batch() - fromBest, random, into);
        }
    }

    private void sample(
            ReplaySettings config,
            Index index,
            int episodes,
            IntFunction<Episode> from,
            int count,
            RandomGenerator random,
            WindowSample into) {
        if (config.sampling() == Sampling.EPISODE) {
            int draws = draw(episodes, count, random);
            for (int d = 0; d < draws; d++) {
                Episode episode = from.apply((int) drawn[d]);
                into.add(episode, 0, episode.ticks());
            }
            return;
        }
        index.count(episodes, from, config.window(), config.unit());
        int draws = draw(index.windows(), count, random);
        for (int d = 0; d < draws; d++) {
            int found = index.episodeOf(drawn[d]);
            addWindow(from.apply(found), config, (int) (drawn[d] - index.first(found)), into);
        }
    }

    /** Adds the window with this number, of those that an episode owns: the first covers the first tick, or row, alone. */
    private static void addWindow(Episode episode, ReplaySettings config, int number, WindowSample into) {
        int start = number - (config.window() - 1);
        if (config.unit() == Unit.TICKS) {
            into.add(episode, Math.max(0, start), Math.min(episode.ticks(), start + config.window()));
        } else {
            int end = Math.min(episode.jointRows(), start + config.window());
            into.add(episode, episode.jointEndTick(Math.max(0, start) - 1), episode.jointEndTick(end - 1));
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

    /** How many windows some episodes own, and where those of each begin when they are counted through. */
    private static final class Index {
        private long[] firsts = new long[1]; // [e] number of windows owned by the episodes before e
        private int episodes;
        private int length; // that firsts is valid for, 0 for none
        private Unit unit = Unit.TICKS;

        void forget() {
            length = 0;
        }

        void count(int count, IntFunction<Episode> from, int windowLength, Unit windowUnit) {
            if (length == windowLength && unit == windowUnit && episodes == count) {
                return;
            }
            if (firsts.length <= count) {
                firsts = new long[2 * count + 1];
            }
            firsts[0] = 0;
            for (int e = 0; e < count; e++) {
                Episode episode = from.apply(e);
                int units = windowUnit == Unit.TICKS ? episode.ticks() : episode.jointRows();
                firsts[e + 1] = firsts[e] + (units == 0 ? 0 : Window.count(units, windowLength));
            }
            episodes = count;
            length = windowLength;
            unit = windowUnit;
        }

        long windows() {
            return firsts[episodes];
        }

        long first(int episode) {
            return firsts[episode];
        }

        /** The episode that owns the window with this number; those without windows own none. */
        int episodeOf(long window) {
            int found = Arrays.binarySearch(firsts, 0, episodes, window);
            int episode = found >= 0 ? found : -found - 2;
            while (firsts[episode + 1] <= window) {
                episode++;
            }
            return episode;
        }
    }

    /** Writes all episodes, bit-exact. */
    public void save(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int e = 0; e < size; e++) {
            get(e).write(out);
        }
    }

    /**
     * Replaces the episodes by what {@link #save} wrote.
     *
     * @throws IOException if that cannot be read; the buffer is then as it was
     */
    public void load(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0 || count > ring.length) {
            throw new IOException(
                    "episodes: %d (expected: 0..%d, the capacity of this buffer)".formatted(count, ring.length));
        }
        ArrayDeque<Episode> read = new ArrayDeque<>();
        for (int e = 0; e < count; e++) {
            try {
                read.add(Episode.read(shape, in));
            } catch (IllegalArgumentException | IndexOutOfBoundsException | NegativeArraySizeException damage) {
                throw new IOException(
                        "episode %d: damaged, %s (expected: what save wrote)".formatted(e, damage), damage);
            }
        }
        Arrays.fill(ring, null);
        oldest = 0;
        size = 0;
        read.forEach(this::add);
    }
}
