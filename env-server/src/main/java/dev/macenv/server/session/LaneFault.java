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
public record LaneFault(int lane, int episode, int tick, String message, String trace) {

    /** The same for a reader who may not see everything, since messages of environments name values of observations and states. */
    LaneFault withoutParticulars() {
        return new LaneFault(
                lane, episode, tick, "the environment failed (whoever runs the server finds the trace)", trace);
    }
}
