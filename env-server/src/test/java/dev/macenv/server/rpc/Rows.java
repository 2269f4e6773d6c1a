package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** An event batch cut into rows by the shapes of a spec, as a client in any language would do it. */
final class Rows {
    private final EnvSpec spec;
    private final EventBatch batch;
    private final int agents;

    Rows(EnvSpec spec, EventBatch batch) {
        this.spec = spec;
        this.batch = batch;
        this.agents = spec.getAgentsCount();
    }

    EventBatch message() {
        return batch;
    }

    int agents() {
        return agents;
    }

    int count() {
        return batch.getRows();
    }

    int lane(int row) {
        return batch.getLane(row);
    }

    int episode(int row) {
        return batch.getEpisode(row);
    }

    int tick(int row) {
        return batch.getTick(row);
    }

    EventKind kind(int row) {
        return EventKind.forNumber(batch.getKind().byteAt(row));
    }

    AgentStatus status(int row, int agent) {
        return AgentStatus.forNumber(batch.getStatus().byteAt(row * agents + agent));
    }

    boolean pending(int row, int agent) {
        boolean asks = kind(row) == EventKind.EVENT_KIND_START || kind(row) == EventKind.EVENT_KIND_DECISION;
        return asks
                && switch (status(row, agent)) {
                    case AGENT_STATUS_FRESH, AGENT_STATUS_DONE, AGENT_STATUS_FAILED -> true;
                    default -> false;
                };
    }

    boolean ends(int row) {
        return kind(row) == EventKind.EVENT_KIND_END_TERMINATED || kind(row) == EventKind.EVENT_KIND_END_TRUNCATED;
    }

    double jointReward(int row) {
        return batch.getJointReward(row);
    }

    int jointTau(int row) {
        return batch.getJointTau(row);
    }

    double agentReward(int row, int agent) {
        return doubles(batch.getAgentReward(), row * agents + agent, 1)[0];
    }

    int agentTau(int row, int agent) {
        return slice(batch.getAgentTau(), (row * agents + agent) * 4, 4)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    int currentAction(int row, int agent) {
        return slice(batch.getCurrentAction(), (row * agents + agent) * 4, 4)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    ByteString observation(int row, int agent) {
        int group = spec.getAgents(agent).getGroup();
        int width = 4 * spec.getGroups(group).getObservation().getShape(0);
        return slice(batch.getGroups(group).getObservation(), place(row, agent) * width, width);
    }

    ByteString legal(int row, int agent) {
        int group = spec.getAgents(agent).getGroup();
        int width = spec.getGroups(group).getNumActions();
        return slice(batch.getGroups(group).getLegal(), place(row, agent) * width, width);
    }

    /** Which of the group's slots, counted over all rows. */
    private int place(int row, int agent) {
        int members = 0;
        int before = 0;
        for (int other = 0; other < agents; other++) {
            if (spec.getAgents(other).getGroup() == spec.getAgents(agent).getGroup()) {
                members++;
                before += other < agent ? 1 : 0;
            }
        }
        return row * members + before;
    }

    ByteString state(int row) {
        int width = 4 * spec.getState().getShape(0);
        return slice(batch.getState(), row * width, width);
    }

    ByteString macroState(int row, int agent) {
        int width = 4 * spec.getState().getShape(0);
        return slice(batch.getMacroState(), (row * agents + agent) * width, width);
    }

    double[] trace(int row) {
        int from = 0;
        for (int earlier = 0; earlier < row; earlier++) {
            from += jointTau(earlier);
        }
        return doubles(batch.getRewardTrace(), from, jointTau(row));
    }

    /** Everything that the row says about its lane, as text; equal texts mean equal rows, bit for bit. */
    String text(int row) {
        StringBuilder text = new StringBuilder()
                .append(episode(row))
                .append(' ')
                .append(tick(row))
                .append(' ')
                .append(kind(row))
                .append(' ')
                .append(Double.toHexString(jointReward(row)))
                .append('/')
                .append(jointTau(row));
        for (int agent = 0; agent < agents; agent++) {
            text.append(" | ")
                    .append(status(row, agent))
                    .append(' ')
                    .append(hex(observation(row, agent)))
                    .append(' ')
                    .append(hex(legal(row, agent)))
                    .append(' ')
                    .append(Double.toHexString(agentReward(row, agent)))
                    .append('/')
                    .append(agentTau(row, agent));
            if (!batch.getCurrentAction().isEmpty()) {
                text.append(" a").append(currentAction(row, agent));
            }
            if (!batch.getMacroState().isEmpty()) {
                text.append(" s").append(hex(macroState(row, agent)));
            }
        }
        if (!batch.getState().isEmpty()) {
            text.append(" | ").append(hex(state(row)));
        }
        if (!batch.getRewardTrace().isEmpty()) {
            for (double reward : trace(row)) {
                text.append(' ').append(Double.toHexString(reward));
            }
        }
        return text.toString();
    }

    /** The lengths of all columns fit the number of rows. */
    List<String> lengthProblems() {
        List<String> problems = new ArrayList<>();
        int rows = count();
        int stateBytes = 4 * spec.getState().getShape(0);
        expect(problems, "lane", batch.getLaneCount(), rows);
        expect(problems, "episode", batch.getEpisodeCount(), rows);
        expect(problems, "tick", batch.getTickCount(), rows);
        expect(problems, "joint_reward", batch.getJointRewardCount(), rows);
        expect(problems, "joint_tau", batch.getJointTauCount(), rows);
        expect(problems, "kind", batch.getKind().size(), rows);
        expect(problems, "status", batch.getStatus().size(), rows * agents);
        expect(problems, "agent_reward", batch.getAgentReward().size(), rows * agents * 8);
        expect(problems, "agent_tau", batch.getAgentTau().size(), rows * agents * 4);
        expect(problems, "state", batch.getState().size(), rows * stateBytes);
        expect(problems, "macro_state", batch.getMacroState().size(), rows * agents * stateBytes);
        expect(problems, "current_action", batch.getCurrentAction().size(), rows * agents * 4);
        int ticks = batch.getJointTauList().stream().mapToInt(Integer::intValue).sum();
        expect(problems, "reward_trace", batch.getRewardTrace().size(), ticks * 8);
        for (int group = 0; group < spec.getGroupsCount(); group++) {
            int index = group;
            int members = (int) spec.getAgentsList().stream()
                    .filter(agent -> agent.getGroup() == index)
                    .count();
            int width = spec.getGroups(group).getObservation().getShape(0);
            expect(
                    problems,
                    "observation",
                    batch.getGroups(group).getObservation().size(),
                    rows * members * width * 4);
            int actions = spec.getGroups(group).getNumActions();
            expect(problems, "legal", batch.getGroups(group).getLegal().size(), rows * members * actions);
        }
        return problems;
    }

    private static void expect(List<String> problems, String column, int length, int expected) {
        if (length != expected) {
            problems.add(column + ": " + length + " (expected: " + expected + ")");
        }
    }

    private static ByteString slice(ByteString slab, int from, int count) {
        return slab.substring(from, from + count);
    }

    private static double[] doubles(ByteString slab, int from, int count) {
        double[] values = new double[count];
        slice(slab, from * 8, count * 8)
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asDoubleBuffer()
                .get(values);
        return values;
    }

    private static String hex(ByteString bytes) {
        return java.util.HexFormat.of().formatHex(bytes.toByteArray());
    }
}
