package dev.macenv.client;

/**
 * A lane whose environment failed.
 *
 * @param lane the lane
 * @param episode the episode that is lost
 * @param tick the last good tick
 * @param message what went wrong
 * @param trace finds the failure in the server's log; may be empty
 */
public record LaneFault(int lane, int episode, int tick, String message, String trace) {}
