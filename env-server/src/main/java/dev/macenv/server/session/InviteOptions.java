package dev.macenv.server.session;

import java.util.List;

/**
 * What an invite allows.
 *
 * @param seats that may be taken with it; empty for spectators
 * @param role {@link Role#PLAYER} or {@link Role#SPECTATOR}
 * @param mostView the most that a grant from it may see
 * @param uses how many grants it gives; 0 for any number
 */
public record InviteOptions(List<Integer> seats, Role role, View mostView, int uses) {
    /** Copies the list. */
    public InviteOptions {
        seats = List.copyOf(seats);
    }
}
