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
                .isEqualTo(98.9);
        assertThat(ScenarioReference.find("bp-30", PAPER).orElseThrow().optimum())
                .isEqualTo(95.9);
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
