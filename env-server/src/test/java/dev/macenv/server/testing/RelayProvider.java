package dev.macenv.server.testing;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.Settings;
import java.util.List;

/** Offers {@code relay}. */
public final class RelayProvider implements EnvironmentProvider {
    private final Runnable beforeStep;

    public RelayProvider() {
        this(() -> {});
    }

    /** Environments that run this before every tick, for example to hold it up. */
    public RelayProvider(Runnable beforeStep) {
        this.beforeStep = beforeStep;
    }

    @Override
    public List<EnvironmentDescription> environments() {
        return List.of(new EnvironmentDescription(
                "relay",
                "1",
                "Macro-actions of random length. For tests.",
                List.of(
                        new IntegerSetting("horizon", "ticks of an episode", 40, 0, 1000),
                        new ChoiceSetting("fault", "how to misbehave", "none", Relay.FAULTS))));
    }

    @Override
    public MacDecPomdp create(String id, Settings settings) {
        return new Relay(id, settings, beforeStep);
    }
}
