package dev.macenv.avf.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioReferenceTest {

    private static final Map<String, Object> PAPER = Map.of(
            "bigReward",
            100.0,
            "smallReward",
            10.0,
            "penalty",
            -10.0,
            "stepReward",
            -0.1,
            "horizon",
            100.0,
            "rewards",
            "paper");

    @Test
    void theOptimumOfBoxPushingIsTheBigBoxLessATenthPerTick() {
        assertThat(ScenarioReference.find("bp-10", PAPER).orElseThrow().optimum())
                .contains(98.9);
        assertThat(ScenarioReference.find("bp-30", PAPER).orElseThrow().optimum())
                .contains(95.9);
    }

    @Test
    void theOptimumOfTheWarehouseIsAHundredPerToolLessOnePerTick() {
        for (ScenarioReference reference : ScenarioReference.shipped()) {
            if (reference.environment().startsWith("wtd-")) {
                double tools = 3.0
                        * reference.settings().keySet().stream()
                                .filter(name -> name.endsWith("Phase0"))
                                .count();
                Map<String, Object> slower = new LinkedHashMap<>(reference.settings());
                slower.put("speed", 0.6);

                assertThat(ScenarioReference.find(reference.environment(), reference.settings()))
                        .contains(reference);
                assertThat(ScenarioReference.find(reference.environment(), slower))
                        .isEmpty();
                assertThat(reference.optimum().orElseThrow()).isBetween(100 * tools - 150, 100 * tools);
                assertThat(reference.outcomeOf(79)).isEqualTo("all-delivered");
            }
        }
    }

    @Test
    void nobodyKnowsTheOptimumOfCaptureTarget() {
        ScenarioReference reference = ScenarioReference.find(
                        "ct-10",
                        Map.of("grid", 10, "horizon", 60, "agentNoise", 0.1, "flicker", 0.3, "captureReward", 1))
                .orElseThrow();
        assertThat(reference.optimum()).isEmpty();
        assertThat(reference.lines()).containsKeys("always Move-to-T", "random policy");
        assertThat(reference.outcomeOf(1)).isEqualTo("captured");
    }

    @Test
    void nothingIsClaimedForOtherSettings() {
        Map<String, Object> changed = new LinkedHashMap<>(PAPER);
        changed.put("penalty", -5.0);
        assertThat(ScenarioReference.find("bp-10", changed)).isEmpty();
        assertThat(ScenarioReference.find("bp-12", PAPER)).isEmpty();
    }

    @Test
    void outcomesAreToldByTheLastReward() {
        ScenarioReference reference = ScenarioReference.find("bp-10", PAPER).orElseThrow();
        assertThat(reference.bestOutcome()).contains("big-box");
        assertThat(reference.outcomeOf(99.9)).isEqualTo("big-box");
        assertThat(reference.outcomeOf(19.9)).isEqualTo("both-small-boxes");
        assertThat(reference.outcomeOf(-0.1)).isEqualTo("one-small-box");
    }
}
