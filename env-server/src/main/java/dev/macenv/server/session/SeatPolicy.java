package dev.macenv.server.session;

/**
 * Who plays a seat.
 *
 * @param open whether it is free for whoever joins; otherwise it is the owner's
 * @param required for an open seat: whether the lanes do not run before somebody has taken it
 * @param absence what happens while its player is silent
 */
public record SeatPolicy(boolean open, boolean required, AbsencePolicy absence) {

    /** Played by the owner of the session. */
    static SeatPolicy owned(AbsencePolicy absence) {
        return new SeatPolicy(false, false, absence);
    }
}
