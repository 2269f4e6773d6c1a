package dev.macenv.server.session;

/**
 * A lane that was saved.
 *
 * @param bytes the snapshot; empty if it is kept here
 * @param id what it is kept under; empty if it is not
 * @param moment where the lane stood
 */
public record SavedLane(byte[] bytes, String id, LaneMoment moment) {}
