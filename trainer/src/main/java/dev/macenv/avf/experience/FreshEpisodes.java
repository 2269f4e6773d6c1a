package dev.macenv.avf.experience;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The episodes played since the last update: what an on-policy learner learns from, all of them and once. Not
 * thread-safe.
 */
public final class FreshEpisodes {
    private final TeamShape shape;
    private final List<Episode> episodes = new ArrayList<>();

    /** Makes an empty one for teams of this shape. */
    public FreshEpisodes(TeamShape shape) {
        this.shape = shape;
    }

    /** Adds an episode. */
    public void add(Episode episode) {
        if (!episode.shape().equals(shape)) {
            throw new IllegalArgumentException("episode: %s (expected: %s)".formatted(episode.shape(), shape));
        }
        episodes.add(episode);
    }

    /** Returns the number of episodes held. */
    public int size() {
        return episodes.size();
    }

    /** Hands all episodes over, whole, in the order in which they ended, and forgets them. */
    public void drainTo(WindowSample sample) {
        sample.clear();
        for (Episode episode : episodes) {
            sample.add(episode, 0, episode.ticks());
        }
        episodes.clear();
    }

    /** Writes all episodes, bit-exact. */
    public void save(DataOutput out) throws IOException {
        out.writeInt(episodes.size());
        for (Episode episode : episodes) {
            episode.write(out);
        }
    }

    /** Replaces the episodes by what {@link #save} wrote. */
    public void load(DataInput in) throws IOException {
        int count = in.readInt();
        if (count < 0) {
            throw new IOException("episodes: %d (expected: 0 or more)".formatted(count));
        }
        List<Episode> read = new ArrayList<>();
        for (int e = 0; e < count; e++) {
            read.add(Episode.read(shape, in));
        }
        episodes.clear();
        episodes.addAll(read);
    }
}
