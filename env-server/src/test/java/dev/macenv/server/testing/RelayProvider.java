package dev.macenv.server.testing;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.Settings;
import java.util.List;
import java.util.function.DoubleSupplier;

/** Offers {@code relay}. */
public final class RelayProvider implements EnvironmentProvider {
    private final DoubleSupplier bonus;

    public RelayProvider() {
        this(() -> 0);
    }

    /** Environments that ask for this before every tick, which it may hold up, and add it to the tick's reward. */
    public RelayProvider(DoubleSupplier bonus) {
        this.bonus = bonus;
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
        return new Relay(id, settings, bonus);
    }
}
