package dev.macenv.conform;

import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EpisodeStart;
import dev.macenv.v1.EpisodeSummary;
import dev.macenv.v1.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether every row follows from the ones before, by the definitions of event.proto. Needs every column in view, and all seats. */
final class EventAlgebra {
    private final EnvSpec spec;
    private final double gamma;
    private final boolean automatic;
    private final Map<Integer, Row> last = new HashMap<>();
    private int ended;

    /**
     * @param automatic whether START follows END at once
     */
    EventAlgebra(EnvSpec spec, double gamma, boolean automatic) {
        this.spec = spec;
        this.gamma = gamma;
        this.automatic = automatic;
    }

    /** A row, and its episode up to there. */
    private static final class Row {
        final Rows rows;
        final int index;
        final List<Double> rewards = new ArrayList<>();
        int decisions;

        Row(Rows rows, int index) {
            this.rows = rows;
            this.index = index;
        }

        String place() {
            return "lane " + rows.lane(index) + ", episode " + rows.episode(index) + ", tick " + rows.tick(index);
        }
    }

    /** Episodes that ended so far. */
    int ended() {
        return ended;
    }

    /** Looks at all rows of an answer. */
    void accept(Rows rows) {
        int ends = 0;
        int starts = 0;
        for (int index = 0; index < rows.count(); index++) {
            if (index > 0) {
                Violation.unless(
                        order(rows, index) > order(rows, index - 1),
                        "event.proto, StepResponse.events: rows ascend by (lane, episode, tick, kind)",
                        "row " + index,
                        "after (" + place(rows, index - 1) + ")",
                        place(rows, index));
            }
            Row now = new Row(rows, index);
            Row before = last.put(rows.lane(index), now);
            switch (rows.kind(index)) {
                case EVENT_KIND_START -> start(now, before, rows.message().getStarted(starts++));
                case EVENT_KIND_FAULT ->
                    throw new Violation(
                            "event.proto, EVENT_KIND_FAULT: only where the environment fails",
                            "a row",
                            "no fault in legal play",
                            now.place());
                case EVENT_KIND_DECISION, EVENT_KIND_END_TERMINATED, EVENT_KIND_END_TRUNCATED, EVENT_KIND_TICK_LIMIT ->
                    follow(now, before);
                case EVENT_KIND_UNSPECIFIED, UNRECOGNIZED ->
                    throw new Violation(
                            "event.proto, EventKind", "kind of a row", "one of 1 to 6", rows.kindNumber(index));
            }
            if (rows.ends(index)) {
                summary(now, rows.message().getEnded(ends++));
                ended++;
                afterEnd(rows, index);
            }
        }
    }

    private static String place(Rows rows, int index) {
        return rows.lane(index) + ", " + rows.episode(index) + ", " + rows.tick(index) + ", " + rows.kindNumber(index);
    }

    private static long order(Rows rows, int row) {
        return ((rows.lane(row) * 100_000L + rows.episode(row)) * 10_000_000L + rows.tick(row)) * 10L
                + rows.kindNumber(row);
    }

    private void afterEnd(Rows rows, int index) {
        boolean startFollows =
                index + 1 < rows.count() && rows.lane(index + 1) == rows.lane(index) && rows.starts(index + 1);
        Violation.unlessEqual(
                "session.proto, ResetMode: in AUTO mode START follows END in the same answer, in MANUAL mode there is no row"
                        + " before Reset",
                "START after END in lane " + rows.lane(index),
                automatic,
                startFollows);
    }

    // ------------------------------------------------------------------------------------------------ START

