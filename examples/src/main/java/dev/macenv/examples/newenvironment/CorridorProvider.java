package dev.macenv.examples.newenvironment;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import dev.macenv.env.macro.AgentMacroActions;
import dev.macenv.env.macro.MacroActionExecutor;
import java.util.List;

/** Offers the corridor to servers. */
public final class CorridorProvider implements EnvironmentProvider {

    private static final int HORIZON = 50;

    private static final EnvironmentDescription CORRIDOR = new EnvironmentDescription(
            "corridor",
            "1",
            "Two agents who see only themselves meet at an end of a corridor",
            List.of(
                    new IntegerSetting("length", "cells", 9, 3, 1000),
                    new NumberSetting("slip", "probability that a step fails", 0.1, 0, 0.9)));

    @Override
    public List<EnvironmentDescription> environments() {
        return List.of(CORRIDOR);
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        Corridor corridor = new Corridor((int) settings.integer("length"), settings.number("slip"));
        List<MacroAction<? super Corridor>> choices = List.of(
                new Walk(new MacroActionSpec("Walk-left", "to the left end", 1, HORIZON, false), Corridor.LEFT),
                new Walk(new MacroActionSpec("Walk-right", "to the right end", 1, HORIZON, false), Corridor.RIGHT),
                new Rest(new MacroActionSpec("Rest", "for two ticks on average", 1, HORIZON, false), 0.5));
        return new MacroActionExecutor<>(
                CORRIDOR,
                settings,
                corridor,
                List.of(new AgentMacroActions<>("alice", choices), new AgentMacroActions<>("bob", choices)),
                HORIZON);
    }
}
