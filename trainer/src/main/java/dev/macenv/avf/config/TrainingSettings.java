package dev.macenv.avf.config;

/**
 * How much is trained.
 *
 * @param episodes episodes of the whole run, all lanes together
 * @param startEpisodes episodes to be finished before the first update
 * @param ticksPerUpdate one update per so many ticks, counted over all lanes and episodes
 * @param checkpointEpisodes a checkpoint after every so many episodes, and at the end
 */
public record TrainingSettings(int episodes, int startEpisodes, int ticksPerUpdate, int checkpointEpisodes) {

    /** Checks the ranges. */
    public TrainingSettings {
        Ranges ranges = new Ranges();
        ranges.between("episodes", episodes, 1, Integer.MAX_VALUE);
        ranges.between("startEpisodes", startEpisodes, 0, Integer.MAX_VALUE);
        ranges.between("ticksPerUpdate", ticksPerUpdate, 1, Integer.MAX_VALUE);
        ranges.between("checkpointEpisodes", checkpointEpisodes, 1, Integer.MAX_VALUE);
        ranges.report();
    }
}
