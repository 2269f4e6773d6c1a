package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.Episode;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Something that learns from episodes. The training loop in which it lives:
 *
 * <pre>{@code
 * TeamPolicy policy = learner.policy();
 * while (episodes < limit) {
 *     // act with the policy, build the episode
 *     learner.observe(episode);
 *     // every so many ticks, once training has started
 *     learner.update(episodesSinceStart, replay);
 * }
 * }</pre>
 *
 * <p>Deterministic: the same calls with generators in the same states give the same bits. Not thread-safe.
 */
public interface Learner {
    /** Takes a finished episode into the replay buffer. */
    void observe(Episode episode);

    /**
     * Makes one gradient step.
     *
     * @param episodesSinceStart episodes finished since training started, at least 0: what schedules are counted in
     * @param replay draws what is learnt from
     * @return what happened, or empty if there was nothing to learn from yet
     */
    Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay);

    /** Returns the policy that acts with the networks being learnt: it changes with every update. */
    TeamPolicy policy();

    /** Writes all that learning depends on, bit-exact: replay buffer, networks, targets, optimisers, counters. */
    void save(DataOutput out) throws IOException;

    /**
     * Goes back to what {@link #save} wrote, by a learner of the same configuration and team.
     *
     * @throws IOException if it is truncated or another's; the learner is then as it was before
     */
    void load(DataInput in) throws IOException;
}
