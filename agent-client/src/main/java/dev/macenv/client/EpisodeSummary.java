package dev.macenv.client;

import java.util.Map;

/**
 * An episode that ended.
 *
 * @param lane its lane
 * @param episode its number in the lane
 * @param seed the seed the environment was reset with
 * @param ticks its length
 * @param decisions macro-actions begun by all agents together
 * @param totalReward undiscounted sum of the rewards of all ticks
 * @param discountedReward sum of gamma^t r_t
 * @param metrics figures that the environment adds
 */
public record EpisodeSummary(
        int lane,
        int episode,
        long seed,
        int ticks,
        int decisions,
        double totalReward,
        double discountedReward,
        Map<String, Double> metrics) {

    /** Copies the map. */
    public EpisodeSummary {
        metrics = Map.copyOf(metrics);
    }
}
