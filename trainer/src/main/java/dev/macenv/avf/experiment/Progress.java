package dev.macenv.avf.experiment;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The counters that Algorithm 1 runs on; all schedules depend on them alone. */
final class Progress {

    private long episodes;
    private long ticks;
    private long updates;

    /** Finished training episodes. */
    long episodes() {
        return episodes;
    }

    /** Training ticks, all lanes and episodes together. */
    long ticks() {
        return ticks;
    }

    /** Gradient steps. */
    long updates() {
        return updates;
    }

    void episodeFinished() {
        episodes++;
    }

    void ticksPassed(int count) {
        ticks += count;
    }

    void updated() {
        updates++;
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(episodes);
        out.writeLong(ticks);
        out.writeLong(updates);
    }

    void load(DataInput in) throws IOException {
        episodes = in.readLong();
        ticks = in.readLong();
        updates = in.readLong();
    }
}
