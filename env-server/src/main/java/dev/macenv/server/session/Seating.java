package dev.macenv.server.session;

import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who sits where: the policies of the seats, the invites, and the grants that hold seats or watch.
 *
 * <p>Touched by the mailbox of the session only, except {@link #find} and {@link #hasGivenBack}.
 */
final class Seating {
    private static final int REMEMBERED_RETURNS = 1024;

    private final SeatPolicy[] policies;
    private final @Nullable Grant[] holders;
    private final List<Invite> invites = new ArrayList<>();
    private final Map<String, Joined> joins = new HashMap<>();
    private final Map<String, Grant> byToken = new ConcurrentHashMap<>(); // under the tokens' digests
    private final Map<String, Boolean> givenBack = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_RETURNS;
        }
    };
    private volatile List<Grant> players = List.of(); // grants that may step, in the order in which they came
    private volatile boolean started;
    private final boolean decidesForAbsent;

    private record Joined(JoinRequest request, Grant grant) {}

    Seating(SeatPolicy[] policies) {
        this.policies = policies.clone();
        holders = new Grant[policies.length];
        decidesForAbsent =
                Arrays.stream(policies).anyMatch(policy -> policy.absence().kind() != AbsencePolicy.Kind.WAIT);
        started = missing().isEmpty();
    }

    // ------------------------------------------------------------------------------------------------ seats

    SeatPolicy policy(int seat) {
        return policies[seat];
    }

    /** Whether there is a seat for which the server decides while its player is absent. */
    boolean decidesForAbsent() {
        return decidesForAbsent;
    }

    /** The grant that has the seat, be it lapsed or not; null if nobody has it. */
    @Nullable
    Grant holder(int seat) {
        return holders[seat];
    }

    /** Seats that the owner plays. */
    boolean[] ownersSeats() {
        boolean[] seats = new boolean[policies.length];
        for (int seat = 0; seat < seats.length; seat++) {
            seats[seat] = !policies[seat].open();
        }
        return seats;
    }

    /** Whether all required seats have been held together; from then on absence is a matter of the policies. */
    boolean started() {
        return started;
    }

    /** Required seats that nobody holds. */
    List<Integer> missing() {
        List<Integer> missing = new ArrayList<>();
        for (int seat = 0; seat < policies.length; seat++) {
            if (policies[seat].required() && holders[seat] == null) {
                missing.add(seat);
            }
        }
        return missing;
    }

    // ------------------------------------------------------------------------------------------------ grants

    /** All grants that may step. */
    List<Grant> players() {
        return players;
    }

    /** All grants. */
    List<Grant> grants() {
        return List.copyOf(byToken.values());
    }

    /** What the tokens of all grants are found by. */
    Set<String> digests() {
        return Set.copyOf(byToken.keySet());
    }

    int count() {
        return byToken.size();
    }

    List<Invite> invites() {
        return invites;
    }

    void issue(Invite invite) {
        invites.add(invite);
    }

    /** The grant with this token; null if there is none. May be called from anywhere. */
    @Nullable
    Grant find(String token) {
        return byToken.get(Tokens.digest(token)); // the time it takes tells something about the digest alone
    }

    /** Whether a grant with this token has been given back, lately. May be called from anywhere. */
    boolean hasGivenBack(String token) {
        synchronized (givenBack) {
            return givenBack.containsKey(Tokens.digest(token));
        }
    }

    void add(Grant grant) {
        byToken.put(Tokens.digest(grant.token()), grant);
        if (grant.role() != Role.SPECTATOR) {
            List<Grant> more = new ArrayList<>(players);
            more.add(grant);
            players = List.copyOf(more);
        }
        for (int seat : grant.seats()) {
            holders[seat] = grant;
        }
        started |= missing().isEmpty();
    }

    /** Somebody had a grant with this token, and gave it back. */
    void hadGivenBack(String token) {
        synchronized (givenBack) {
            givenBack.put(Tokens.digest(token), true);
        }
    }

    /** The seats of the grant are free again, and its token is worth nothing. */
    void remove(Grant grant) {
        if (byToken.remove(Tokens.digest(grant.token())) == null) {
            return; // given back twice; others may have its seats by now
        }
        hadGivenBack(grant.token());
        players = players.stream().filter(other -> other != grant).toList();
        joins.values().removeIf(joined -> joined.grant() == grant);
        for (int seat : grant.seats()) {
            holders[seat] = null;
        }
    }

    // ------------------------------------------------------------------------------------------------ joining

    /** The grant that the same request obtained before; null if there is none. */
    @Nullable
    Grant joinedBefore(JoinRequest request) {
        Joined before = request.requestId().isEmpty() ? null : joins.get(request.requestId());
        if (before == null) {
            return null;
        }
        if (!before.request().equals(request)) {
            throw new RefusedException(
                            Reason.REQUEST_ID_REUSED,
                            "request_id: " + request.requestId() + " was used by a request with other content")
                    .with("request_id", request.requestId());
        }
        return before.grant();
    }

    void remember(JoinRequest request, Grant grant) {
        if (!request.requestId().isEmpty()) {
            joins.put(request.requestId(), new Joined(request, grant));
        }
    }

    /** Writes who may join again, and what has happened to the seats beside the grants. */
    void save(SnapshotWriter out) {
        out.putBoolean(started);
        invites.forEach(invite -> out.putInt(invite.used()));
        out.putInt(joins.size());
        joins.values().forEach(joined -> {
            SavedSession.put(out, joined.request(), invites);
            out.putInt(joined.grant().number());
        });
    }

    /** @param byNumber the grants that there are */
    void load(SnapshotReader in, Map<Integer, Grant> byNumber) {
        started = in.getBoolean();
        invites.forEach(invite -> invite.used(in.getInt()));
        for (int left = in.getInt(); left > 0; left--) {
            JoinRequest request = SavedSession.joinRequest(in, invites);
            Grant grant = byNumber.get(in.getInt());
            if (grant == null) {
                throw SavedSession.corrupt("somebody joined whose grant is not there");
            }
            remember(request, grant);
        }
    }

    /** The invite with this token; null if there is none. */
    @Nullable
    Invite invite(String token) {
        Invite found = null;
        for (Invite invite : invites) {
            if (Tokens.equal(invite.token(), token)) {
                found = invite;
            }
        }
        return found;
    }

    /** The role asked for, as far as the invite allows it. */
    static Role role(JoinRequest request, Invite invite) {
        Role asked = request.role().orElse(invite.options().role());
        if (asked == Role.OWNER || (asked == Role.PLAYER && invite.options().role() == Role.SPECTATOR)) {
            throw new RefusedException(
                            Reason.SEAT_NOT_GRANTED,
                            "role: " + asked + " (this invite is for a "
                                    + invite.options().role() + ")")
                    .with("role", asked);
        }
        return asked;
    }

    /**
     * The seats asked for, as far as the invite allows them and nobody is there to hold them.
     *
     * @return per seat, whether the grant is to have it
     */
    boolean[] seats(JoinRequest request, Role role, Invite invite) {
        boolean[] wanted = new boolean[policies.length];
        List<FieldProblem> problems = new ArrayList<>();
        for (int i = 0; i < request.seats().size(); i++) {
            int seat = request.seats().get(i);
            String field = "seats[" + i + "]";
            if (role == Role.SPECTATOR) {
                problems.add(new FieldProblem(field, seat + " (expected: no seats for a SPECTATOR)"));
            } else if (seat < 0 || seat >= wanted.length) {
                problems.add(new FieldProblem(
                        field, Integer.toUnsignedString(seat) + " (expected: 0 .. " + (wanted.length - 1) + ")"));
            } else if (wanted[seat]) {
                problems.add(new FieldProblem(field, seat + " for the second time (expected: each seat once)"));
            } else {
                wanted[seat] = true;
            }
        }
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        if (role == Role.SPECTATOR) {
            return wanted;
        }
        if (!request.seats().isEmpty()) {
            requireAllowed(wanted, invite);
            return wanted;
        }
        return freeSeats(invite);
    }

    private void requireAllowed(boolean[] wanted, Invite invite) {
        for (int seat = 0; seat < wanted.length; seat++) {
            if (wanted[seat] && !invite.options().seats().contains(seat)) {
                throw new RefusedException(Reason.SEAT_NOT_GRANTED, "seat " + seat + " is not part of this invite")
                        .with("seat", seat);
            }
        }
        for (int seat = 0; seat < wanted.length; seat++) {
            if (wanted[seat] && taken(seat)) {
                throw seatTaken(seat);
            }
        }
    }

    private boolean[] freeSeats(Invite invite) {
        boolean[] free = new boolean[policies.length];
        boolean any = false;
        for (int seat : invite.options().seats()) {
            free[seat] = !taken(seat);
            any |= free[seat];
        }
        if (!any) {
            throw seatTaken(invite.options().seats().get(0));
        }
        return free;
    }

    private boolean taken(int seat) {
        Grant holder = holders[seat];
        return holder != null && !holder.lapsed();
    }

    private RefusedException seatTaken(int seat) {
        RefusedException taken = new RefusedException(
                        Reason.SEAT_TAKEN, "seat " + seat + " is held by another grant (wait for its lease to run out)")
                .with("seat", seat);
        Grant holder = holders[seat];
        return holder == null ? taken : taken.withRetryAfter(holder.leaseRemaining());
    }

    /** The view asked for, as far as the invite allows it. */
    static View view(JoinRequest request, Invite invite) {
        View asked = request.view();
        View most = invite.options().mostView();
        requireAllowed("state", asked.state(), most.state());
        requireAllowed("macro_state", asked.macroState(), most.macroState());
        requireAllowed("other_agents", asked.otherAgents(), most.otherAgents());
        requireAllowed("render", asked.render(), most.render());
        // Of the grant's own seats everybody may know the macro-actions, which it has chosen, and the rewards.
        requireAllowed("current_actions", asked.currentActions() && asked.otherAgents(), most.currentActions());
        return asked;
    }

    private static void requireAllowed(String field, boolean asked, boolean allowed) {
        if (asked && !allowed) {
            throw new RefusedException(Reason.SEAT_NOT_GRANTED, "view." + field + " is more than this invite allows")
                    .with("view", field);
        }
    }
}
