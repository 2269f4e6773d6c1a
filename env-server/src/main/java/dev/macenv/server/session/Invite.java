package dev.macenv.server.session;

/** An issued invite: a secret that {@link Seating} turns into grants. Touched by the mailbox of the session only. */
public final class Invite {
    private final String token;
    private final InviteOptions options;
    private int used;

    Invite(String token, InviteOptions options) {
        this.token = token;
        this.options = options;
    }

    /** The secret; belongs in no log. */
    public String token() {
        return token;
    }

    public InviteOptions options() {
        return options;
    }

    boolean usedUp() {
        return options.uses() != 0 && used >= options.uses();
    }

    void use() {
        used++;
    }

    int used() {
        return used;
    }

    void used(int times) {
        used = times;
    }
}
