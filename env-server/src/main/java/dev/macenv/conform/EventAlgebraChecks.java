package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.GetMacroObservationRequest;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateRequest;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.LaneInfo;
import dev.macenv.v1.ResetMode;
import dev.macenv.v1.ResetRequest;
import dev.macenv.v1.StepRequest;
import io.grpc.Status.Code;
import java.util.List;

/** Group 2: every row follows from the ones before, in random legal play. */
final class EventAlgebraChecks {
    private static final int LANES = 3;
    private static final int EPISODES = 4;

    /** Where episodes are long, so many answers are enough. */
    private static final int ANSWERS = 800;

    private EventAlgebraChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.ofEnvironment("rows follow from rows, with automatic reset", EventAlgebraChecks::automatic),
                Check.ofEnvironment("rows follow from rows, with manual reset", EventAlgebraChecks::manual),
                Check.ofEnvironment("rows follow from rows, with tick limits", EventAlgebraChecks::tickLimits),
                Check.ofEnvironment("nothing moves before the last one has decided", EventAlgebraChecks::barrier),
                Check.ofEnvironment("looking moves nothing and shows what rows show", EventAlgebraChecks::looking),
                Check.ofEnvironment("a drawing shows where the lane stands and moves nothing", DrawingChecks::shows),
                Check.ofEnvironment("asked again, the rows that wait are repeated", EventAlgebraChecks::repeated));
    }

    private static void automatic(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(LANES, trial.random().nextLong()));
        EventAlgebra algebra = new EventAlgebra(trial.spec(), Trial.GAMMA, true);
        Rows rows = player.collect();
        algebra.accept(rows);
        for (int answers = 0; algebra.ended() < EPISODES && answers < ANSWERS; answers++) {
            rows = player.answer(rows);
            algebra.accept(rows);
        }
    }

    private static void manual(Trial trial) throws InterruptedException {
        Player player =
                trial.create(trial.session(1, trial.random().nextLong()).setResetMode(ResetMode.RESET_MODE_MANUAL));
        EventAlgebra algebra = new EventAlgebra(trial.spec(), Trial.GAMMA, false);
        for (int episode = 0; episode < 2; episode++) {
            Rows rows = player.collect();
            algebra.accept(rows);
            for (int answers = 0; algebra.ended() == episode; answers++) {
                if (answers == ANSWERS) {
                    return;
                }
                rows = player.answer(rows);
                algebra.accept(rows);
            }
            Violation.unlessEqual(
                    "session.proto, RESET_MODE_MANUAL: the lane is IDLE until Reset",
                    "rows after END in MANUAL mode",
                    0,
                    player.collect().count());
            player.refusal(player.request().addLane(0).addSeat(0).addAction(0))
                    .is(Code.FAILED_PRECONDITION, "LANE_ENDED")
                    .says("lane", "0");
            trial.sessions()
                    .reset(trial.sending(ResetRequest.newBuilder()
                            .setSession(player.session())
                            .setToken(player.token())
                            .build()));
        }
    }

    private static void tickLimits(Trial trial) throws InterruptedException {
        int most = 2;
        Player player = trial.create(trial.session(LANES, trial.random().nextLong()));
        EventAlgebra algebra = new EventAlgebra(trial.spec(), Trial.GAMMA, true);
        Rows rows = player.collect();
        algebra.accept(rows);
        for (int answers = 0; algebra.ended() < 2 && answers < ANSWERS; answers++) {
            rows = player.rows(player.step(player.decisions(rows).setMaxTicks(most)));
            algebra.accept(rows);
            for (int row = 0; row < rows.count(); row++) {
                Violation.unless(
                        rows.jointTau(row) <= most,
                        "event.proto, StepRequest.max_ticks: joint_tau <= k",
                        "joint_tau with max_ticks " + most,
                        "at most " + most,
                        rows.jointTau(row));
            }
        }
    }

    private static void barrier(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, trial.random().nextLong()));
        EventAlgebra algebra = new EventAlgebra(trial.spec(), Trial.GAMMA, true);
        Rows rows = player.collect();
        algebra.accept(rows);
        for (int answers = 0; answers < 10; answers++) {
            List<Player.Decision> due = player.decide(rows, rows.count() - 1);
            for (Player.Decision decision : due.subList(0, due.size() - 1)) {
                StepRequest.Builder one = player.request();
                decision.addTo(one);
                Violation.unlessEqual(
                        "event.proto, StepRequest: a lane's clock stands still until every pending seat has decided",
                        "rows while seats still owe decisions",
                        0,
                        player.rows(player.step(one)).count());
            }
            StepRequest.Builder last = player.request();
            due.get(due.size() - 1).addTo(last);
            rows = player.rows(player.step(last));
            Violation.unless(
                    rows.count() > 0,
                    "event.proto, StepRequest: a lane runs when every pending seat has decided",
                    "rows after the last decision",
                    "at least one",
                    0);
            algebra.accept(rows);
        }
    }

    // ------------------------------------------------------------------------------------------------ looking

    private static void looking(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(1, trial.random().nextLong()));
        Rows rows = player.collect();
        for (int answers = 0; answers < 10; answers++) {
            int last = rows.count() - 1;
            observations(trial, player, rows, last);
            states(trial, player, rows, last);
            LaneInfo lane = player.lanesNow().get(0);
            Violation.unlessEqual("session.proto, LaneInfo.tick", "tick", rows.tick(last), lane.getTick());
            Violation.unlessEqual("session.proto, LaneInfo.episode", "episode", rows.episode(last), lane.getEpisode());
            Violation.unlessEqual(
                    "session.proto, LaneInfo.pending: seats that owe a decision, ascending",
                    "pending",
                    player.decide(rows, last).stream()
                            .map(Player.Decision::seat)
                            .toList(),
                    lane.getPendingList());
            rows = player.answer(rows);
        }
    }

    private static void observations(Trial trial, Player player, Rows rows, int row) {
        GetMacroObservationResponse seen = trial.sessions()
                .getMacroObservation(trial.sending(GetMacroObservationRequest.newBuilder()
                        .setSession(player.session())
                        .setToken(player.token())
                        .build()));
        String rule = "session.proto, GetMacroObservation: slabs as in EventBatch, and no clock moves";
        Violation.unlessEqual(rule, "rows", 1, seen.getRows());
        Violation.unlessEqual(rule, "tick", rows.tick(row), seen.getTick(0));
        Violation.unlessEqual(rule, "episode", rows.episode(row), seen.getEpisode(0));
        EventBatch message = rows.message();
        int agents = rows.agents();
        Violation.unlessEqual(
                rule,
                "status",
                Rows.hex(message.getStatus().substring(row * agents, (row + 1) * agents)),
                Rows.hex(seen.getStatus()));
        for (int agent = 0; agent < agents; agent++) {
            int group = trial.spec().getAgents(agent).getGroup();
            int place = Rows.place(trial.spec(), 0, agent);
            ByteString observation = rows.observation(row, agent);
            ByteString legal = rows.legal(row, agent);
            Violation.unlessEqual(
                    rule,
                    "observation of seat " + agent,
                    Rows.hex(observation),
                    Rows.hex(slot(seen.getGroups(group).getObservation(), place, observation.size())));
            Violation.unlessEqual(
                    rule,
                    "legal of seat " + agent,
                    Rows.hex(legal),
                    Rows.hex(slot(seen.getGroups(group).getLegal(), place, legal.size())));
            Violation.unlessEqual(
                    rule,
                    "pending of seat " + agent,
                    rows.pending(row, agent),
                    seen.getPending().byteAt(agent) == 1);
        }
    }

    private static void states(Trial trial, Player player, Rows rows, int row) {
        GetMacroStateResponse seen = trial.sessions()
                .getMacroState(trial.sending(GetMacroStateRequest.newBuilder()
                        .setSession(player.session())
                        .setToken(player.token())
                        .build()));
        String rule = "session.proto, GetMacroState: each agent's macro-state, and no clock moves";
        Violation.unlessEqual(rule, "state", Rows.hex(rows.state(row)), Rows.hex(seen.getState()));
        for (int agent = 0; agent < rows.agents(); agent++) {
            ByteString macroState = rows.macroState(row, agent);
            Violation.unlessEqual(
                    rule,
                    "macro_state of seat " + agent,
                    Rows.hex(macroState),
                    Rows.hex(slot(seen.getMacroState(), agent, macroState.size())));
        }
    }

    private static ByteString slot(ByteString slab, int place, int width) {
        return slab.substring(place * width, (place + 1) * width);
    }

    private static void repeated(Trial trial) throws InterruptedException {
        Player player = trial.create(trial.session(2, trial.random().nextLong()));
        Rows rows = player.collect();
        for (int answers = 0; answers < 5; answers++) {
            Rows again = player.collect();
            Violation.unlessEqual(
                    "event.proto, StepRequest: with nothing to collect, the last row of every lane that waits is repeated",
                    "rows repeated",
                    2,
                    again.count());
            for (int row = 0; row < again.count(); row++) {
                int original = lastOf(rows, again.lane(row));
                Violation.unlessEqual(
                        "event.proto, StepRequest: repeated byte for byte",
                        "a repeated row",
                        rows.text(original),
                        again.text(row));
            }
            rows = player.answer(again);
        }
    }

    /** The row at which the lane stands. */
    static int lastOf(Rows rows, int lane) {
        for (int row = rows.count() - 1; row >= 0; row--) {
            if (rows.lane(row) == lane) {
                return row;
            }
        }
        throw new Violation(
                "event.proto, StepRequest.min_ready: 0 waits for every lane owed",
                "rows of lane " + lane,
                "at least one",
                "none");
    }
}
