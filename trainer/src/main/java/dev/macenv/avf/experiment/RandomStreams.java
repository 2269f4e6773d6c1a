package dev.macenv.avf.experiment;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The named random streams of a run.
 *
 * @param environment seeds the training session
 * @param exploration epsilon-greedy choices
 * @param replay what is drawn from the buffer
 * @param initialisation the networks' first parameters
 * @param evaluation seeds evaluation episodes
 */
record RandomStreams(
        RandomStream environment,
        RandomStream exploration,
        RandomStream replay,
        RandomStream initialisation,
        RandomStream evaluation)
        implements Checkpoint.Part {

    /** Splits a run's seed. */
    static RandomStreams of(long seed) {
        return new RandomStreams(
                RandomStream.named(seed, "environment"),
                RandomStream.named(seed, "exploration"),
                RandomStream.named(seed, "replay"),
                RandomStream.named(seed, "initialisation"),
                RandomStream.named(seed, "evaluation"));
    }

    @Override
    public void save(DataOutput out) throws IOException {
        environment.save(out);
        exploration.save(out);
        replay.save(out);
        initialisation.save(out);
        evaluation.save(out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        environment.load(in);
        exploration.load(in);
        replay.load(in);
        initialisation.load(in);
        evaluation.load(in);
    }
}
