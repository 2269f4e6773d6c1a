package dev.macenv.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The place wanted in a session of somebody else. The server checks it.
 *
 * @param invite what the session's owner has handed over
 * @param seats wanted, among the invite's; empty for all of them that are free
 * @param view what to receive, at most what the invite allows
 * @param requestId a name for this place: joining again with the same one, from whatever process, comes back to it
 * @param lease how long the place is kept through silence; empty for the server's default
 */
public record JoinOptions(Invite invite, List<Integer> seats, View view, String requestId, Optional<Duration> lease) {

    /** Copies the list. */
    public JoinOptions {
        seats = List.copyOf(seats);
    }

    /** All free seats of the invite, the ordinary view, a new place. */
    public static JoinOptions of(Invite invite) {
        return new JoinOptions(
                invite, List.of(), View.ordinary(), UUID.randomUUID().toString(), Optional.empty());
    }

    /** The same with these {@link #seats}. */
    public JoinOptions withSeats(Integer... values) {
        return new JoinOptions(invite, List.of(values), view, requestId, lease);
    }

    /** The same with another {@link #view}. */
    public JoinOptions withView(View value) {
        return new JoinOptions(invite, seats, value, requestId, lease);
    }

    /** The same with this {@link #requestId}. */
    public JoinOptions withRequestId(String value) {
        return new JoinOptions(invite, seats, view, value, lease);
    }

    /** The same with this {@link #lease}. */
    public JoinOptions withLease(Duration value) {
        return new JoinOptions(invite, seats, view, requestId, Optional.of(value));
    }
}
