package dev.macenv.server.rpc;

import com.google.protobuf.util.Durations;
import dev.macenv.server.session.AbsencePolicy;
import dev.macenv.server.session.FieldProblem;
import dev.macenv.server.session.Invite;
import dev.macenv.server.session.InviteOptions;
import dev.macenv.server.session.JoinRequest;
import dev.macenv.server.session.RefusedException;
import dev.macenv.server.session.Role;
import dev.macenv.server.session.SeatPolicy;
import dev.macenv.server.session.SeatingPlan;
import dev.macenv.server.session.SessionLimits;
import dev.macenv.v1.CreateSessionRequest;
import dev.macenv.v1.SeatAssignment;
import dev.macenv.v1.WatchRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request says about seats, invites, absence and time, checked as far as that needs no environment. */
final class Wishes {
    private static final int LONGEST_REQUEST_ID = 64;

    private Wishes() {}

    static SeatingPlan seating(CreateSessionRequest request, SessionLimits limits, List<FieldProblem> problems) {
        AbsencePolicy absence = absence("absence", request.getAbsence(), problems);
        List<SeatingPlan.Entry> entries = new ArrayList<>();
        for (int i = 0; i < request.getSeatsCount(); i++) {
            dev.macenv.v1.SeatPolicy wish = request.getSeats(i);
            if (wish.getAssignment() == SeatAssignment.UNRECOGNIZED) {
                problems.add(new FieldProblem(
                        "seats[" + i + "].assignment",
                        wish.getAssignmentValue() + " (expected: a value of enum SeatAssignment)"));
            }
            boolean open = wish.getAssignment() == SeatAssignment.SEAT_ASSIGNMENT_OPEN;
            AbsencePolicy own =
                    wish.hasAbsence() ? absence("seats[" + i + "].absence", wish.getAbsence(), problems) : absence;
            entries.add(new SeatingPlan.Entry(
                    wish.getSeat(), new SeatPolicy(open, open && !wish.getOptionalAtStart(), own)));
        }
        if (request.getInvitesCount() > limits.grants()) {
            problems.add(new FieldProblem(
                    "invites", request.getInvitesCount() + " (expected: at most " + limits.grants() + ")"));
            return SeatingPlan.OWNER_ALONE;
        }
        List<InviteOptions> invites = new ArrayList<>();
        for (int i = 0; i < request.getInvitesCount(); i++) {
            invites.add(invite("invites[" + i + "]", request.getInvites(i), problems));
        }
        return new SeatingPlan(entries, absence, invites);
    }

    private static AbsencePolicy absence(String field, dev.macenv.v1.AbsencePolicy wish, List<FieldProblem> problems) {
        AbsencePolicy.Kind kind = switch (wish.getKind()) {
            case ABSENCE_KIND_UNSPECIFIED, ABSENCE_KIND_WAIT -> AbsencePolicy.Kind.WAIT;
            case ABSENCE_KIND_FALLBACK_ACTION -> AbsencePolicy.Kind.FALLBACK_ACTION;
            case ABSENCE_KIND_RANDOM_LEGAL -> AbsencePolicy.Kind.RANDOM_LEGAL;
            case ABSENCE_KIND_TRUNCATE -> AbsencePolicy.Kind.TRUNCATE;
            case UNRECOGNIZED -> {
                problems.add(new FieldProblem(
                        field + ".kind", wish.getKindValue() + " (expected: a value of enum AbsenceKind)"));
                yield AbsencePolicy.Kind.WAIT;
            }
        };
        Optional<Duration> patience =
                wish.hasPatience() ? duration(field + ".patience", wish.getPatience(), problems) : Optional.empty();
        return new AbsencePolicy(kind, wish.getAction(), patience);
    }