    private void start(Row now, Row before, EpisodeStart started) {
        String rule = "event.proto, EVENT_KIND_START: tick 0, every agent FRESH, both clocks at 0";
        Rows rows = now.rows;
        int index = now.index;
        Violation.unlessEqual(rule, "tick of START", 0, rows.tick(index));
        Violation.unlessEqual(rule, "joint_tau of START", 0, rows.jointTau(index));
        Violation.unlessEqual(rule, "joint_reward of START", 0.0, rows.jointReward(index));
        Violation.unlessEqual(rule, "lane of the EpisodeStart", rows.lane(index), started.getLane());
        Violation.unlessEqual(rule, "episode of the EpisodeStart", rows.episode(index), started.getEpisode());
        Violation.unlessEqual(
                "event.proto, EventBatch.episode: counted from 0",
                "episode of START in lane " + rows.lane(index),
                before == null ? 0 : before.rows.episode(before.index) + 1,
                rows.episode(index));
        if (before != null) {
            Violation.unless(
                    before.rows.ends(before.index),
                    "event.proto, EVENT_KIND_START: every episode that was not abandoned has an END row",
                    "the row before START, " + now.place(),
                    "END",
                    before.rows.kind(before.index));
        }
        for (int agent = 0; agent < rows.agents(); agent++) {
            String who = " of seat " + agent + ", " + now.place();
            Violation.unlessEqual(rule, "status" + who, AgentStatus.AGENT_STATUS_FRESH, rows.status(index, agent));
            Violation.unlessEqual(rule, "agent_tau" + who, 0, rows.agentTau(index, agent));
            Violation.unlessEqual(rule, "agent_reward" + who, 0.0, rows.agentReward(index, agent));
            Violation.unlessEqual(
                    "event.proto, EventBatch.current_action: -1 if FRESH",
                    "current_action" + who,
                    -1,
                    rows.currentAction(index, agent));
            Violation.unlessEqual(
                    "event.proto, EventBatch.macro_state: the state now, if FRESH",
                    "macro_state" + who,
                    Rows.hex(rows.state(index)),
                    Rows.hex(rows.macroState(index, agent)));
        }
    }

    // ------------------------------------------------------------------------------------------------ other rows

    private void follow(Row now, Row before) {
        Rows rows = now.rows;
        int index = now.index;
        Violation.unless(
                before != null && !before.rows.ends(before.index),
                "event.proto, EventKind: an episode begins with START, and nothing of it follows its END",
                "the row before " + now.place(),
                "START, DECISION or TICK_LIMIT",
                before == null ? "none" : before.rows.kind(before.index));
        Violation.unlessEqual(
                "event.proto, EventBatch.episode",
                "episode of the row after " + before.place(),
                before.rows.episode(before.index),
                rows.episode(index));
        jointClock(now, before);
        now.decisions = before.decisions;
        boolean someoneAsked = false;
        for (int agent = 0; agent < rows.agents(); agent++) {
            boolean decided = before.rows.pending(before.index, agent);
            now.decisions += decided ? 1 : 0;
            agentClock(now, before, agent, decided);
            someoneAsked |= rows.renewed(index, agent);
            held(now, before, agent, decided);
        }
        if (rows.is(index, EventKind.EVENT_KIND_DECISION)) {
            Violation.unless(
                    someoneAsked,
                    "event.proto, EVENT_KIND_DECISION: at least one macro-action ended on this tick",
                    "DECISION, " + now.place(),
                    "an agent DONE or FAILED",
                    "nobody");
        }
    }

    private void jointClock(Row now, Row before) {
        Rows rows = now.rows;
        int index = now.index;
        Violation.unlessEqual(
                "event.proto, EventBatch.joint_tau: the number of ticks since the lane's previous row",
                "joint_tau, " + now.place(),
                rows.tick(index) - before.rows.tick(before.index),
                rows.jointTau(index));
        Violation.unless(
                rows.jointTau(index) > 0,
                "event.proto, EventKind: a row other than START comes after a tick",
                "joint_tau, " + now.place(),
                "at least 1",
                rows.jointTau(index));
        double[] trace = rows.trace(index);
        Violation.unlessClose(
                "event.proto, EventBatch.joint_reward: sum of gamma^j r_j since the lane's previous row",
                "joint_reward, " + now.place(),
                discounted(trace, gamma),
                rows.jointReward(index));
        now.rewards.addAll(before.rewards);
        for (double reward : trace) {
            now.rewards.add(reward);
        }
    }

    private void agentClock(Row now, Row before, int agent, boolean decided) {
        Rows rows = now.rows;
        int index = now.index;
        String who = " of seat " + agent + ", " + now.place();
        int expected = (decided ? 0 : before.rows.agentTau(before.index, agent)) + rows.jointTau(index);
        Violation.unlessEqual(
                "event.proto, EventBatch.agent_tau: ticks since the agent's current macro-action began",
                "agent_tau" + who,
                expected,
                rows.agentTau(index, agent));
        if (!spec.getCooperative()) {
            return; // the trace is of all agents together
        }
        double[] own = now.rewards.subList(now.rewards.size() - expected, now.rewards.size()).stream()
                .mapToDouble(Double::doubleValue)
                .toArray();
        Violation.unlessClose(
                "event.proto, EventBatch.agent_reward: sum of gamma^j r_j since the agent's current macro-action began",
                "agent_reward" + who,
                discounted(own, gamma),
                rows.agentReward(index, agent));
    }

