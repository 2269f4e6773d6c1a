package dev.macenv.client.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.client.ElementType;
import dev.macenv.client.EpisodeStart;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Events;
import dev.macenv.client.LaneFault;
import dev.macenv.client.LaneMoments;
import dev.macenv.client.MacroObservations;
import dev.macenv.client.MacroStates;
import dev.macenv.client.RecordingOptions;
import dev.macenv.client.ResetMode;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.TensorSpec;
import dev.macenv.client.View;
import dev.macenv.v1.AgentSpec;
import dev.macenv.v1.ConfigField;
import dev.macenv.v1.DataType;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.EventBatch;
import dev.macenv.v1.GetMacroObservationResponse;
import dev.macenv.v1.GetMacroStateResponse;
import dev.macenv.v1.GroupSlab;
import dev.macenv.v1.GroupSpec;
import dev.macenv.v1.MacroActionSpec;
import dev.macenv.v1.RecordingMode;
import dev.macenv.v1.StepResponse;
import dev.macenv.v1.WatchResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Messages to the client's types and back. Slabs are not copied: the buffers look into the received message.
 *
 * <p>A message that breaks the protocol is an {@link IllegalArgumentException}; see {@link Persistence#understood}.
 */
final class Translation {

    private Translation() {}

    static Events events(TeamSpec spec, StepResponse response) {
        return events(spec, response.getEvents(), response.getLanesRunning(), response.getLanesWaitingForOthers());
    }

    static Events events(TeamSpec spec, WatchResponse news) {
        return events(spec, news.getEvents(), 0, 0);
    }

    /** Rows of a recording. */
    static Events events(TeamSpec spec, EventBatch rows) {
        return events(spec, rows, 0, 0);
    }

    private static Events events(TeamSpec spec, EventBatch batch, int lanesRunning, int lanesWaitingForOthers) {
        int rows = batch.getRows();
        List<GroupSlab> groups = batch.getGroupsList();
        if (rows == 0 && groups.isEmpty()) {
            groups = Collections.nCopies(spec.groups().size(), GroupSlab.getDefaultInstance());
        }
        return new Events.Columns(spec, rows)
                .identity(
                        ints(batch.getLaneCount(), batch::getLane),
                        ints(batch.getEpisodeCount(), batch::getEpisode),
                        ints(batch.getTickCount(), batch::getTick),
                        buffer(batch.getKind()))
                .status(buffer(batch.getStatus()))
                .agents(observations(groups), legal(groups))
                .joint(jointRewards(batch), ints(batch.getJointTauCount(), batch::getJointTau))
                .agentClocks(buffer(batch.getAgentReward()), buffer(batch.getAgentTau()))
                .view(
                        buffer(batch.getState()),
                        buffer(batch.getMacroState()),
                        buffer(batch.getCurrentAction()),
                        buffer(batch.getRewardTrace()))
                .absent(buffer(batch.getAbsent()))
                .episodes(started(batch.getStartedList()), ended(batch), faults(batch))
                .lanesLeft(lanesRunning, lanesWaitingForOthers)
                .build();
    }

    static MacroObservations macroObservations(TeamSpec spec, GetMacroObservationResponse response) {
        return new MacroObservations(
                spec,
                new LaneMoments(
                        ints(response.getLaneCount(), response::getLane),
                        ints(response.getEpisodeCount(), response::getEpisode),
                        ints(response.getTickCount(), response::getTick)),
                buffer(response.getLaneState()),
                buffer(response.getStatus()),
                buffer(response.getPending()),
                buffer(response.getCurrentAction()),
                observations(response.getGroupsList()),
                legal(response.getGroupsList()));
    }

    static MacroStates macroStates(TeamSpec spec, GetMacroStateResponse response) {
        return new MacroStates(
                spec,
                new LaneMoments(
                        ints(response.getLaneCount(), response::getLane),
                        ints(response.getEpisodeCount(), response::getEpisode),
                        ints(response.getTickCount(), response::getTick)),
                buffer(response.getMacroState()),
                buffer(response.getState()));
    }

    static List<EpisodeStart> started(List<dev.macenv.v1.EpisodeStart> messages) {
        return messages.stream()
                .map(m -> new EpisodeStart(m.getLane(), m.getEpisode(), m.getSeed()))
                .toList();
    }

    static TeamSpec spec(EnvSpec message) {
        List<TeamSpec.Agent> agents = new ArrayList<>();
        int[] groupSizes = new int[message.getGroupsCount()];
        for (AgentSpec agent : message.getAgentsList()) {
            if (agent.getGroup() < 0 || agent.getGroup() >= groupSizes.length) {
                throw new IllegalArgumentException("group of agent " + agent.getName() + ": " + agent.getGroup()
                        + " (expected: below " + groupSizes.length + ")");
            }
            agents.add(new TeamSpec.Agent(
                    agent.getName(),
                    agent.getGroup(),
                    groupSizes[agent.getGroup()]++,
                    agent.getMacroActionsList().stream()
                            .map(Translation::macroAction)
                            .toList()));
        }
        List<TeamSpec.Group> groups = new ArrayList<>();
        for (GroupSpec group : message.getGroupsList()) {
            groups.add(new TeamSpec.Group(
                    group.getName(), groupSizes[groups.size()], tensor(group.getObservation()), group.getNumActions()));
        }
        return new TeamSpec(
                message.getId(),
                message.getVersion(),
                message.getDescription(),
                message.getFingerprint(),
                agents,
                groups,
                tensor(message.getState()),
                message.getHorizon(),
                message.getCooperative(),
                message.getFeatures().getDeterministic(),
                message.getFeatures().getMaxMacroTicks(),
                settings(message.getConfigValues()),
                message.getConfigList().stream().map(Translation::setting).toList());
    }

    /** Settings as the protocol carries them. */
    static Struct struct(Map<String, Object> settings) {
        Struct.Builder struct = Struct.newBuilder();
        settings.forEach((name, value) -> struct.putFields(name, value(name, value)));
        return struct.build();
    }

    static dev.macenv.v1.View view(View view) {
        return dev.macenv.v1.View.newBuilder()
                .setState(view.state())
                .setMacroState(view.macroState())
                .setCurrentActions(view.currentActions())
                .setRewardTrace(view.rewardTrace())
                .setOtherAgents(view.otherAgents())
                .setRender(view.render())
                .build();
    }

    static dev.macenv.v1.RecordingOptions recording(RecordingOptions options) {
        return dev.macenv.v1.RecordingOptions.newBuilder()
                .setMode(
                        options.events() ? RecordingMode.RECORDING_MODE_EVENTS : RecordingMode.RECORDING_MODE_DECISIONS)
                .setPrivileged(options.privileged())
                .setMaxBytes(options.maxBytes())
                .build();
    }

    static ResetMode resetMode(dev.macenv.v1.ResetMode mode) {
        return mode == dev.macenv.v1.ResetMode.RESET_MODE_MANUAL ? ResetMode.MANUAL : ResetMode.AUTO;
    }

    static dev.macenv.v1.ResetMode resetMode(ResetMode mode) {
        return switch (mode) {
            case AUTO -> dev.macenv.v1.ResetMode.RESET_MODE_AUTO;
            case MANUAL -> dev.macenv.v1.ResetMode.RESET_MODE_MANUAL;
        };
    }

    private static Value value(String name, Object value) {
        if (value instanceof Number number) {
            return Value.newBuilder().setNumberValue(number.doubleValue()).build();
        }
        if (value instanceof Boolean flag) {
            return Value.newBuilder().setBoolValue(flag).build();
        }
        if (value instanceof String text) {
            return Value.newBuilder().setStringValue(text).build();
        }
        throw new IllegalArgumentException(
                "settings." + name + ": " + value.getClass().getName() + " (expected: Number, Boolean or String)");
    }

    private static Map<String, Object> settings(Struct struct) {
        Map<String, Object> settings = new LinkedHashMap<>();
        struct.getFieldsMap().forEach((name, value) -> settings.put(name, plain(value)));
        return settings;
    }

    private static Object plain(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> value.getNumberValue();
            case BOOL_VALUE -> value.getBoolValue();
            default -> value.getStringValue();
        };
    }

    private static TeamSpec.MacroAction macroAction(MacroActionSpec action) {
        return new TeamSpec.MacroAction(
                action.getName(), action.getDoc(), action.getMinTicks(), action.getMaxTicks(), action.getPrimitive());
    }

    private static TeamSpec.Setting setting(ConfigField field) {
        String range = String.join(" | ", field.getChoicesList());
        if (field.hasMinimum() || field.hasMaximum()) {
            range = (field.hasMinimum() ? number(field.getMinimum()) : "")
                    + ".."
                    + (field.hasMaximum() ? number(field.getMaximum()) : "");
        }
        String type = switch (field.getType()) {
            case CONFIG_TYPE_INTEGER -> "integer";
            case CONFIG_TYPE_NUMBER -> "number";
            case CONFIG_TYPE_BOOLEAN -> "boolean";
            case CONFIG_TYPE_CHOICE -> "choice";
            default -> "string";
        };
        return new TeamSpec.Setting(field.getName(), type, plain(field.getDefaultValue()), range, field.getDoc());
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static TensorSpec tensor(dev.macenv.v1.TensorSpec message) {
        ElementType type = elementType(message.getDtype());
        return new TensorSpec(
                type,
                message.getShapeList(),
                message.getLabelsList().stream()
                        .map(label -> new TensorSpec.Label(label.getName(), label.getBegin(), label.getEnd()))
                        .toList(),
                elements(type, message.getLow()),
                elements(type, message.getHigh()));
    }

    private static ElementType elementType(DataType type) {
        return switch (type) {
            case DATA_TYPE_UINT8 -> ElementType.UINT8;
            case DATA_TYPE_INT32 -> ElementType.INT32;
            case DATA_TYPE_INT64 -> ElementType.INT64;
            case DATA_TYPE_FLOAT32 -> ElementType.FLOAT32;
            case DATA_TYPE_FLOAT64 -> ElementType.FLOAT64;
            case DATA_TYPE_BOOL -> ElementType.BOOL;
            case DATA_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("dtype: " + type + " (expected: a type that this client knows)");
        };
    }

    private static List<Double> elements(ElementType type, ByteString bytes) {
        ByteBuffer buffer = buffer(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Double> elements = new ArrayList<>();
        for (int i = 0; i < bytes.size() / type.bytes(); i++) {
            elements.add(
                    switch (type) {
                        case UINT8, BOOL -> (double) (buffer.get(i) & 0xff);
                        case INT32 -> (double) buffer.getInt(i * Integer.BYTES);
                        case INT64 -> (double) buffer.getLong(i * Long.BYTES);
                        case FLOAT32 -> (double) buffer.getFloat(i * Float.BYTES);
                        case FLOAT64 -> buffer.getDouble(i * Double.BYTES);
                    });
        }
        return elements;
    }

    private static List<EpisodeSummary> ended(EventBatch batch) {
        return batch.getEndedList().stream()
                .map(m -> new EpisodeSummary(
                        m.getLane(),
                        m.getEpisode(),
                        m.getSeed(),
                        m.getTicks(),
                        m.getDecisions(),
                        m.getTotalReward(),
                        m.getDiscountedReward(),
                        m.getMetricsMap()))
                .toList();
    }

    private static List<LaneFault> faults(EventBatch batch) {
        return batch.getFaultsList().stream()
                .map(m -> new LaneFault(
                        m.getLane(),
                        m.getEpisode(),
                        m.getTick(),
                        m.getStatus().getMessage(),
                        Failures.metadata(m.getStatus()).getOrDefault("trace", "")))
                .toList();
    }

    private static List<ByteBuffer> observations(List<GroupSlab> groups) {
        return groups.stream().map(g -> buffer(g.getObservation())).collect(Collectors.toList());
    }

    private static List<ByteBuffer> legal(List<GroupSlab> groups) {
        return groups.stream().map(g -> buffer(g.getLegal())).collect(Collectors.toList());
    }

    private static ByteBuffer buffer(ByteString bytes) {
        return bytes.asReadOnlyByteBuffer();
    }

    private static double[] jointRewards(EventBatch batch) {
        double[] rewards = new double[batch.getJointRewardCount()];
        for (int r = 0; r < rewards.length; r++) {
            rewards[r] = batch.getJointReward(r);
        }
        return rewards;
    }

    private static int[] ints(int count, Column column) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = column.get(i);
        }
        return values;
    }

    private interface Column {
        int get(int i);
    }
}
