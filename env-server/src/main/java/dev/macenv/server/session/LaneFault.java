package dev.macenv.server.session;

/**
 * A lane whose environment misbehaved.
 *
 * @param lane which lane
 * @param episode the episode that was lost
 * @param tick the last good tick
 * @param message what happened, without a stack trace
 * @param trace finds the stack trace in the server's log
 */
public record LaneFault(int lane, int episode, int tick, String message, String trace) {}
