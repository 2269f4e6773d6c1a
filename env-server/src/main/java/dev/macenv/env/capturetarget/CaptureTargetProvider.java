package dev.macenv.env.capturetarget;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.PrimitiveMacroAction;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import dev.macenv.env.macro.AgentMacroActions;
import dev.macenv.env.macro.MacroActionExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Capture Target under its ids: {@code capture-target} and {@code capture-target-primitive} with the number of agents as a setting, and the scenarios {@code ct-10}, {@code ct-10-prim} and so on, whose number of agents is
 * in the name.
 */
public final class CaptureTargetProvider implements EnvironmentProvider {

    private static final String VERSION = "1";
    private static final String MACRO = "capture-target";
    private static final String PRIMITIVE = "capture-target-primitive";
    private static final String SCENARIO = "ct-";
    private static final String SCENARIO_PRIMITIVE_SUFFIX = "-prim";
    private static final int[] SCENARIO_AGENTS = {2, 10};
    private static final double REWARD_LIMIT = 1e6;

    @Override
    public List<EnvironmentDescription> environments() {
        List<EnvironmentDescription> all = new ArrayList<>();
        all.add(describe(MACRO, "Capture Target with macro-actions, for any number of agents", true));
        all.add(describe(PRIMITIVE, "Capture Target with primitive actions, for any number of agents", true));
        for (int agents : SCENARIO_AGENTS) {
            String team = agents + " agents";
            all.add(describe(SCENARIO + agents, "Capture Target with macro-actions for " + team, false));
            all.add(describe(
                    SCENARIO + agents + SCENARIO_PRIMITIVE_SUFFIX,
                    "Capture Target with primitive actions for " + team,
                    false));
        }
        return all;
    }

    private static EnvironmentDescription describe(String id, String doc, boolean anyTeam) {
        List<SettingSpec> settings = new ArrayList<>();
        if (anyTeam) {
            settings.add(new IntegerSetting("agents", "how many must be on the target at once", 10, 1, 100));
        }
        settings.add(new IntegerSetting("grid", "cells per side", 10, 2, 1000));
        settings.add(new IntegerSetting("horizon", "ticks after which an episode is truncated", 60, 1, 1_000_000));
        settings.add(new NumberSetting(
                "agentNoise", "probability that an agent's move is turned, to the left or to the right", 0.1, 0, 1));
        settings.add(
                new NumberSetting("flicker", "probability that an agent does not see the target on a tick", 0.3, 0, 1));
        settings.add(new NumberSetting(
                "captureReward", "for having all agents on the target", 1, -REWARD_LIMIT, REWARD_LIMIT));
        return new EnvironmentDescription(id, VERSION, doc, settings);
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        EnvironmentDescription description = environments().stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("id: " + id + " (expected: one of environments())"));
        CaptureRules rules = new CaptureRules(
                agents(id, settings),
                (int) settings.integer("grid"),
                settings.number("agentNoise"),
                settings.number("flicker"),
                settings.number("captureReward"));
        int horizon = (int) settings.integer("horizon");
        boolean primitive = primitive(id);
        List<MacroAction<? super CaptureTarget>> macroActions = primitive ? primitiveActions() : macroActions(horizon);
        List<AgentMacroActions<CaptureTarget>> team = new ArrayList<>();
        for (int agent = 0; agent < rules.agents(); agent++) {
            team.add(new AgentMacroActions<>("agent" + agent, macroActions));
        }
        return new MacroActionExecutor<>(description, settings, new CaptureTarget(rules, primitive), team, horizon);
    }

    @Override
    public Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        return Optional.of(new Chase(agents(id, settings), (int) settings.integer("grid"), primitive(id)));
    }

    private static boolean primitive(String id) {
        return id.equals(PRIMITIVE) || id.endsWith(SCENARIO_PRIMITIVE_SUFFIX);
    }

    private static int agents(String id, Settings settings) {
        return settings.has("agents") ? (int) settings.integer("agents") : Integer.parseInt(id.replaceAll("\\D", ""));
    }

    /** &sect;3.2. */
    private static List<MacroAction<? super CaptureTarget>> macroActions(int horizon) {
        return List.of(
                new MoveToTarget("Move-to-T", "go to where the target was last seen", horizon),
                new PrimitiveMacroAction<>("Stay", "do nothing for one tick", CaptureTarget.REST));
    }

    /** &sect;3.8. */
    private static List<MacroAction<? super CaptureTarget>> primitiveActions() {
        return List.of(
                new PrimitiveMacroAction<>("Up", "one cell up, unless the noise turns it", Move.UP),
                new PrimitiveMacroAction<>("Down", "one cell down, unless the noise turns it", Move.DOWN),
                new PrimitiveMacroAction<>("Left", "one cell to the left, unless the noise turns it", Move.LEFT),
                new PrimitiveMacroAction<>("Right", "one cell to the right, unless the noise turns it", Move.RIGHT),
                new PrimitiveMacroAction<>("Stay", "do nothing", Move.STAY));
    }
}
