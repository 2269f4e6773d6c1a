package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.metric.Measurement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The actor-critics from their configurations, over the protocol. */
class OnPolicyRunTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mac-iaicc", "mac-iac", "mac-cac", "naive-mac-iacc"})
    void oneSeedGivesOneCheckpointBitForBit(String algorithm) throws IOException {
        ResolvedConfig config = config(
                algorithm, "training.episodes=12", "training.updateEvery=4", "lanes=3", "evaluation.everyEpisodes=4");
        Experiment.Result first = TinyRun.run(config, 5, Optional.empty(), folder.resolve("a"));
        Experiment.Result second = TinyRun.run(config, 5, Optional.empty(), folder.resolve("b"));
        assertThat(Files.readAllBytes(first.layout().checkpoint()))
                .isEqualTo(Files.readAllBytes(second.layout().checkpoint()));
        assertThat(last(first).updates()).isEqualTo(3);
        assertThat(last(first).loss()).isFinite().isPositive();
        assertThat(first.playthrough()).isEqualTo(second.playthrough()).isNotEmpty();
    }

    /** A random team loses 7 on the smallest Box Pushing; one that pushes a small box gains 9.6, two 19.6. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(strings = {"mac-iaicc", "mac-iac", "mac-cac", "naive-mac-iacc"})
    void learnsFarBeyondARandomTeam(String algorithm) throws IOException {
        List<String> settings = new ArrayList<>(List.of("training.episodes=8000", "exploration.length=3000"));
        if (algorithm.equals("mac-iaicc")) { // whose 128 lanes are made for five times as many episodes
            settings.addAll(List.of("lanes=32", "training.updateEvery=32"));
        }
        ResolvedConfig config = config(algorithm, settings.toArray(String[]::new));
        assertThat(last(TinyRun.run(config, 0, Optional.empty(), folder.resolve("run")))
                        .evaluationReturn())
                .isGreaterThan(9);
    }

    private static ResolvedConfig config(String algorithm, String... settings) {
        List<String> all = new ArrayList<>(List.of("environment.id=bp-6"));
        all.addAll(List.of(settings));
        return ConfigLibrary.resolve("bp-10/" + algorithm, Optional.empty(), all);
    }

    private static Measurement last(Experiment.Result result) {
        return result.measurements().get(result.measurements().size() - 1);
    }
}
