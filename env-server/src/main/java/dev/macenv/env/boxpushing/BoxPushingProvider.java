package dev.macenv.env.boxpushing;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.PrimitiveMacroAction;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.SettingSpec.Preset;
import dev.macenv.env.Settings;
import dev.macenv.env.macro.AgentMacroActions;
import dev.macenv.env.macro.MacroActionExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Box Pushing under its ids: {@code box-pushing} and {@code box-pushing-primitive} with the grid as a setting, and the scenarios {@code bp-10}, {@code bp-10-prim} and so on, whose grid is in the name.
 */
public final class BoxPushingProvider implements EnvironmentProvider {

    private static final String VERSION = "1";
    private static final String MACRO = "box-pushing";
    private static final String PRIMITIVE = "box-pushing-primitive";
    private static final String SCENARIO = "bp-";
    private static final String SCENARIO_PRIMITIVE_SUFFIX = "-prim";
    private static final int[] SCENARIO_GRIDS = {4, 6, 8, 10, 20, 30};
    private static final double REWARD_LIMIT = 1e6;

    @Override
    public List<EnvironmentDescription> environments() {
        List<EnvironmentDescription> all = new ArrayList<>();
        all.add(describe(MACRO, "Box Pushing with macro-actions, on a grid of any even size", true));
        all.add(describe(PRIMITIVE, "Box Pushing with primitive actions, on a grid of any even size", true));
        for (int n : SCENARIO_GRIDS) {
            String size = n + " x " + n + " cells";
            all.add(describe(SCENARIO + n, "Box Pushing with macro-actions on " + size, false));
            all.add(describe(
                    SCENARIO + n + SCENARIO_PRIMITIVE_SUFFIX, "Box Pushing with primitive actions on " + size, false));
        }
        return all;
    }

    private static EnvironmentDescription describe(String id, String doc, boolean anyGrid) {
        List<SettingSpec> settings = new ArrayList<>();
        if (anyGrid) {
            settings.add(new IntegerSetting("grid", "cells per side", 10, 4, 1000, 2));
        }
        settings.add(new IntegerSetting("horizon", "ticks after which an episode is truncated", 100, 1, 1_000_000));
        settings.add(new ChoiceSetting(
                "rewards",
                "scale of the rewards: paper (+100/+10/-10) or macromarl (+300/+20/-10); bigReward, smallReward and penalty, where given, win over it",
                "paper",
                List.of("paper", "macromarl")));
        settings.add(reward("bigReward", "for the big box in the goal row", 100, 300));
        settings.add(reward("smallReward", "for each small box in the goal row", 10, 20));
        settings.add(reward("penalty", "for each push against what does not give way", -10, -10));
        settings.add(new NumberSetting("stepReward", "on every tick", -0.1, -REWARD_LIMIT, REWARD_LIMIT));
        return new EnvironmentDescription(id, VERSION, doc, settings);
    }

    private static NumberSetting reward(String name, String doc, double paper, double macromarl) {
        Preset preset = new Preset("rewards", Map.of("paper", paper, "macromarl", macromarl));
        return new NumberSetting(name, doc, paper, -REWARD_LIMIT, REWARD_LIMIT, Optional.of(preset));
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        EnvironmentDescription description = environments().stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("id: " + id + " (expected: one of environments())"));
        boolean primitive = isPrimitive(id);
        Rewards rewards = new Rewards(
                settings.number("bigReward"),
                settings.number("smallReward"),
                settings.number("penalty"),
                settings.number("stepReward"));
        int horizon = (int) settings.integer("horizon");
        List<MacroAction<? super BoxPushing>> macroActions = primitive ? primitiveActions() : macroActions(horizon);
        return new MacroActionExecutor<>(
                description,
                settings,
                new BoxPushing(layout(id, settings), rewards, !primitive),
                List.of(
                        new AgentMacroActions<>("agent0", macroActions),
                        new AgentMacroActions<>("agent1", macroActions)),
                horizon);
    }

    @Override
    public Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        return Optional.of(
                isPrimitive(id) ? Teamwork.primitive(layout(id, settings)) : Teamwork.macro(layout(id, settings)));
    }

    private static boolean isPrimitive(String id) {
        return id.equals(PRIMITIVE) || id.endsWith(SCENARIO_PRIMITIVE_SUFFIX);
    }

    private static Layout layout(String id, Settings settings) {
        return new Layout((int) (settings.has("grid") ? settings.integer("grid") : gridIn(id)));
    }

    private static int gridIn(String scenario) {
        return Integer.parseInt(scenario.replaceAll("\\D", ""));
    }

    /** &sect;1.2: the same eight for both agents. */
    private static List<MacroAction<? super BoxPushing>> macroActions(int horizon) {
        return List.of(
                new GoTo("Go-to-Small-Box(0)", "walk below the left small box and look up", 0, horizon),
                new GoTo("Go-to-Small-Box(1)", "walk below the right small box and look up", 1, horizon),
                new GoTo("Go-to-Big-Box(left)", "walk below the left half of the big box and look up", 2, horizon),
                new GoTo("Go-to-Big-Box(right)", "walk below the right half of the big box and look up", 3, horizon),
                new Push(
                        "Push",
                        "push ahead until a box is delivered, the boundary is reached or something does not give way",
                        horizon),
                new PrimitiveMacroAction<>("Turn-left", "a quarter turn counter-clockwise", BoxPushing.TURN_LEFT),
                new PrimitiveMacroAction<>("Turn-right", "a quarter turn clockwise", BoxPushing.TURN_RIGHT),
                new PrimitiveMacroAction<>("Stay", "do nothing for one tick", BoxPushing.STAY));
    }

    /** &sect;1.11. */
    private static List<MacroAction<? super BoxPushing>> primitiveActions() {
        return List.of(
                new Forward("Forward", "one cell ahead, pushing what is there"),
                new PrimitiveMacroAction<>("Turn-left", "a quarter turn counter-clockwise", BoxPushing.TURN_LEFT),
                new PrimitiveMacroAction<>("Turn-right", "a quarter turn clockwise", BoxPushing.TURN_RIGHT),
                new PrimitiveMacroAction<>("Stay", "do nothing", BoxPushing.STAY));
    }
}
