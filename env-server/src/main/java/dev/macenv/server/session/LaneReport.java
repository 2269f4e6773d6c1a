package dev.macenv.server.session;

import java.util.List;

/**
 * Where one lane stands.
 *
 * @param lane which lane
 * @param state where it stands
 * @param episode the current episode, or the last one
 * @param tick ticks since it began
 * @param pending seats that owe a decision, ascending
 * @param laneSeed the lane's seed
 * @param episodeSeed the episode's seed
 */
public record LaneReport(
        int lane, LaneState state, int episode, int tick, List<Integer> pending, long laneSeed, long episodeSeed) {}
