package dev.macenv.conform;

import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.MacroActionSpec;
import java.util.ArrayList;
import java.util.List;

/** Group 3: the same decisions give the same trajectory, however often one looks in on the way. */
final class SkippingChecks {
    private static final String RULE = "event.proto, StepRequest.max_ticks: trajectories do not depend on it";

    private SkippingChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofEnvironment(
                        "tick by tick it is the same as from decision to decision", trial -> compare(trial, 1)),
                Check.ofEnvironment("every third tick it is the same, too", trial -> compare(trial, 3)),
                Check.ofEnvironments(
                        "macro-actions of one tick are plain steps",
                        SkippingChecks::primitive,
                        SkippingChecks::plainSteps));
    }

    private static boolean primitive(EnvSpec spec) {
        return spec.getAgentsList().stream()
                .flatMap(agent -> agent.getMacroActionsList().stream())
                .allMatch(MacroActionSpec::getPrimitive);
    }

    private static void compare(Trial trial, int maxTicks) throws InterruptedException {
        long seed = trial.random().nextLong();
        Sums skipping = play(trial, seed, Way.PLAIN);
        Sums looking = play(trial, seed, Way.ticks(maxTicks));
        Trajectory.unlessSame(RULE, "decisions with max_ticks " + maxTicks, skipping.decisions, looking.decisions);
        Trajectory.unlessSame(
                "event.proto, EventBatch.reward_trace: the joint reward of every tick",
                "rewards tick by tick with max_ticks " + maxTicks,
                skipping.rewards,
                looking.rewards);
    }

    /** Rows that are no TICK_LIMIT without their joint clocks, and the rewards of all ticks, both up to the same moment. */
    private record Sums(List<String> decisions, List<String> rewards) {}

    private static Sums play(Trial trial, long seed, Way way) throws InterruptedException {
        Player player = trial.create(trial.session(1, seed));
        List<String> rewards = new ArrayList<>();
        Trajectory all = player.play(way, (rows, row) -> {
            for (double reward : rows.trace(row)) {
                rewards.add("episode " + rows.episode(row) + ": " + Double.toHexString(reward));
            }
            String sight = rows.sight(row, player.seats()) + " state " + Rows.hex(rows.state(row));
            return rows.is(row, EventKind.EVENT_KIND_TICK_LIMIT) ? "" : sight;
        });
        List<String> decisions =
                all.lane(0).stream().filter(text -> !text.isEmpty()).toList();
        // The last row may lie far behind the end of the trajectory, and a limit cuts it earlier.
        int certain = Math.min(rewards.size(), Trajectory.TICKS - 1);
        return new Sums(decisions, List.copyOf(rewards.subList(0, certain)));
    }

    private static void plainSteps(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, trial.random().nextLong()));
        Rows rows = player.collect();
        for (int answers = 0; answers < 40; answers++) {
            rows = player.answer(rows);
            for (int row = 0; row < rows.count(); row++) {
                Violation.unlessEqual(
                        "spec.proto, MacroActionSpec.primitive: always takes exactly one tick",
                        "joint_tau of " + rows.kind(row) + " with primitive actions alone",
                        rows.starts(row) ? 0 : 1,
                        rows.jointTau(row));
                for (int agent = 0; agent < rows.agents(); agent++) {
                    Violation.unless(
                            rows.renewed(row, agent),
                            "spec.proto, MacroActionSpec.primitive: always takes exactly one tick",
                            "status of seat " + agent + ", tick " + rows.tick(row),
                            "FRESH, DONE or FAILED",
                            rows.status(row, agent));
                }
            }
        }
    }
}
