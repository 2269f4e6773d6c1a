package dev.macenv.server.session;

import java.util.List;
import java.util.stream.Collectors;

/** Says what is wrong with a step, if anything is, before any of it is taken. Touched by the mailbox of the session only. */
final class DecisionCheck {
    private final Lane[] lanes;
    private final TeamShape shape;
    private final Seating seating;
    private final long[] markedAt; // [lane * n + seat]: the validation that saw this pair, to find duplicates
    private long validation;

    DecisionCheck(Lane[] lanes, TeamShape shape, Seating seating) {
        this.lanes = lanes;
        this.shape = shape;
        this.seating = seating;
        markedAt = new long[lanes.length * shape.agents()];
    }

    /** @throws RefusedException saying what is wrong and how to mend it */
    void validate(Grant grant, Decisions decisions) {
        int rows = decisions.rows();
        requireLength("seat", decisions.seat().length, rows);
        requireLength("action", decisions.action().length, rows);
        if (decisions.paramsLength() != 0) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "params",
                    decisions.paramsLength()
                            + " bytes (expected: 0, no macro-action of this environment has parameters)");
        }
        validation++;
        for (int row = 0; row < rows; row++) {
            validate(grant, decisions, row);
        }
    }

    private static void requireLength(String column, int length, int rows) {
        if (length != rows) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    column,
                    length + " values (expected: " + rows + ", as many as in column lane)");
        }
    }

    private void validate(Grant grant, Decisions decisions, int row) {
        int laneIndex = decisions.lane()[row];
        int seat = decisions.seat()[row];
        int action = decisions.action()[row];
        int agents = shape.agents();
        if (laneIndex < 0 || laneIndex >= lanes.length) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "lane[" + row + "]",
                    Integer.toUnsignedString(laneIndex) + " (expected: 0 .. " + (lanes.length - 1) + ")");
        }
        if (seat < 0 || seat >= agents) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "seat[" + row + "]",
                    Integer.toUnsignedString(seat) + " (expected: 0 .. " + (agents - 1) + ")");
        }
        int pair = laneIndex * agents + seat;
        if (markedAt[pair] == validation) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD,
                    "seat[" + row + "]",
                    "lane " + laneIndex + ", seat " + seat + " for the second time (expected: each pair once)");
        }
        markedAt[pair] = validation;
        if (!grant.holds(seat)) {
            throw new RefusedException(
                            Reason.SEAT_NOT_GRANTED, "seat[" + row + "]: seat " + seat + " is not part of this grant")
                    .with("seat", seat);
        }
        int actions = shape.actionCount(seat);
        if (action < -1 || action >= actions) {
            throw RefusedException.field(
                            Reason.ACTION_OUT_OF_RANGE,
                            "action[" + row + "]",
                            action + " (expected: 0 .. " + (actions - 1) + ", the macro-actions of seat " + seat + ")")
                    .with("lane", laneIndex)
                    .with("seat", seat)
                    .with("action", action)
                    .with("actions", actions);
        }
        validatePhase(lanes[laneIndex], seat, action, row);
    }

    private void validatePhase(Lane lane, int seat, int action, int row) {
        if (!seating.started()) {
            List<Integer> missing = seating.missing();
            throw new RefusedException(
                            Reason.SEATS_MISSING,
                            "the session waits for players of seats " + missing + " (await their joining)")
                    .with("seats", missing.stream().map(String::valueOf).collect(Collectors.joining(",")));
        }
        switch (lane.phase()) {
            case IDLE ->
                throw new RefusedException(
                                Reason.LANE_ENDED,
                                "lane[" + row + "]: the episode of lane " + lane.index() + " is over (Reset it first)")
                        .with("lane", lane.index());
            case FAULTED ->
                throw new RefusedException(
                                Reason.LANE_FAULTED,
                                "lane[" + row + "]: lane " + lane.index() + " is faulted (Reset it first)")
                        .with("lane", lane.index());
            case AWAITING -> {}
        }
        if (!lane.pending(seat)) {
            throw new RefusedException(
                            Reason.SEAT_ONGOING,
                            "seat[" + row + "]: seat " + seat + " of lane " + lane.index()
                                    + " owes no decision, its macro-action goes on (await a row in which it is DONE)")
                    .with("lane", lane.index())
                    .with("seat", seat)
                    .with("since_tick", lane.sinceTick(seat));
        }
        if (action == -1) {
            if (seating.policy(seat).absence().choosesActions()) {
                return;
            }
            throw new RefusedException(
                            Reason.NO_FALLBACK,
                            "action[" + row + "]: -1, but the absence policy of seat " + seat
                                    + " names no fallback (choose a macro-action)")
                    .with("lane", lane.index())
                    .with("seat", seat);
        }
        if (!lane.legal(seat, action)) {
            throw new RefusedException(
                            Reason.ACTION_ILLEGAL,
                            "action[" + row + "]: macro-action " + action + " of seat " + seat + " in lane "
                                    + lane.index() + " cannot begin now (choose one whose byte in the legal mask is 1)")
                    .with("lane", lane.index())
                    .with("seat", seat)
                    .with("action", action);
        }
    }
}
