package dev.macenv.server.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.env.AgentSpec;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.Label;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.FlagSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import dev.macenv.env.VectorSpec;
import dev.macenv.server.session.TeamShape;
import dev.macenv.server.session.View;
import dev.macenv.v1.ConfigField;
import dev.macenv.v1.ConfigType;
import dev.macenv.v1.DataType;
import dev.macenv.v1.EnvFeatures;
import dev.macenv.v1.EnvSpec;
import dev.macenv.v1.GroupSpec;
import dev.macenv.v1.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Specifications as messages. */
final class Specs {
    private Specs() {}

    static EnvSpec message(EnvironmentDescription description, EnvironmentSpec spec) {
        TeamShape shape = new TeamShape(spec);
        EnvSpec.Builder message = EnvSpec.newBuilder()
                .setId(spec.id())
                .setVersion(spec.version())
                .setDescription(spec.doc())
                .setFingerprint(spec.fingerprint())
                .setState(tensor(spec.state()))
                .setHorizon(spec.horizon())
                .setCooperative(true)
                .setFeatures(EnvFeatures.newBuilder()
                        .setSnapshot(true)
                        .addAllRenderFormats(Drawings.FORMATS)
                        .setDeterministic(true)
                        .setMaxMacroTicks(spec.maxMacroTicks()))
                .setConfigValues(struct(spec.settings()));
        for (int agent = 0; agent < shape.agents(); agent++) {
            message.addAgents(agent(spec.agents().get(agent), shape.group(agent)));
        }
        for (int group = 0; group < shape.groups(); group++) {
            AgentSpec first = spec.agents().get(shape.firstAgent(group));
            message.addGroups(GroupSpec.newBuilder()
                    .setName("group" + group)
                    .setObservation(tensor(first.observation()))
                    .setNumActions(first.macroActions().size()));
        }
        description.settings().forEach(setting -> message.addConfig(field(setting)));
        return message.build();
    }

    /** The specification as a grant with this view may know it: without the state's labels and bounds if it sees none. */
    static EnvSpec message(EnvironmentDescription description, EnvironmentSpec spec, View view) {
        EnvSpec whole = message(description, spec);
        if (view.state() || view.macroState()) {
            return whole;
        }
        TensorSpec shape = whole.getState().toBuilder()
                .clearLabels()
                .clearLow()
                .clearHigh()
                .build();
        return whole.toBuilder().setState(shape).build();
    }

    private static dev.macenv.v1.AgentSpec agent(AgentSpec agent, int group) {
        dev.macenv.v1.AgentSpec.Builder message =
                dev.macenv.v1.AgentSpec.newBuilder().setName(agent.name()).setGroup(group);
        for (MacroActionSpec macroAction : agent.macroActions()) {
            message.addMacroActionsBuilder()
                    .setName(macroAction.name())
                    .setDoc(macroAction.doc())
                    .setMinTicks(macroAction.minTicks())
                    .setMaxTicks(macroAction.maxTicks())
                    .setPrimitive(macroAction.primitive());
        }
        return message.build();
    }

    private static TensorSpec tensor(VectorSpec vector) {
        TensorSpec.Builder message = TensorSpec.newBuilder()
                .setDtype(DataType.DATA_TYPE_FLOAT32)
                .addShape(vector.size())
                .setLow(floats(vector.low()))
                .setHigh(floats(vector.high()));
        int begin = 0;
        for (Label label : vector.labels()) {
            message.addLabelsBuilder().setName(label.name()).setBegin(begin).setEnd(begin + label.size());
            begin += label.size();
        }
        return message.build();
    }

    private static ByteString floats(double[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putFloat((float) value);
        }
        return ByteString.copyFrom(bytes.flip());
    }

    private static ConfigField field(SettingSpec setting) {
        ConfigField.Builder field = ConfigField.newBuilder()
                .setName(setting.name())
                .setDoc(setting.doc())
                .setDefaultValue(value(setting.defaultValue()));
        if (setting instanceof IntegerSetting integer) {
            return field.setType(ConfigType.CONFIG_TYPE_INTEGER)
                    .setMinimum((double) integer.min())
                    .setMaximum((double) integer.max())
                    .build();
        }
        if (setting instanceof NumberSetting number) {
            return field.setType(ConfigType.CONFIG_TYPE_NUMBER)
                    .setMinimum(number.min())
                    .setMaximum(number.max())
                    .build();
        }
        if (setting instanceof FlagSetting) {
            return field.setType(ConfigType.CONFIG_TYPE_BOOLEAN).build();
        }
        if (setting instanceof ChoiceSetting choice) {
            List<String> choices = choice.choices();
            return field.setType(ConfigType.CONFIG_TYPE_CHOICE)
                    .addAllChoices(choices)
                    .build();
        }
        throw new AssertionError("a kind of setting without a message: " + setting);
    }

    private static Struct struct(Settings settings) {
        Struct.Builder struct = Struct.newBuilder();
        settings.forEach((name, value) -> struct.putFields(name, value(value)));
        return struct.build();
    }

    private static Value value(Object value) {
        Value.Builder message = Value.newBuilder();
        if (value instanceof Boolean flag) {
            return message.setBoolValue(flag).build();
        }
        if (value instanceof Number number) {
            return message.setNumberValue(number.doubleValue()).build();
        }
        return message.setStringValue(String.valueOf(value)).build();
    }
}
