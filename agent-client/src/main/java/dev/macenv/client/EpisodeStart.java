package dev.macenv.client;

/**
 * An episode that began.
 *
 * @param lane its lane
 * @param episode its number in the lane
 * @param seed the seed the environment was reset with
 */
public record EpisodeStart(int lane, int episode, long seed) {}