    private static void held(Row now, Row before, int agent, boolean decided) {
        Rows rows = now.rows;
        int index = now.index;
        String who = " of seat " + agent + ", " + now.place();
        if (decided) {
            Violation.unless(
                    rows.currentAction(index, agent) >= 0,
                    "event.proto, EventBatch.current_action: the macro-action in force on the last tick",
                    "current_action" + who,
                    "one that was chosen",
                    rows.currentAction(index, agent));
        } else {
            Violation.unlessEqual(
                    "event.proto, EventBatch.current_action: constant while ONGOING",
                    "current_action" + who,
                    before.rows.currentAction(before.index, agent),
                    rows.currentAction(index, agent));
        }
        if (rows.renewed(index, agent)) {
            Violation.unless(
                    rows.status(index, agent) != AgentStatus.AGENT_STATUS_FRESH,
                    "event.proto, AGENT_STATUS_FRESH: only in START rows",
                    "status" + who,
                    "another",
                    rows.status(index, agent));
            Violation.unlessEqual(
                    "event.proto, EventBatch.macro_state: the state now, if DONE or FAILED",
                    "macro_state" + who,
                    Rows.hex(rows.state(index)),
                    Rows.hex(rows.macroState(index, agent)));
            return;
        }
        Violation.unlessEqual(
                "event.proto, AgentStatus: CUT in END rows, else ONGOING",
                "status" + who,
                rows.ends(index) ? AgentStatus.AGENT_STATUS_CUT : AgentStatus.AGENT_STATUS_ONGOING,
                rows.status(index, agent));
        Violation.unlessEqual(
                "event.proto, GroupSlab.observation: held byte for byte while the macro-action goes on",
                "observation" + who,
                Rows.hex(before.rows.observation(before.index, agent)),
                Rows.hex(rows.observation(index, agent)));
        Violation.unlessEqual(
                "event.proto, GroupSlab.legal: renewed and held together with the observation",
                "legal" + who,
                Rows.hex(before.rows.legal(before.index, agent)),
                Rows.hex(rows.legal(index, agent)));
        Violation.unlessEqual(
                "event.proto, EventBatch.macro_state: held if ONGOING or CUT",
                "macro_state" + who,
                Rows.hex(before.rows.macroState(before.index, agent)),
                Rows.hex(rows.macroState(index, agent)));
    }

    // ------------------------------------------------------------------------------------------------ sums

    private void summary(Row end, EpisodeSummary summary) {
        String rule = "event.proto, EpisodeSummary: sums over the whole episode";
        Rows rows = end.rows;
        double[] rewards = end.rewards.stream().mapToDouble(Double::doubleValue).toArray();
        Violation.unlessEqual(rule, "lane of the summary", rows.lane(end.index), summary.getLane());
        Violation.unlessEqual(rule, "episode of the summary", rows.episode(end.index), summary.getEpisode());
        Violation.unlessEqual(rule, "ticks, " + end.place(), rows.tick(end.index), summary.getTicks());
        Violation.unlessEqual(rule, "rewards in the traces, " + end.place(), rows.tick(end.index), rewards.length);
        Violation.unlessClose(rule, "total_reward, " + end.place(), discounted(rewards, 1), summary.getTotalReward());
        Violation.unlessClose(
                rule, "discounted_reward, " + end.place(), discounted(rewards, gamma), summary.getDiscountedReward());
        Violation.unlessEqual(rule, "decisions, " + end.place(), end.decisions, summary.getDecisions());
        int horizon = spec.getHorizon();
        Violation.unless(
                horizon == 0 || summary.getTicks() <= horizon,
                "spec.proto, EnvSpec.horizon: most ticks in an episode",
                "ticks, " + end.place(),
                "at most " + horizon,
                summary.getTicks());
        Violation.unless(
                rows.is(end.index, EventKind.EVENT_KIND_END_TERMINATED)
                        || (horizon > 0 && summary.getTicks() == horizon),
                "event.proto, EVENT_KIND_END_TRUNCATED: cut short by the horizon",
                "END_TRUNCATED, " + end.place(),
                horizon == 0 ? "never, without a horizon" : "at tick " + horizon,
                summary.getTicks());
    }

    static double discounted(double[] rewards, double gamma) {
        double sum = 0;
        for (int k = rewards.length - 1; k >= 0; k--) {
            sum = rewards[k] + gamma * sum;
        }
        return sum;
    }
}
