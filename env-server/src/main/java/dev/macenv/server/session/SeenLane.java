package dev.macenv.server.session;

import dev.macenv.env.render.Frame;

/**
 * What there is to see of a lane.
 *
 * @param frame to be drawn, by any thread
 * @param moment where the lane stands
 */
public record SeenLane(Frame frame, LaneMoment moment) {}
