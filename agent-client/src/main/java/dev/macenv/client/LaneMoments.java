package dev.macenv.client;

/** Which lane, episode and tick each row of an answer is about. Immutable. */
public final class LaneMoments {

    private final int[] lane;
    private final int[] episode;
    private final int[] tick;

    /** Columns of equal length, copied. */
    public LaneMoments(int[] lane, int[] episode, int[] tick) {
        if (episode.length != lane.length || tick.length != lane.length) {
            throw new IllegalArgumentException("columns: lengths " + lane.length + ", " + episode.length + ", "
                    + tick.length + " (expected: equal)");
        }
        this.lane = lane.clone();
        this.episode = episode.clone();
        this.tick = tick.clone();
    }

    int rows() {
        return lane.length;
    }

    int lane(int r) {
        return lane[r];
    }

    int episode(int r) {
        return episode[r];
    }

    int tick(int r) {
        return tick[r];
    }
}
