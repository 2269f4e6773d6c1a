package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who is to play which seat, as a request names it; {@link #policies} and {@link #invitesToIssue} make it whole once the
 * number of seats is known.
 *
 * @param entries at most one for a seat; the other seats are the owner's
 * @param absence for seats without an entry
 * @param invites to issue; empty for one invite for each open seat
 */
public record SeatingPlan(List<Entry> entries, AbsencePolicy absence, List<InviteOptions> invites) {

    /** All seats are the owner's, who is waited for. */
    public static final SeatingPlan OWNER_ALONE = new SeatingPlan(List.of(), AbsencePolicy.WAIT, List.of());

    /** Copies the lists. */
    public SeatingPlan {
        entries = List.copyOf(entries);
        invites = List.copyOf(invites);
    }

    /** The policy of one seat. */
    public record Entry(int seat, SeatPolicy policy) {}

    /**
     * One policy for each seat of a team.
     *
     * @throws RefusedException naming every field that does not fit the team
     */
    SeatPolicy[] policies(TeamShape shape) {
        List<FieldProblem> problems = new ArrayList<>();
        SeatPolicy[] policies = new SeatPolicy[shape.agents()];
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            int seat = entry.seat();
            if (seat < 0 || seat >= policies.length) {
                problems.add(outOfRange("seats[" + i + "].seat", seat, policies.length));
            } else if (policies[seat] != null) {
                problems.add(new FieldProblem(
                        "seats[" + i + "].seat", seat + " for the second time (expected: each seat once)"));
            } else {
                policies[seat] = entry.policy();
                checkAction("seats[" + i + "].absence.action", entry.policy().absence(), shape, seat, problems);
            }
        }
        boolean checked = false;
        for (int seat = 0; seat < policies.length; seat++) {
            if (policies[seat] == null) {
                policies[seat] = SeatPolicy.owned(absence);
                if (!checked) {
                    int before = problems.size();
                    checkAction("absence.action", absence, shape, seat, problems);
                    checked = problems.size() > before;
                }
            }
        }
        checkInvites(policies, problems);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        return policies;
    }

    private static FieldProblem outOfRange(String field, int seat, int seats) {
        return new FieldProblem(field, Integer.toUnsignedString(seat) + " (expected: 0 .. " + (seats - 1) + ")");
    }

    private static void checkAction(
            String field, AbsencePolicy policy, TeamShape shape, int seat, List<FieldProblem> problems) {
        int actions = shape.actionCount(seat);
        boolean inRange = policy.action() >= 0 && policy.action() < actions;
        if (policy.kind() == AbsencePolicy.Kind.FALLBACK_ACTION && !inRange) {
            problems.add(new FieldProblem(
                    field,
                    Integer.toUnsignedString(policy.action()) + " (expected: 0 .. " + (actions - 1)
                            + ", the macro-actions of seat " + seat + ")"));
        }
    }

    private void checkInvites(SeatPolicy[] policies, List<FieldProblem> problems) {
        for (int i = 0; i < invites.size(); i++) {
            InviteOptions invite = invites.get(i);
            Set<Integer> seen = new HashSet<>();
            for (int j = 0; j < invite.seats().size(); j++) {
                String field = "invites[" + i + "].seats[" + j + "]";
                int seat = invite.seats().get(j);
                if (seat < 0 || seat >= policies.length) {
                    problems.add(outOfRange(field, seat, policies.length));
                } else if (!policies[seat].open()) {
                    problems.add(new FieldProblem(
                            field, seat + " is the owner's (expected: a seat that `seats` leaves OPEN)"));
                } else if (!seen.add(seat)) {
                    problems.add(new FieldProblem(field, seat + " for the second time (expected: each seat once)"));
                }
            }
            if ((invite.role() == Role.PLAYER) == invite.seats().isEmpty()) {
                problems.add(new FieldProblem(
                        "invites[" + i + "].seats",
                        invite.seats().size() + " seats for a " + invite.role()
                                + " (expected: some for a PLAYER, none for a SPECTATOR)"));
            }
        }
    }

    /** The invites asked for; by default one for each open seat, ascending by seat, single use, without privileges. */
    List<InviteOptions> invitesToIssue() {
        if (!invites.isEmpty()) {
            return invites;
        }
        TreeMap<Integer, InviteOptions> one = new TreeMap<>();
        for (Entry entry : entries) {
            if (entry.policy().open()) {
                one.put(entry.seat(), new InviteOptions(List.of(entry.seat()), Role.PLAYER, View.PLAIN, 1));
            }
        }
        return List.copyOf(one.values());
    }
}
