package dev.macenv.client;

import java.util.List;

/**
 * A secret that makes another program a player of a session, see {@link EnvironmentClient#join}. {@link #toString} leaves it
 * out.
 *
 * @param session name of the session
 * @param token the secret
 * @param seats that may be taken with it
 */
public record Invite(String session, String token, List<Integer> seats) {

    /** Copies the list. */
    public Invite {
        seats = List.copyOf(seats);
    }

    @Override
    public String toString() {
        return "Invite[" + session + ", seats " + seats + "]";
    }
}
