package dev.macenv.conform;

import com.google.protobuf.ByteString;
import dev.macenv.v1.AgentStatus;
import dev.macenv.v1.DataType;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.EventKind;
import dev.macenv.v1.TensorSpec;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;

/** An event batch cut into rows by the shapes of a specification and nothing else. */
final class Rows {
    private static final String LENGTHS = "event.proto, EventBatch: k is explicit and every column has its length";

    private final EnvSpec spec;
    private final EventBatch batch;
    private final int agents;

    /**
     * Checks the lengths of the columns that every view has; those of the others must be right, or empty.
     *
     * @throws Violation if one does not fit
     */
    Rows(EnvSpec spec, EventBatch batch) {
        this.spec = spec;
        this.batch = batch;
        agents = spec.getAgentsCount();
        checkLengths();
    }

    EventBatch message() {
        return batch;
    }

    int count() {
        return batch.getRows();
    }

    int agents() {
        return agents;
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

    int kindNumber(int row) {
        return batch.getKind().byteAt(row);
    }

    EventKind kind(int row) {
        EventKind kind = EventKind.forNumber(kindNumber(row));
        return kind == null ? EventKind.UNRECOGNIZED : kind;
    }

    boolean is(int row, EventKind kind) {
        return kind(row) == kind;
    }

    boolean starts(int row) {
        return is(row, EventKind.EVENT_KIND_START);
    }

    boolean ends(int row) {
        return is(row, EventKind.EVENT_KIND_END_TERMINATED) || is(row, EventKind.EVENT_KIND_END_TRUNCATED);
    }

    AgentStatus status(int row, int agent) {
        AgentStatus status = AgentStatus.forNumber(batch.getStatus().byteAt(row * agents + agent));
        return status == null ? AgentStatus.UNRECOGNIZED : status;
    }

    boolean pending(int row, int agent) {
        boolean asks = starts(row) || is(row, EventKind.EVENT_KIND_DECISION);
        return asks && renewed(row, agent);
    }

    /** Whether the agent has a new macro-observation. */
    boolean renewed(int row, int agent) {
        return switch (status(row, agent)) {
            case AGENT_STATUS_FRESH, AGENT_STATUS_DONE, AGENT_STATUS_FAILED -> true;
            default -> false;
        };
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
        return integer(batch.getAgentTau(), row * agents + agent);
    }

    int currentAction(int row, int agent) {
        return integer(batch.getCurrentAction(), row * agents + agent);
    }

    boolean absent(int row, int agent) {
        return !batch.getAbsent().isEmpty() && batch.getAbsent().byteAt(row * agents + agent) != 0;
    }

    ByteString observation(int row, int agent) {
        int group = spec.getAgents(agent).getGroup();
        int width = bytes(spec.getGroups(group).getObservation());
        return slice(batch.getGroups(group).getObservation(), place(spec, row, agent) * width, width);
    }

    ByteString legal(int row, int agent) {
        int group = spec.getAgents(agent).getGroup();
        int width = spec.getGroups(group).getNumActions();
        return slice(batch.getGroups(group).getLegal(), place(spec, row, agent) * width, width);
    }

    ByteString state(int row) {
        int width = bytes(spec.getState());
        return slice(batch.getState(), row * width, width);
    }

    ByteString macroState(int row, int agent) {
        int width = bytes(spec.getState());
        return slice(batch.getMacroState(), (row * agents + agent) * width, width);
    }

    double[] trace(int row) {
        int from = 0;
        for (int earlier = 0; earlier < row; earlier++) {
            from += jointTau(earlier);
        }
        return doubles(batch.getRewardTrace(), from, jointTau(row));
    }

    // ------------------------------------------------------------------------------------------------ as text

    /** Everything that the row says about its lane; equal texts mean equal rows, bit for bit. */
    String text(int row) {
        StringBuilder text = new StringBuilder(sight(row, allSeats()))
                .append(" joint ")
                .append(Double.toHexString(jointReward(row)))
                .append('/')
                .append(jointTau(row));
        if (!batch.getState().isEmpty()) {
            text.append(" state ").append(hex(state(row)));
        }
        if (!batch.getRewardTrace().isEmpty()) {
            for (double reward : trace(row)) {
                text.append(' ').append(Double.toHexString(reward));
            }
        }
        return text.toString();
    }

    /** What a player of these seats sees, apart from the joint clock, which depends on where it looked in. */
    String sight(int row, List<Integer> seats) {
        StringBuilder text = new StringBuilder("episode ")
                .append(episode(row))
                .append(" tick ")
                .append(tick(row))
                .append(' ')
                .append(kind(row));
        for (int seat : seats) {
            text.append(" | ")
                    .append(status(row, seat))
                    .append(' ')
                    .append(hex(observation(row, seat)))
                    .append(' ')
                    .append(hex(legal(row, seat)))
                    .append(' ')
                    .append(Double.toHexString(agentReward(row, seat)))
                    .append('/')
                    .append(agentTau(row, seat));
            if (!batch.getCurrentAction().isEmpty()) {
                text.append(" action ").append(currentAction(row, seat));
            }
            if (!batch.getMacroState().isEmpty()) {
                text.append(" macro-state ").append(hex(macroState(row, seat)));
            }
        }
        return text.toString();
    }

    /** Whether a player of these seats alone receives such a row. */
    boolean concerns(int row, List<Integer> seats) {
        return !is(row, EventKind.EVENT_KIND_DECISION) || seats.stream().anyMatch(seat -> pending(row, seat));
    }

    private List<Integer> allSeats() {
        return java.util.stream.IntStream.range(0, agents).boxed().toList();
    }

    // ------------------------------------------------------------------------------------------------ lengths

    private void checkLengths() {
        int k = count();
        length("lane", k, batch.getLaneCount());
        length("episode", k, batch.getEpisodeCount());
        length("tick", k, batch.getTickCount());
        length("kind", k, batch.getKind().size());
        length("status", k * agents, batch.getStatus().size());
        length("joint_reward", k, batch.getJointRewardCount());
        length("joint_tau", k, batch.getJointTauCount());
        length("agent_reward", k * agents * 8, batch.getAgentReward().size());
        length("agent_tau", k * agents * 4, batch.getAgentTau().size());
        int state = bytes(spec.getState());
        lengthOrNone("state", k * state, batch.getState());
        lengthOrNone("macro_state", k * agents * state, batch.getMacroState());
        lengthOrNone("current_action", k * agents * 4, batch.getCurrentAction());
        lengthOrNone("absent", k * agents, batch.getAbsent());
        int ticks = batch.getJointTauList().stream().mapToInt(Integer::intValue).sum();
        lengthOrNone("reward_trace", ticks * 8, batch.getRewardTrace());
        if (k > 0) {
            length("groups", spec.getGroupsCount(), batch.getGroupsCount());
        }
        for (int group = 0; group < batch.getGroupsCount(); group++) {
            int members = members(spec, group);
            int observation = bytes(spec.getGroups(group).getObservation());
            int actions = spec.getGroups(group).getNumActions();
            length(
                    "groups[" + group + "].observation",
                    k * members * observation,
                    batch.getGroups(group).getObservation().size());
            length(
                    "groups[" + group + "].legal",
                    k * members * actions,
                    batch.getGroups(group).getLegal().size());
        }
        length(
                "ended",
                count(EventKind.EVENT_KIND_END_TERMINATED) + count(EventKind.EVENT_KIND_END_TRUNCATED),
                batch.getEndedCount());
        length("started", count(EventKind.EVENT_KIND_START), batch.getStartedCount());
        length("faults", count(EventKind.EVENT_KIND_FAULT), batch.getFaultsCount());
    }

    private int count(EventKind kind) {
        int found = 0;
        for (int row = 0; row < count(); row++) {
            found += is(row, kind) ? 1 : 0;
        }
        return found;
    }

    private static void length(String column, int expected, int got) {
        Violation.unlessEqual(LENGTHS, "the length of " + column, expected, got);
    }

    private static void lengthOrNone(String column, int expected, ByteString got) {
        if (!got.isEmpty()) {
            length(column, expected, got.size());
        }
    }

    /** How many agents the group has. */
    static int members(EnvSpec spec, int group) {
        return (int) spec.getAgentsList().stream()
                .filter(agent -> agent.getGroup() == group)
                .count();
    }

    /** Which of the group's slots, counted over all rows. */
    static int place(EnvSpec spec, int row, int agent) {
        int group = spec.getAgents(agent).getGroup();
        int before = 0;
        for (int other = 0; other < agent; other++) {
            before += spec.getAgents(other).getGroup() == group ? 1 : 0;
        }
        return row * members(spec, group) + before;
    }

    /** Bytes of one tensor. */
    static int bytes(TensorSpec tensor) {
        return elements(tensor) * width(tensor.getDtype());
    }

    static int elements(TensorSpec tensor) {
        int elements = 1;
        for (int extent : tensor.getShapeList()) {
            elements *= extent;
        }
        return elements;
    }

    /** Bytes of one element. */
    static int width(DataType type) {
        return switch (type) {
            case DATA_TYPE_UINT8, DATA_TYPE_BOOL -> 1;
            case DATA_TYPE_INT32, DATA_TYPE_FLOAT32 -> 4;
            case DATA_TYPE_INT64, DATA_TYPE_FLOAT64 -> 8;
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new Violation("spec.proto, DataType", "the type of a tensor", "one that is known", type);
        };
    }

    /** Element {@code i} of a slab as a number. */
    static double element(DataType type, ByteString slab, int i) {
        var bytes = slab.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        return switch (type) {
            case DATA_TYPE_UINT8 -> slab.byteAt(i) & 0xff;
            case DATA_TYPE_BOOL -> slab.byteAt(i);
            case DATA_TYPE_INT32 -> bytes.getInt(4 * i);
            case DATA_TYPE_INT64 -> bytes.getLong(8 * i);
            case DATA_TYPE_FLOAT32 -> bytes.getFloat(4 * i);
            case DATA_TYPE_FLOAT64 -> bytes.getDouble(8 * i);
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new Violation("spec.proto, DataType", "the type of a tensor", "one that is known", type);
        };
    }

    private static int integer(ByteString slab, int i) {
        return slab.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getInt(4 * i);
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

    static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