    private static InviteOptions invite(String field, dev.macenv.v1.InviteOptions wish, List<FieldProblem> problems) {
        Role role = switch (wish.getRole()) {
            case ROLE_UNSPECIFIED -> wish.getSeatsCount() == 0 ? Role.SPECTATOR : Role.PLAYER;
            case ROLE_PLAYER -> Role.PLAYER;
            case ROLE_SPECTATOR -> Role.SPECTATOR;
            case ROLE_OWNER, UNRECOGNIZED -> {
                problems.add(new FieldProblem(
                        field + ".role", wish.getRoleValue() + " (expected: PLAYER or SPECTATOR of enum Role)"));
                yield wish.getSeatsCount() == 0 ? Role.SPECTATOR : Role.PLAYER;
            }
        };
        return new InviteOptions(wish.getSeatsList(), role, Messages.view(wish.getMaxView()), wish.getMaxUses());
    }

    static JoinRequest join(dev.macenv.v1.JoinRequest request) {
        List<FieldProblem> problems = new ArrayList<>();
        Optional<Role> role = switch (request.getRole()) {
            case ROLE_UNSPECIFIED -> Optional.empty();
            case ROLE_OWNER -> Optional.of(Role.OWNER);
            case ROLE_PLAYER -> Optional.of(Role.PLAYER);
            case ROLE_SPECTATOR -> Optional.of(Role.SPECTATOR);
            case UNRECOGNIZED -> {
                problems.add(new FieldProblem("role", request.getRoleValue() + " (expected: a value of enum Role)"));
                yield Optional.empty();
            }
        };
        Optional<Duration> lease =
                request.hasLease() ? duration("lease", request.getLease(), problems) : Optional.empty();
        checkRequestId(request.getRequestId(), problems);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        return new JoinRequest(
                request.getInvite(),
                request.getSeatsList(),
                role,
                Messages.view(request.getView()),
                request.getRequestId(),
                lease);
    }

    /** The least time between two messages that a spectator wishes for; at most a day. */
    static Duration interval(WatchRequest request) {
        List<FieldProblem> problems = new ArrayList<>();
        Optional<Duration> wish = request.hasMinInterval()
                ? duration("min_interval", request.getMinInterval(), problems)
                : Optional.of(Duration.ZERO);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        Duration longest = Duration.ofDays(1);
        return wish.filter(asked -> asked.compareTo(longest) < 0).orElse(longest);
    }

    /** A request to join, with the invite's number in place of its secret. */
    static dev.macenv.v1.JoinRequest.Builder message(JoinRequest request, List<Invite> invites) {
        dev.macenv.v1.JoinRequest.Builder message = dev.macenv.v1.JoinRequest.newBuilder()
                .addAllSeats(request.seats())
                .setView(Messages.view(request.view()))
                .setRequestId(request.requestId());
        request.role().ifPresent(role -> message.setRole(Messages.role(role)));
        request.lease().ifPresent(lease -> message.setLease(Messages.duration(lease)));
        for (int i = 0; i < invites.size(); i++) {
            if (invites.get(i).token().equals(request.invite())) {
                message.setInvite(Integer.toString(i));
            }
        }
        return message;
    }

    /** The request that {@link #message} wrote. */
    static JoinRequest join(dev.macenv.v1.JoinRequest message, List<Invite> invites) {
        int invite = Integer.parseInt(message.getInvite());
        return join(message.toBuilder().setInvite(invites.get(invite).token()).build());
    }

    /** A positive duration; otherwise a problem. */
    private static Optional<Duration> duration(
            String field, com.google.protobuf.Duration asked, List<FieldProblem> problems) {
        boolean positive = Durations.isValid(asked) && Durations.isPositive(asked);
        if (!positive) {
            problems.add(
                    new FieldProblem(field, "malformed or not positive (expected: a positive Duration, or absent)"));
            return Optional.empty();
        }
        return Optional.of(Duration.ofSeconds(asked.getSeconds(), asked.getNanos()));
    }

    static void requireRequestId(String requestId) {
        List<FieldProblem> problems = new ArrayList<>();
        checkRequestId(requestId, problems);
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
    }

    static void checkRequestId(String requestId, List<FieldProblem> problems) {
        int bytes = requestId.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > LONGEST_REQUEST_ID) {
            problems.add(
                    new FieldProblem("request_id", bytes + " bytes (expected: at most " + LONGEST_REQUEST_ID + ")"));
        }
    }
}
