package dev.macenv.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import dev.macenv.env.VectorSpec;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Environments as text for people and as JSON for programs. */
final class Descriptions {
    private Descriptions() {}

    static PrintWriter out(@Nullable CommandSpec command) {
        return line(command).getOut();
    }

    static PrintWriter err(@Nullable CommandSpec command) {
        return line(command).getErr();
    }

    private static CommandLine line(@Nullable CommandSpec command) {
        if (command == null) {
            throw new AssertionError("picocli sets the spec before it calls the command");
        }
        return command.commandLine();
    }

    static String json(Object value) throws JsonProcessingException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(value);
    }

    // ------------------------------------------------------------------------------------------------ JSON

    static List<Map<String, Object>> summaries(List<EnvironmentDescription> all) {
        List<Map<String, Object>> summaries = new ArrayList<>();
        for (EnvironmentDescription one : all) {
            Map<String, Object> summary = new LinkedHashMap<>();
            summary.put("id", one.id());
            summary.put("version", one.version());
            summary.put("doc", one.doc());
            summaries.add(summary);
        }
        return summaries;
    }

    static Map<String, Object> full(EnvironmentDescription description, EnvironmentSpec spec) {
        Map<String, Object> full = new LinkedHashMap<>();
        full.put("id", spec.id());
        full.put("version", spec.version());
        full.put("doc", spec.doc());
        full.put("fingerprint", spec.fingerprint());
        full.put("horizon", spec.horizon());
        full.put("maxMacroTicks", spec.maxMacroTicks());
        List<Object> agents = new ArrayList<>();
        for (AgentSpec agent : spec.agents()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", agent.name());
            one.put("macroActions", agent.macroActions());
            one.put("observation", agent.observation().labels());
            agents.add(one);
        }
        full.put("agents", agents);
        full.put("state", spec.state().labels());
        List<Object> settings = new ArrayList<>();
        for (SettingSpec setting : description.settings()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", setting.name());
            one.put("type", typeOf(setting));
            one.put("default", setting.defaultValue());
            one.put("range", setting.range());
            one.put("doc", setting.doc());
            settings.add(one);
        }
        full.put("settings", settings);
        Map<String, Object> values = new LinkedHashMap<>();
        spec.settings().forEach(values::put);
        full.put("values", values);
        return full;
    }

    private static String typeOf(SettingSpec setting) {
        if (setting instanceof IntegerSetting) {
            return "integer";
        }
        if (setting instanceof NumberSetting) {
            return "number";
        }
        if (setting instanceof FlagSetting) {
            return "flag";
        }
        if (setting instanceof ChoiceSetting) {
            return "choice";
        }
        throw new AssertionError("a kind of setting without a name: " + setting);
    }

    // ------------------------------------------------------------------------------------------------ text

    static void print(PrintWriter out, EnvironmentDescription description, EnvironmentSpec spec) {
        out.println(spec.id() + " (version " + spec.version() + ")");
        out.println(spec.doc());
        out.println();
        out.println("Agents: " + spec.agents().size()
                + (spec.horizon() == 0 ? "" : "   Horizon: " + spec.horizon() + " ticks"));
        @Nullable AgentSpec previous = null;
        for (AgentSpec agent : spec.agents()) {
            out.println();
            if (previous != null
                    && agent.macroActions().equals(previous.macroActions())
                    && agent.observation().equals(previous.observation())) {
                out.println(agent.name() + ": as " + previous.name());
                continue;
            }
            previous = agent;
            out.println(agent.name() + ": macro-actions");
            printMacroActions(out, agent.macroActions());
            out.println("  macro-observation, " + agent.observationSize() + " numbers");
            printVector(out, agent.observation());
        }
        out.println();
        out.println("State, " + spec.stateSize() + " numbers (for training, not for agents)");
        printVector(out, spec.state());
        if (!description.settings().isEmpty()) {
            out.println();
            out.println("Settings");
            Map<String, Object> values = new LinkedHashMap<>();
            spec.settings().forEach(values::put);
            for (SettingSpec setting : description.settings()) {
                out.printf("  %s = %s   %s%n", setting.name(), values.get(setting.name()), setting.range());
                out.println("      " + setting.doc());
            }
        }
    }

    private static void printMacroActions(PrintWriter out, List<MacroActionSpec> macroActions) {
        for (int i = 0; i < macroActions.size(); i++) {
            MacroActionSpec one = macroActions.get(i);
            String ticks = one.minTicks() == one.maxTicks()
                    ? String.valueOf(one.minTicks())
                    : one.minTicks() + ".." + one.maxTicks();
            out.printf("  %3d  %-20s %9s ticks  %s%n", i, one.name(), ticks, one.doc());
        }
    }

    private static void printVector(PrintWriter out, VectorSpec vector) {
        int begin = 0;
        for (Label label : vector.labels()) {
            String range = label.size() == 1 ? String.valueOf(begin) : begin + ".." + (begin + label.size() - 1);
            out.printf("  %6s  %-22s %s .. %s  %s%n", range, label.name(), label.low(), label.high(), label.doc());
            begin += label.size();
        }
    }
}
