package dev.macenv.server.journal;

import com.fasterxml.jackson.databind.JsonNode;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacroActionSpec;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * Stands in for the random stream of Capture Target, the one domain of the recordings that draws, and makes happen what a recording says happened.
 *
 * <p>A recording holds outcomes, not random numbers: which of the equally good moves an agent chose, whether a noise turned it, who saw the target. They are queued in the order in which a reset or a tick draws them, each as a
 * number that brings it about whatever the settings are: a choice among n as its index; an event of some probability as an end of the unit interval. The environment takes them through the interface
 * through which it always draws, so it has no part in this and its steps cost what they always cost. What it asks for must be what comes next in the queue: an environment that draws once too often, in another order, or among another
 * number of choices has left the recording, and so has one that leaves draws untaken.
 */
final class RecordedDraws implements RandomGenerator {

    /** Hidden, or turned to the left, if there is any probability of that. */
    private static final double LOWEST = 0;

    /** Seen, or turned to the right, if there is any probability of that. */
    private static final double HIGHEST = Math.nextDown(1.0);

    /** As chosen, unless every move is turned. */
    private static final double MIDDLE = 0.5;

    private static final int MOVES = 5;

    /** By the recorded outcome: 0 turned to the left, 1 as chosen, 2 turned to the right. */
    private static final double[] NOISE = {LOWEST, MIDDLE, HIGHEST};

    /** A recorded draw: {@code value} of the numbers below {@code bound}; or in the unit interval, where the bound is {@link #UNIT}. */
    private record Draw(String field, int bound, double value) {

        @Override
        public String toString() {
            return bound == UNIT ? UNIT_DRAW : (int) value + ", drawn below " + bound;
        }
    }

    private static final int UNIT = 0;
    private static final String UNIT_DRAW = "a number drawn from [0, 1)";

    private final Deque<Draw> queue = new ArrayDeque<>();

    /** Queues the draws of the reset that led to an episode's first situation: the cells of {@code init}, and of {@code obs0} who sees the target. */
    void queueReset(JsonNode episode, EnvironmentSpec spec) {
        int grid = (int) spec.settings().integer("grid");
        boolean targetFirst = spec.agents().get(0).macroActions().stream().allMatch(MacroActionSpec::primitive);
        JsonNode init = episode.required("init");
        if (targetFirst) {
            queueCell("init.target", init.required("target"), grid);
        }
        int agent = 0;
        for (JsonNode cell : init.required("agents")) {
            queueCell("init.agents[" + agent++ + "]", cell, grid);
        }
        if (!targetFirst) {
            queueCell("init.target", init.required("target"), grid);
        }
        agent = 0;
        for (JsonNode observation : episode.required("obs0")) {
            boolean hidden = observation.required(2).asDouble() < 0;
            queue.add(new Draw("obs0[" + agent++ + "]", UNIT, hidden ? LOWEST : HIGHEST));
        }
    }

    private void queueCell(String field, JsonNode cell, int grid) {
        queue.add(new Draw(field + "[0]", grid, cell.required(0).asInt()));
        queue.add(new Draw(field + "[1]", grid, cell.required(1).asInt()));
    }

    /** Queues the {@code draws} of a step. */
    void queueStep(JsonNode draws) {
        int agent = 0;
        for (JsonNode drawn : draws.required("agents")) {
            queueAgent("draws.agents[" + agent++ + "]", drawn);
        }
        JsonNode target = draws.required("target_dir");
        if (!target.isNull()) {
            queue.add(new Draw("draws.target_dir", MOVES, target.asInt()));
        }
        agent = 0;
        for (JsonNode visible : draws.required("visible")) {
            queue.add(new Draw("draws.visible[" + agent++ + "]", UNIT, visible.asInt() == 0 ? LOWEST : HIGHEST));
        }
    }

    /** {@code null} if the agent made no move; the outcome of the noise; or [the equally good moves, the one chosen, the outcome of the noise]. */
    private void queueAgent(String field, JsonNode drawn) {
        if (drawn.isNull()) {
            return;
        }
        JsonNode noise = drawn;
        if (drawn.isArray()) {
            JsonNode best = drawn.required(0);
            queue.add(new Draw(field + "[1]", best.size(), indexOf(drawn.required(1), best)));
            noise = drawn.required(2);
        }
        int outcome = noise.asInt(-1);
        if (outcome < 0 || outcome >= NOISE.length) {
            throw new IllegalArgumentException(field + ": noise " + noise + " (expected: 0, 1 or 2)");
        }
        queue.add(new Draw(field, UNIT, NOISE[outcome]));
    }

    private static int indexOf(JsonNode value, JsonNode list) {
        int index = 0;
        for (JsonNode entry : list) {
            if (entry.equals(value)) {
                return index;
            }
            index++;
        }
        throw new IllegalArgumentException("draws: move " + value + " (expected: one of " + list + ")");
    }

    /** Checks that all has been taken. */
    void requireAllTaken() {
        Draw next = queue.peek();
        if (next != null) {
            throw new Mismatch(next.field(), next.toString(), "no draw");
        }
    }

    @Override
    public int nextInt(int bound) {
        Draw next = next(bound);
        if (next.value() < 0 || next.value() >= bound) {
            throw new Mismatch(next.field(), next.toString(), "one below " + bound);
        }
        return (int) next.value();
    }

    @Override
    public double nextDouble() {
        return next(UNIT).value();
    }

    @Override
    public long nextLong() {
        throw new Mismatch("draws", "choices and numbers in [0, 1)", "64 random bits");
    }

    private Draw next(int bound) {
        String got = bound == UNIT ? UNIT_DRAW : "a number drawn below " + bound;
        Draw next = queue.poll();
        if (next == null) {
            throw new Mismatch("draws", "no more draws", got);
        }
        if (next.bound() != bound) {
            throw new Mismatch(next.field(), next.toString(), got);
        }
        return next;
    }
}
