package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.experience.TeamShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class FactoredSettingsTest {
    @Test
    void reportsEverythingThatIsWrongWithTheMixerAtOnce() {
        Map<String, Object> section = new HashMap<>(Configurations.QMIX);
        section.put("state", "GLOBAL");
        section.put("embed", 0L);
        section.remove("hypernetEmbed");
        section.put("layers", 2L);
        Configurations configuration = new Configurations();
        configuration.discount = 1.5;
        configuration.mixer = section;
        assertThatThrownBy(configuration::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("discount: 1.5 (expected: 0.0..1.0)")
                .hasMessageContaining("mixer.state: GLOBAL (expected: [NONE, JOINT_MACRO, REAL, SINGLE])")
                .hasMessageContaining("mixer.hypernetEmbed: missing (expected: int)")
                .hasMessageContaining(
                        "mixer.layers: unknown key (expected: [name, state, stateEncoder, embed, hypernetEmbed");
    }

    @Test
    void aMixersOwnComplaintsCarryTheSectionsName() {
        Map<String, Object> section = new HashMap<>(Configurations.QMIX);
        section.put("embed", 0L);
        Configurations configuration = new Configurations();
        configuration.mixer = section;
        assertThatThrownBy(configuration::build).hasMessageContaining("mixer.embed: 0 (expected: at least 1)");
    }

    /** It would fail in the first update otherwise, after the episodes that come before it. */
    @Test
    void theRealStateNeedsEveryTickRecorded() {
        Map<String, Object> section = new HashMap<>(Configurations.QMIX);
        section.put("state", "REAL");
        Configurations configuration = new Configurations();
        configuration.mixer = section;
        assertThatThrownBy(configuration::build)
                .hasMessageContaining("mixer.state: REAL with recordEveryTick: false (expected: recordEveryTick: true");
        configuration.recordEveryTick = true;
        assertThat(configuration.build().mixerSettings().state()).isEqualTo(MixerState.REAL);
    }

    @Test
    void aStateIsCompressedOnlyWhereThereIsOne() {
        Map<String, Object> section = new HashMap<>(Configurations.VDN);
        section.put("stateEncoder", 8L);
        Configurations configuration = new Configurations();
        configuration.mixer = section;
        assertThatThrownBy(configuration::build)
                .hasMessageContaining("mixer.stateEncoder: 8 with mixer.state: NONE (expected: 0");
        section.put("stateEncoder", -1L);
        configuration.mixer = section;
        assertThatThrownBy(configuration::build)
                .hasMessageContaining("mixer.stateEncoder: -1 (expected: 0 for none, or a width)");
    }

    @Test
    void anUnknownMixerIsReportedWithThoseThereAre() {
        Configurations configuration = new Configurations();
        configuration.mixer = Map.of("name", "qmx", "state", "NONE", "stateEncoder", 0L);
        assertThatThrownBy(configuration::build).hasMessageContaining("mixer.name: qmx (expected: [qmix, qplex, vdn])");
    }

    @Test
    void freeAdvantagesNeedAValueHead() {
        Configurations configuration = new Configurations();
        configuration.mixer = Configurations.qplex("FREE", false);
        assertThatThrownBy(configuration::build)
                .hasMessageContaining("network.dueling is NONE")
                .hasMessageContaining("expected: network.dueling RAW, MEAN or MAX");
        configuration.network = Configurations.dueling();
        assertThat(configuration.build().mixerSettings().provider().name()).isEqualTo("qplex");
    }

    @Test
    void aHystereticScheduleNeedsExplorationCountedInEpisodes() {
        Configurations configuration = new Configurations();
        configuration.exploration = new ExplorationSettings(1, 0.05, 100, ProgressUnit.TICKS, true);
        assertThat(configuration.build().exploration().epsilon(50)).isEqualTo(0.525);
        configuration.hysteresis = new HysteresisSettings(0.04, 0.16, 0);
        assertThatThrownBy(configuration::build).hasMessageContaining("exploration.unit: TICKS with hysteresis");
    }

    @Test
    void recordsReportAllTheirProblems() {
        assertThatThrownBy(() -> new ExplorationSettings(2, -1, 0, ProgressUnit.EPISODES, true))
                .hasMessage("start: 2.0 (expected: 0.0..1.0)\nend: -1.0 (expected: 0.0..1.0)\n"
                        + "length: 0 (expected: at least 1)");
        assertThatThrownBy(() -> new TargetSettings(1, 0)).hasMessageContaining("copyEvery: 0 with polyak 1");
        assertThatThrownBy(() -> new HysteresisSettings(-1, 0, -1)).hasMessageContaining("annealEpisodes: -1");
    }

    @Test
    void theAlgorithmIsFoundByItsName() {
        List<String> names = new ArrayList<>();
        for (AlgorithmProvider<?> provider : ServiceLoader.load(AlgorithmProvider.class)) {
            names.add(provider.name());
        }
        assertThat(names).contains("avf");
        TeamShape shape = new TeamShape(new int[] {2}, new int[] {2}, 1);
        assertThat(new FactoredProvider().create(new Configurations().build(), shape, new Random(0)))
                .isInstanceOf(FactoredLearner.class);
    }
}
