package dev.macenv.avf.experiment;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The first so many episodes that end when all lanes begin together and each goes from episode to episode.
 *
 * <p>Who ends first is decided by the lanes' own clocks, the ticks since they began together, and between equals by the lower lane:
 * exactly as if all lanes were stepped tick by tick side by side. Rows arrive in another order, since one row may span one tick and
 * the next one fifty. So a lane plays on as long as it could still end an episode in time, and no longer.
 */
final class EpisodeBatch {

    private record Entry(long tick, int lane, FinishedEpisode episode) {}

    private static final Comparator<Entry> BY_END =
            Comparator.comparingLong(Entry::tick).thenComparingInt(Entry::lane);

    private final int size;
    private final long[] clocks; // [lane] ticks since the lanes began together
    private final List<Entry> ended = new ArrayList<>();
    private long lastTick = Long.MAX_VALUE; // at which the last episode of the batch ends, as far as is known

    /**
     * @param lanes how many lanes play
     * @param size how many episodes are wanted
     */
    EpisodeBatch(int lanes, int size) {
        this.clocks = new long[lanes];
        this.size = size;
    }

    /** A lane has come this many ticks further. */
    void pass(int lane, int ticks) {
        clocks[lane] += ticks;
    }

    /** A lane's episode has ended, at the lane's present tick. */
    void add(int lane, FinishedEpisode episode) {
        ended.add(new Entry(clocks[lane], lane, episode));
        if (ended.size() >= size) {
            ended.sort(BY_END);
            lastTick = ended.get(size - 1).tick();
        }
    }

    /** Whether this lane might yet end an episode that belongs to the batch. */
    boolean needs(int lane) {
        return clocks[lane] < lastTick;
    }

    /** Whether the batch is known. */
    boolean complete() {
        for (int lane = 0; lane < clocks.length; lane++) {
            if (needs(lane)) {
                return false;
            }
        }
        return true;
    }

    /** The episodes of a complete batch, in the order of their ends. */
    List<FinishedEpisode> episodes() {
        return ended.subList(0, size).stream().map(Entry::episode).toList();
    }
}
