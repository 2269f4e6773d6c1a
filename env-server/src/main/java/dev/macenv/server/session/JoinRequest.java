package dev.macenv.server.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A request to turn an invite into a grant.
 *
 * @param invite the invite's secret
 * @param seats wanted, among the invite's; empty for all of them that are free
 * @param role empty for what the invite says
 * @param view what to receive, at most what the invite allows
 * @param requestId makes it safe to repeat, and brings a grant back that has lapsed; empty for never mind
 * @param lease empty for the server's default
 */
public record JoinRequest(
        String invite,
        List<Integer> seats,
        Optional<Role> role,
        View view,
        String requestId,
        Optional<Duration> lease) {
    /** Copies the list. */
    public JoinRequest {
        seats = List.copyOf(seats);
    }

    @Override
    public String toString() {
        return "JoinRequest[" + requestId + "]"; // the invite is a secret
    }
}
