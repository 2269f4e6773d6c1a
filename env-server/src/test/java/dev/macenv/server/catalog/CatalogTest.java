package dev.macenv.server.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.Settings;
import dev.macenv.env.boxpushing.BoxPushingProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CatalogTest {

    private final Catalog catalog = Catalog.load();

    @Test
    void boxPushingIsFoundUnderAllItsIds() {
        assertThat(catalog.environments())
                .extracting(EnvironmentDescription::id)
                .isSorted()
                .contains(
                        "box-pushing",
                        "box-pushing-primitive",
                        "bp-4",
                        "bp-4-prim",
                        "bp-6",
                        "bp-6-prim",
                        "bp-8",
                        "bp-8-prim",
                        "bp-10",
                        "bp-10-prim",
                        "bp-20",
                        "bp-20-prim",
                        "bp-30",
                        "bp-30-prim");
    }

    @Test
    void everyEnvironmentCanBeMadeWithItsDefaults() {
        for (EnvironmentDescription description : catalog.environments()) {
            MacDecPomdp environment = catalog.create(description.id(), Map.of());
            assertThat(environment.spec().id()).isEqualTo(description.id());
            assertThat(environment.spec().version()).isEqualTo(description.version());
            assertThat(environment.spec().settings()).isEqualTo(Settings.defaults(description));
            environment.reset(0);
            assertThat(environment.tick()).isZero();
        }
    }

    @Test
    void allProblemsAreReportedAtOnce() {
        Map<String, Object> chosen = new HashMap<>();
        chosen.put("grid", 7.0);
        chosen.put("horizon", "100");
        chosen.put("rewards", "gold");
        chosen.put("bigreward", 3.0);
        chosen.put("penalty", Double.NaN);
        chosen.put("smallReward", true);
        chosen.put("wind", 1);
        chosen.put("stepReward", null);

        assertThat(catalog.check("box-pushing", chosen))
                .extracting(Problem::toString)
                .containsExactly(
                        "bigreward: box-pushing has no such setting (did you mean bigReward?)",
                        "grid: 7 (expected: an even integer from 4 to 1000)",
                        "horizon: \"100\" (expected: an integer from 1 to 1000000)",
                        "penalty: NaN (expected: a number from -1000000 to 1000000)",
                        "rewards: \"gold\" (expected: one of paper, macromarl)",
                        "smallReward: true (expected: a number from -1000000 to 1000000)",
                        "stepReward: nothing (expected: a number from -1000000 to 1000000)",
                        "wind: box-pushing has no such setting (its settings are grid, horizon, rewards, bigReward, smallReward, penalty, stepReward)");
        assertThatThrownBy(() -> catalog.create("box-pushing", chosen))
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        refusal -> assertThat(refusal.problems()).hasSize(8));
    }

    @Test
    void longNamesMayHaveMoreSlips() {
        assertThat(catalog.check("bp-10", Map.of("stpReword", 1)))
                .extracting(Problem::message)
                .containsExactly("bp-10 has no such setting (did you mean stepReward?)");
    }

    @Test
    void wholeNumbersMayComeAsDoubles() {
        assertThat(catalog.complete("box-pushing", Map.of("grid", 12.0, "horizon", 50))
                        .integer("grid"))
                .isEqualTo(12);
        assertThat(catalog.check("box-pushing", Map.of("grid", 12.5))).hasSize(1);
        assertThat(catalog.check("box-pushing", Map.of("grid", 1e300))).hasSize(1);
        assertThat(catalog.check("box-pushing", Map.of("grid", Double.POSITIVE_INFINITY)))
                .hasSize(1);
    }

    @Test
    void presetsFillInAndExplicitNumbersWin() {
        Settings settings = catalog.complete("bp-10", Map.of("rewards", "macromarl", "smallReward", 5));

        assertThat(settings.number("bigReward")).isEqualTo(300);
        assertThat(settings.number("smallReward")).isEqualTo(5);
        assertThat(settings.number("penalty")).isEqualTo(-10);
        assertThat(catalog.complete("bp-10", Map.of()).number("bigReward")).isEqualTo(100);
    }

    @Test
    void anUnknownEnvironmentGetsAGuess() {
        assertThatThrownBy(() -> catalog.create("bp10", Map.of()))
                .isInstanceOf(UnknownEnvironmentException.class)
                .hasMessage("environment: bp10 is not registered (did you mean bp-10?)");
        assertThatThrownBy(() -> catalog.describe("starcraft")).hasMessageContaining("known: box-pushing, ");
        assertThat(catalog.find("starcraft")).isEmpty();
    }

    @Test
    void scenariosHaveTheirGridInTheName() {
        assertThat(catalog.check("bp-10", Map.of("grid", 12))).hasSize(1);
        assertThat(catalog.spec("bp-20", Map.of()).stateSize()).isEqualTo(18);
    }

    @Test
    void oneProviderPerId() {
        EnvironmentProvider rival = new EnvironmentProvider() {
            @Override
            public List<EnvironmentDescription> environments() {
                return List.of(new EnvironmentDescription("bp-10", "1", "", List.<SettingSpec>of()));
            }

            @Override
            public MacDecPomdp create(String id, Settings settings) {
                throw new AssertionError("never asked");
            }
        };
        assertThatThrownBy(() -> Catalog.of(new BoxPushingProvider(), rival))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("bp-10: offered by " + BoxPushingProvider.class.getName());
    }

    /** Pinned, since recordings and snapshots carry it: a change here needs a new version of the environment. */
    @Test
    void theFingerprintOfAScenarioStays() {
        assertThat(catalog.spec("bp-10", Map.of()).fingerprint())
                .isEqualTo("b6cf732d14518c3190f28b22572f717d2910074809fee6958736b9d5019ac6bc");
        assertThat(catalog.spec("bp-10", Map.of("stepReward", 0.0)).fingerprint())
                .isEqualTo(catalog.spec("bp-10", Map.of("stepReward", -0.0)).fingerprint());
    }
}
