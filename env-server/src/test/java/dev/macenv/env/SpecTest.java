package dev.macenv.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpecTest {

    private static final VectorSpec VECTOR =
            VectorSpec.of(new Label("own.xy", "position", 2, 0, 1), new Label("seen", "1 if seen", 1, -1, 1));

    @Test
    void vectorsAreTheirLabelsInARow() {
        assertThat(VECTOR.size()).isEqualTo(3);
        assertThat(VECTOR.offset(1)).isEqualTo(2);
        assertThat(VECTOR.low()).containsExactly(0, 0, -1);
        assertThat(VECTOR.high()).containsExactly(1, 1, 1);
        assertThatThrownBy(() -> VectorSpec.of(new Label("a", "", 1, 0, 1), new Label("a", "", 1, 0, 1)))
                .hasMessageContaining("a occurs twice");
        assertThatThrownBy(() -> new Label("a", "", 0, 0, 1)).hasMessage("a: size 0 (expected: >= 1)");
        assertThatThrownBy(() -> new Label("a", "", 1, 1, Double.NaN)).hasMessageContaining("bounds");
    }

    @Test
    void macroActionsLastAtLeastATick() {
        assertThatThrownBy(() -> new MacroActionSpec("a", "", 0, 1, false)).hasMessageContaining("0..1 ticks");
        assertThatThrownBy(() -> new MacroActionSpec("a", "", 2, 1, false)).hasMessageContaining("2..1 ticks");
        assertThatThrownBy(() -> new MacroActionSpec("a", "", 1, 2, true)).hasMessageContaining("primitive");
    }

    @Test
    void descriptionsHaveProperIdsAndDistinctSettings() {
        assertThatThrownBy(() -> new EnvironmentDescription("Box Pushing", "1", "", List.of()))
                .hasMessageContaining("id: Box Pushing");
        SettingSpec setting = new SettingSpec.FlagSetting("a", "", true);
        assertThatThrownBy(() -> new EnvironmentDescription("a", "1", "", List.of(setting, setting)))
                .hasMessageContaining("declared twice");
    }

    @Test
    void settingsSayWhatTheyAllow() {
        assertThat(new SettingSpec.IntegerSetting("a", "", 4, 2, 8, 2).range())
                .isEqualTo("an even integer from 2 to 8");
        assertThat(new SettingSpec.IntegerSetting("a", "", 5, 5, 25, 5).range())
                .isEqualTo("a multiple of 5 from 5 to 25");
        assertThat(new SettingSpec.IntegerSetting("a", "", 5, 1, 7).range()).isEqualTo("an integer from 1 to 7");
        assertThat(new SettingSpec.NumberSetting("a", "", 0, -0.5, 10).range()).isEqualTo("a number from -0.5 to 10");
        assertThat(new SettingSpec.ChoiceSetting("a", "", "x", List.of("x", "y")).range())
                .isEqualTo("one of x, y");
        assertThatThrownBy(() -> new SettingSpec.IntegerSetting("a", "", 3, 2, 8, 2))
                .hasMessageContaining("default 3");
        assertThatThrownBy(() -> new SettingSpec.NumberSetting("a", "", Double.NaN, 0, 1))
                .hasMessageContaining("default NaN");
        assertThatThrownBy(() -> new SettingSpec.ChoiceSetting("a", "", "z", List.of("x")))
                .hasMessageContaining("default z");
    }

    @Test
    void settingsAreReadByNameAndType() {
        Settings settings = Settings.of(Map.of("n", 3L, "x", 0.5, "on", true, "mode", "fast"));

        assertThat(settings.integer("n")).isEqualTo(3);
        assertThat(settings.number("x")).isEqualTo(0.5);
        assertThat(settings.flag("on")).isTrue();
        assertThat(settings.choice("mode")).isEqualTo("fast");
        assertThat(settings.has("m")).isFalse();
        assertThatThrownBy(() -> settings.integer("x"))
                .hasMessageContaining("x: 0.5 (expected: a declared setting of type Long)");
        assertThatThrownBy(() -> settings.flag("off")).hasMessageContaining("off: null");
        assertThatThrownBy(() -> Settings.of(Map.of("n", 3))).hasMessageContaining("n: Integer");
    }

    @Test
    void fingerprintsTellEnvironmentsApartAndIgnoreProse() {
        EnvironmentSpec spec = spec("1", "a sentence", Settings.of(Map.of("x", 0.1)));

        assertThat(spec.fingerprint()).hasSize(64).matches("[0-9a-f]+");
        assertThat(spec("1", "another sentence", Settings.of(Map.of("x", 0.1))).fingerprint())
                .isEqualTo(spec.fingerprint());
        assertThat(spec("2", "a sentence", Settings.of(Map.of("x", 0.1))).fingerprint())
                .isNotEqualTo(spec.fingerprint());
        assertThat(spec("1", "a sentence", Settings.of(Map.of("x", 0.1 + 0x1p-55)))
                        .fingerprint())
                .isNotEqualTo(spec.fingerprint());
    }

    @Test
    void theCanonicalTextIsWhatIsHashed() {
        assertThat(Fingerprint.canonicalText(spec("1", "a sentence", Settings.of(Map.of("x", 0.5)))))
                .isEqualTo("""
                        macenv-spec 1
                        id test
                        version 1
                        horizon 9
                        deterministic true
                        maxMacroTicks 9
                        agent walker
                        macroAction Walk
                        ticks 1 9
                        primitive false
                        observation own.xy 2 0 3ff0000000000000
                        observation seen 1 bff0000000000000 3ff0000000000000
                        state own.xy 2 0 3ff0000000000000
                        state seen 1 bff0000000000000 3ff0000000000000
                        setting x 3fe0000000000000
                        """);
    }

    private static EnvironmentSpec spec(String version, String doc, Settings settings) {
        AgentSpec agent = new AgentSpec("walker", List.of(new MacroActionSpec("Walk", doc, 1, 9, false)), VECTOR);
        return new EnvironmentSpec("test", version, doc, List.of(agent), VECTOR, 9, true, 9, settings);
    }

    @Test
    void presetsAreDefaultsThatFollowAChoice() {
        SettingSpec.NumberSetting setting = new SettingSpec.NumberSetting(
                "x", "", 1, 0, 9, Optional.of(new SettingSpec.Preset("mode", Map.of("slow", 1.0, "fast", 9.0))));

        assertThat(setting.defaultValue()).isEqualTo(1.0);
        assertThat(Settings.defaults(new EnvironmentDescription("a", "1", "", List.of(setting)))
                        .number("x"))
                .isEqualTo(1);
    }

    @Test
    void snapshotsAreReadAsTheyWereWritten() {
        SnapshotWriter out = new SnapshotWriter();
        for (int i = 0; i < 100; i++) {
            out.putInt(-i);
            out.putLong(Long.MIN_VALUE + i);
            out.putDouble(-0.1 * i);
            out.putBoolean(i % 2 == 0);
        }
        byte[] bytes = out.toBytes();
        SnapshotReader in = new SnapshotReader(bytes, 0, bytes.length);
        for (int i = 0; i < 100; i++) {
            assertThat(in.getInt()).isEqualTo(-i);
            assertThat(in.getLong()).isEqualTo(Long.MIN_VALUE + i);
            assertThat(in.getDouble()).isEqualTo(-0.1 * i);
            assertThat(in.getBoolean()).isEqualTo(i % 2 == 0);
        }
        assertThat(in.remaining()).isZero();
        assertThatThrownBy(in::getInt)
                .isInstanceOfSatisfying(
                        SnapshotException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(SnapshotException.Reason.CORRUPT));
    }
}
