package dev.macenv.env.warehouse;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.PrimitiveMacroAction;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.FlagSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import dev.macenv.env.macro.AgentMacroActions;
import dev.macenv.env.macro.MacroActionExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Warehouse Tool Delivery under its ids: {@code wtd-s}, {@code wtd-s-prim} and so on, two for each {@link Scenario}. */
public final class WarehouseProvider implements EnvironmentProvider {

    private static final String VERSION = "1";
    private static final String PRIMITIVE_SUFFIX = "-prim";
    private static final double REWARD_LIMIT = 1e6;
    private static final int TICK_LIMIT = 1_000_000;

    /** The reference programs look at the robot when a pass begins, but only for the first two (quirk Q1, &sect;2.10). */
    private static final int CHECKED_PASSES = 2;

    @Override
    public List<EnvironmentDescription> environments() {
        List<EnvironmentDescription> all = new ArrayList<>();
        for (Scenario scenario : Scenario.ALL) {
            all.add(new EnvironmentDescription(
                    scenario.id(),
                    VERSION,
                    "Warehouse Tool Delivery with macro-actions: " + scenario.doc(),
                    settingsOf(scenario, false)));
            all.add(new EnvironmentDescription(
                    scenario.id() + PRIMITIVE_SUFFIX,
                    VERSION,
                    "Warehouse Tool Delivery with one-tick actions: " + scenario.doc(),
                    settingsOf(scenario, true)));
        }
        return all;
    }

    private static List<SettingSpec> settingsOf(Scenario scenario, boolean primitive) {
        List<SettingSpec> settings = new ArrayList<>();
        settings.add(ticks("horizon", "ticks after which an episode is truncated", scenario.horizon()));
        settings.add(new NumberSetting("speed", "of mobile robots, metres per tick", 0.8, 0.01, 10));
        settings.add(ticks("searchTicks", "how long the manipulator takes to search for a tool", 6));
        settings.add(ticks("passTicks", "how long the manipulator takes to pass a tool", 4));
        settings.add(ticks(
                "waitTicks",
                "after how many ticks a mobile robot that waits at the table gives up",
                scenario.waitTicks()));
        settings.add(new IntegerSetting("stock", "how many of each type of tool there are", scenario.stock(), 1, 1000));
        for (int human = 0; human < scenario.layout().humans(); human++) {
            for (int phase = 0; phase < Warehouse.PHASES; phase++) {
                settings.add(ticks(
                        phaseSetting(human, phase),
                        "how long human " + human + " works in phase " + phase + ", in ticks",
                        scenario.phases().get(human).get(phase)));
            }
        }
        settings.add(reward("deliveryReward", "for each tool delivered", 100));
        settings.add(reward("latePenalty", "on top of it, if the human has already run out of work", -20));
        settings.add(reward("passPenalty", "for each pass to a robot that is not ready", -10));
        settings.add(reward("stepReward", "on every tick", -1));
        settings.add(new FlagSetting(
                "lateAtZero",
                "whether a delivery is late once the human's phase is over, or only one tick later",
                scenario.lateAtZero()));
        if (scenario.layout().robots() > CHECKED_PASSES) {
            settings.add(new FlagSetting(
                    "symmetricPassCheck",
                    "whether a pass to the third robot, too, fails if the robot is not ready when it begins",
                    false));
        }
        if (primitive) {
            settings.add(new ChoiceSetting(
                    "primitiveManipulator",
                    "what one tick of passing or searching does: interruptible (chosen on enough ticks in a row it takes effect), durative (once begun it is carried through) or instant (it takes effect at once)",
                    "interruptible",
                    List.of("interruptible", "durative", "instant")));
        }
        return settings;
    }

    private static IntegerSetting ticks(String name, String doc, int standard) {
        return new IntegerSetting(name, doc, standard, 1, TICK_LIMIT);
    }

    private static NumberSetting reward(String name, String doc, double standard) {
        return new NumberSetting(name, doc, standard, -REWARD_LIMIT, REWARD_LIMIT);
    }

    private static String phaseSetting(int human, int phase) {
        return "human" + human + "Phase" + phase;
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        EnvironmentDescription description = environments().stream()
                .filter(candidate -> candidate.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("id: " + id + " (expected: one of environments())"));
        boolean primitive = id.endsWith(PRIMITIVE_SUFFIX);
        Scenario scenario = scenarioOf(id);
        Rules rules = rulesOf(scenario, settings, primitive);
        Rewards rewards = new Rewards(
                settings.number("deliveryReward"),
                settings.number("latePenalty"),
                settings.number("passPenalty"),
                settings.number("stepReward"));
        int horizon = (int) settings.integer("horizon");
        return new MacroActionExecutor<>(
                description,
                settings,
                new Warehouse(scenario.layout(), rules, rewards),
                teamOf(scenario.layout(), rules, horizon, primitive),
                horizon);
    }

