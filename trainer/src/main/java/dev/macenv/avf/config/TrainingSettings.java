package dev.macenv.avf.config;

import dev.macenv.avf.algorithm.ProgressUnit;

/**
 * How much is trained.
 *
 * @param episodes episodes of the whole run, all lanes together; a {@link Rollout#BATCH} that has begun is finished
 * @param startEpisodes episodes to be finished before the first update
 * @param updateEvery one update per so many units, at least 1
 * @param updateUnit what {@code updateEvery} counts, over all lanes and episodes
 * @param updateMoment when updates that fell due are made; {@link Rollout#BATCH} needs BEFORE_DECISIONS
 * @param rollout how the lanes are played; {@link Rollout#BATCH} needs {@code updateUnit} EPISODES
 * @param checkpointEpisodes a checkpoint after every so many episodes, and at the end
 */
public record TrainingSettings(
        int episodes,
        int startEpisodes,
        int updateEvery,
        ProgressUnit updateUnit,
        UpdateMoment updateMoment,
        Rollout rollout,
        int checkpointEpisodes) {

    /** Checks the ranges. */
    public TrainingSettings {
        Ranges ranges = new Ranges();
        ranges.between("episodes", episodes, 1, Integer.MAX_VALUE);
        ranges.between("startEpisodes", startEpisodes, 0, Integer.MAX_VALUE);
        ranges.between("updateEvery", updateEvery, 1, Integer.MAX_VALUE);
        ranges.between("checkpointEpisodes", checkpointEpisodes, 1, Integer.MAX_VALUE);
        if (rollout == Rollout.BATCH && updateUnit != ProgressUnit.EPISODES) {
            ranges.complain("updateUnit: " + updateUnit + " with rollout BATCH (expected: EPISODES)");
        }
        if (rollout == Rollout.BATCH && updateMoment != UpdateMoment.BEFORE_DECISIONS) {
            ranges.complain("updateMoment: " + updateMoment + " with rollout BATCH (expected: BEFORE_DECISIONS)");
        }
        ranges.report();
    }
}
