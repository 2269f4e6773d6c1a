package dev.macenv.server.session;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Says what is wrong with a step, if anything is, before any of it is taken. Touched by the mailbox of the session only. */
final class DecisionCheck {
    /** A request that is wrong throughout is not answered by something as large. */
    private static final int MOST_PROBLEMS = 16;

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
        List<FieldProblem> problems = columns(decisions);
        if (problems.isEmpty()) {
            problems = pairs(decisions);
        }
        if (!problems.isEmpty()) {
            throw RefusedException.fields(problems);
        }
        for (int row = 0; row < rows; row++) {
            validate(grant, decisions, row);
        }
    }

    private static List<FieldProblem> columns(Decisions decisions) {
        int rows = decisions.rows();
        if (decisions.seat().length == rows && decisions.action().length == rows && decisions.paramsLength() == 0) {
            return List.of();
        }
        List<FieldProblem> problems = new ArrayList<>();
        requireLength("seat", decisions.seat().length, rows, problems);
        requireLength("action", decisions.action().length, rows, problems);
        if (decisions.paramsLength() != 0) {
            problems.add(new FieldProblem(
                    "params",
                    decisions.paramsLength()
                            + " bytes (expected: 0, no macro-action of this environment has parameters)"));
        }
        return problems;
    }

    private static void requireLength(String column, int length, int rows, List<FieldProblem> problems) {
        if (length != rows) {
            problems.add(
                    new FieldProblem(column, length + " values (expected: " + rows + ", as many as in column lane)"));
        }
    }

    /** Rows that name no lane, no seat, or a pair again; the first few of them. */
    private List<FieldProblem> pairs(Decisions decisions) {
        List<FieldProblem> problems = List.of();
        int agents = shape.agents();
        validation++;
        for (int row = 0; row < decisions.rows() && problems.size() < MOST_PROBLEMS; row++) {
            int lane = decisions.lane()[row];
            int seat = decisions.seat()[row];
            boolean laneThere = lane >= 0 && lane < lanes.length;
            boolean seatThere = seat >= 0 && seat < agents;
            if (!laneThere) {
                problems = with(problems, "lane[" + row + "]", outside(lane, lanes.length));
            }
            if (!seatThere) {
                problems = with(problems, "seat[" + row + "]", outside(seat, agents));
            }
            if (laneThere && seatThere) {
                int pair = lane * agents + seat;
                if (markedAt[pair] == validation) {
                    String twice =
                            "lane " + lane + ", seat " + seat + " for the second time (expected: each pair once)";
                    problems = with(problems, "seat[" + row + "]", twice);
                }
                markedAt[pair] = validation;
            }
        }
        return problems;
    }

    private static String outside(int value, int bound) {
        return Integer.toUnsignedString(value) + " (expected: 0 .. " + (bound - 1) + ")";
    }

    /** A list is made only where something is wrong. */
    private static List<FieldProblem> with(List<FieldProblem> problems, String field, String description) {
        List<FieldProblem> more = problems.isEmpty() ? new ArrayList<>() : problems;
        more.add(new FieldProblem(field, description));
        return more;
    }

    private void validate(Grant grant, Decisions decisions, int row) {
        int laneIndex = decisions.lane()[row];
        int seat = decisions.seat()[row];
        int action = decisions.action()[row];
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
