package dev.macenv.server.session;

/**
 * An episode that ended.
 *
 * @param lane which lane
 * @param episode 0-based number of the episode in its lane
 * @param seed the seed that the environment was reset with
 * @param ticks its length
 * @param decisions macro-actions begun, over all agents
 * @param totalReward undiscounted sum of the rewards
 * @param discountedReward sum of gamma^t r_t over all ticks, t = 0 being the first
 */
public record EpisodeSummary(
        int lane, int episode, long seed, int ticks, int decisions, double totalReward, double discountedReward) {}
