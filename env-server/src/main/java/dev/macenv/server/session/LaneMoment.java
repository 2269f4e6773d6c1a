package dev.macenv.server.session;

/**
 * A moment in the life of a lane.
 *
 * @param episode which episode
 * @param tick ticks since it began
 */
public record LaneMoment(int episode, int tick) {
    static final LaneMoment NONE = new LaneMoment(0, 0);
}
