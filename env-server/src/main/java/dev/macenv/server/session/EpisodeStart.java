package dev.macenv.server.session;

/**
 * An episode that began.
 *
 * @param lane which lane
 * @param episode 0-based number of the episode in its lane
 * @param seed the seed that the environment was reset with
 */
public record EpisodeStart(int lane, int episode, long seed) {}
