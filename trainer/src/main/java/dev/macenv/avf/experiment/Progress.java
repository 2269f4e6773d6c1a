package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.ExplorationSettings;
import dev.macenv.avf.config.ExperimentSettings;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The counters that Algorithm 1 runs on; all schedules depend on them alone. */
final class Progress implements Checkpoint.Part {

    private long episodes;
    private long ticks;
    private long finishedTicks;
    private long updates;

    /** Finished training episodes. */
    long episodes() {
        return episodes;
    }

    /** Training ticks, all lanes and episodes together. */
    long ticks() {
        return ticks;
    }

    /** Ticks of the finished episodes. */
    long finishedTicks() {
        return finishedTicks;
    }

    /** Finished episodes since so many were; negative before. What schedules count in. */
    double episodesSince(int startEpisodes) {
        return (double) episodes - startEpisodes;
    }

    /** Epsilon now. */
    double epsilon(ExperimentSettings settings) {
        ExplorationSettings exploration = settings.exploration();
        return exploration.epsilon(
                switch (exploration.unit()) {
                    case EPISODES -> episodesSince(settings.training().startEpisodes());
                    case TICKS -> finishedTicks;
                });
    }

    /** Gradient steps. */
    long updates() {
        return updates;
    }

    void episodeFinished(int length) {
        episodes++;
        finishedTicks += length;
    }

    void ticksPassed(int count) {
        ticks += count;
    }

    void updated() {
        updates++;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(episodes);
        out.writeLong(ticks);
        out.writeLong(finishedTicks);
        out.writeLong(updates);
    }

    @Override
    public void load(DataInput in) throws IOException {
        episodes = in.readLong();
        ticks = in.readLong();
        finishedTicks = in.readLong();
        updates = in.readLong();
    }
}