    @Override
    public Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        Scenario scenario = scenarioOf(id);
        return Optional.of(new Dispatch(scenario.layout(), scenario.plan()));
    }

    private static Scenario scenarioOf(String id) {
        return Scenario.ALL.stream()
                .filter(scenario -> id.equals(scenario.id()) || id.equals(scenario.id() + PRIMITIVE_SUFFIX))
                .findFirst()
                .orElseThrow();
    }

    private static Rules rulesOf(Scenario scenario, Settings settings, boolean primitive) {
        List<List<Integer>> phases = new ArrayList<>();
        for (int human = 0; human < scenario.layout().humans(); human++) {
            List<Integer> ticks = new ArrayList<>();
            for (int phase = 0; phase < Warehouse.PHASES; phase++) {
                ticks.add((int) settings.integer(phaseSetting(human, phase)));
            }
            phases.add(ticks);
        }
        boolean allChecked = settings.has("symmetricPassCheck") && settings.flag("symmetricPassCheck");
        return new Rules(
                phases,
                (int) settings.integer("stock"),
                settings.number("speed"),
                (int) settings.integer("passTicks"),
                (int) settings.integer("searchTicks"),
                (int) settings.integer("waitTicks"),
                settings.flag("lateAtZero"),
                allChecked ? scenario.layout().robots() : CHECKED_PASSES,
                primitive
                        ? Rules.Manipulator.valueOf(
                                settings.choice("primitiveManipulator").toUpperCase(Locale.ROOT))
                        : Rules.Manipulator.DURATIVE,
                primitive);
    }

    /** The mobile robots, all alike, and the manipulator. */
    private static List<AgentMacroActions<Warehouse>> teamOf(
            Layout layout, Rules rules, int horizon, boolean primitive) {
        List<MacroAction<? super Warehouse>> mobile = new ArrayList<>();
        for (int human = 0; human < layout.humans(); human++) {
            String doc = "go to the workshop of human " + human + " and deliver the tool that it needs next";
            mobile.add(goTo("Go-W(" + human + ")", doc, human, horizon, primitive));
        }
        mobile.add(goTo("Go-TR", "go to the tool room", layout.toolRoomIndex(), horizon, primitive));
        String getTool = "go to the table and wait there to be passed a tool";
        mobile.add(
                primitive
                        ? new PrimitiveMacroAction<>("Get-Tool", getTool, layout.tableIndex())
                        : new GetTool("Get-Tool", getTool, layout.tableIndex(), horizon));

        List<AgentMacroActions<Warehouse>> team = new ArrayList<>();
        for (int robot = 0; robot < layout.robots(); robot++) {
            team.add(new AgentMacroActions<>("robot" + robot, mobile));
        }
        team.add(new AgentMacroActions<>("manipulator", manipulations(layout, rules, primitive)));
        return team;
    }

    private static List<MacroAction<? super Warehouse>> manipulations(Layout layout, Rules rules, boolean primitive) {
        List<MacroAction<? super Warehouse>> all = new ArrayList<>();
        all.add(new PrimitiveMacroAction<>("Wait-M", "do nothing for one tick", 0));
        for (int robot = 0; robot < layout.robots(); robot++) {
            String doc = "pass the tool that has been staged longest to mobile robot " + robot;
            all.add(manipulation("Pass-to-M(" + robot + ")", doc, all.size(), rules.passTicks(), primitive));
        }
        for (int tool = 0; tool < Warehouse.TOOLS; tool++) {
            String doc = "search for a tool of type " + tool + " and stage it";
            all.add(manipulation("Search-Tool(" + tool + ")", doc, all.size(), rules.searchTicks(), primitive));
        }
        return all;
    }

    private static MacroAction<Warehouse> goTo(String name, String doc, int waypoint, int horizon, boolean primitive) {
        return primitive ? new PrimitiveMacroAction<>(name, doc, waypoint) : new GoTo(name, doc, waypoint, horizon);
    }

    private static MacroAction<Warehouse> manipulation(
            String name, String doc, int action, int ticks, boolean primitive) {
        return primitive ? new PrimitiveMacroAction<>(name, doc, action) : new Manipulation(name, doc, action, ticks);
    }
}
