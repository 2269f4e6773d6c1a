package dev.macenv.avf.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ConfigLibraryTest {

    private static final Optional<String> NO_PROFILE = Optional.empty();

    @TestFactory
    List<DynamicTest> everyShippedExperimentIsInOrder() {
        List<DynamicTest> tests = new ArrayList<>();
        ConfigLibrary.experiments().forEach((name, profiles) -> {
            tests.add(DynamicTest.dynamicTest(name, () -> {
                ResolvedConfig config = ConfigLibrary.resolve(name, NO_PROFILE, List.of());
                assertThat(name).startsWith(config.experiment().environment().id() + "/");
            }));
            profiles.forEach(profile -> tests.add(DynamicTest.dynamicTest(
                    name + "@" + profile, () -> ConfigLibrary.resolve(name, Optional.of(profile), List.of()))));
        });
        assertThat(tests).hasSizeGreaterThanOrEqualTo(24);
        return tests;
    }

    @Test
    void algorithmFilesAreCompleteByThemselves() {
        for (String algorithm :
                List.of("avf-vdn", "avf-qmix", "avf-qplex", "mac-iaicc", "mac-iac", "mac-cac", "naive-mac-iacc")) {
            Path file = Path.of("src/main/resources/algorithms", algorithm + ".yaml");
            assertThat(ConfigLibrary.resolve(file.toString(), NO_PROFILE, List.of())
                            .name())
                    .isEqualTo(algorithm);
        }
    }

    @Test
    void experimentsAreOrderedByTheNumbersInTheirNames() {
        List<String> names = List.copyOf(ConfigLibrary.experiments().keySet());
        assertThat(names.indexOf("bp-6/avf-vdn")).isLessThan(names.indexOf("bp-10/avf-vdn"));
    }

    @Test
    void laterLayersWinAndTheOriginOfEveryValueIsKept() {
        String text = ConfigLibrary.resolve(
                        "bp-20/avf-vdn", NO_PROFILE, List.of("optimizer.learningRate=1e-3", "network.before=[8, 8]"))
                .print();
        assertThat(text.lines())
                .anyMatch(line -> line.matches("  learningRate: 1e-3 +# --set optimizer.learningRate=1e-3"))
                .anyMatch(line -> line.matches("  before: \\[8, 8\\] +# --set network.before=\\[8, 8\\]"))
                .anyMatch(line -> line.matches("  id: bp-20 +# experiments/bp-20/avf-vdn.yaml:\\d+"))
                .anyMatch(line -> line.matches("  polyak: 0.995 +# algorithms/avf-vdn.yaml:\\d+"));
    }

    @Test
    void theProfileOfThePaperHoldsTable5() {
        ResolvedConfig config = ConfigLibrary.resolve("bp-10/avf-qmix", Optional.of("paper"), List.of());
        assertThat(config.name()).isEqualTo("bp-10/avf-qmix@paper");
        assertThat(config.experiment().discount()).isEqualTo(0.99);
        assertThat(config.experiment().exploration().memoryless()).isFalse();
        assertThat(config.print()).contains("learningRate: 5.0e-5", "batch: 64", "window: 25", "clipNorm: 10");
    }

    @Test
    void thePrintedConfigurationReadsBackAsItself(@TempDir Path folder) throws IOException {
        ResolvedConfig config = ConfigLibrary.resolve("bp-30/avf-qplex", Optional.of("paper"), List.of());
        Path file = folder.resolve("saved.yaml");
        Files.writeString(file, config.print());
        ResolvedConfig again = ConfigLibrary.resolve(file.toString(), NO_PROFILE, List.of());
        assertThat(again.experiment()).isEqualTo(config.experiment());
        assertThat(again.learner()).isEqualTo(config.learner());
    }

    @Test
    void allProblemsAreReportedAtOnceWithFileAndLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("my.yaml");
        Files.writeString(file, """
                extends: bp-6/avf-qplex
                discount: 2
                lanes: 0
                network:
                  befor: [3]
                  recurrent: wide
                optimizer: {learningRate: -1}
                hysteresis:
                  start: 3
                  end: 4
                training:
                  episodes: 1
                  episodes: 2
                """);
        ConfigException e = problemsOf(file.toString(), List.of());
        assertThat(e.problems()).extracting(Problem::toString).anyMatch(text -> text.contains(file + ":13: episodes"));

        Files.writeString(file, Files.readString(file).replace("  episodes: 2\n", ""));
        e = problemsOf(file.toString(), List.of("replay.window=0", "evaluation.solvedFraction=2", "seed=3"));
        assertThat(e.problems())
                .extracting(Problem::toString)
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).startsWith(file + ":2: discount: 2"),
                        text -> assertThat(text).startsWith(file + ":3: lanes: 0 (expected: 1 to "),
                        text -> assertThat(text)
                                .startsWith(file + ":5: network.befor: unknown key (did you mean before?)"),
                        text -> assertThat(text)
                                .startsWith(file + ":6: network.recurrent: \"wide\" (expected: an integer)"),
                        text -> assertThat(text).startsWith(file + ":7: optimizer.learningRate: -1"),
                        text -> assertThat(text).startsWith(file + ":9: hysteresis.start: 3"),
                        text -> assertThat(text).startsWith(file + ":10: hysteresis.end: 4"),
                        text -> assertThat(text).startsWith("--set replay.window=0: replay.window: 0"),
                        text -> assertThat(text)
                                .startsWith("--set evaluation.solvedFraction=2: evaluation.solvedFraction: 2"),
                        text -> assertThat(text).startsWith("--set seed=3: seed: unknown key"));
    }

    @Test
    void missingKeysAreNamedWithWhatIsExpected(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("short.yaml");
        Files.writeString(file, "algorithm: avf\ndiscount: 0.9\ntraining:\n  episodes: 10\n");
        ConfigException e = problemsOf(file.toString(), List.of());
        assertThat(e.problems())
                .extracting(Problem::toString)
                .contains(
                        file + ":1: lanes: missing (expected: an integer)",
                        file + ":4: training.startEpisodes: missing (expected: an integer)",
                        file + ":1: environment: missing (expected: a mapping with id, settings)");
    }

    @Test
    void wordsThatAreNearlyRightAreSuggested() {
        assertThat(problemsOf("bp-10/avf-vnd", List.of()).getMessage()).contains("did you mean bp-10/avf-vdn?");
        assertThat(problemsOf("bp-10/avf-vdn", List.of("optimizer.name=ADAMM")).getMessage())
                .contains("(did you mean ADAM?)");
        assertThat(problemsOf("bp-10/avf-vdn", List.of("algorithm=af")).getMessage())
                .contains("did you mean avf?");
    }

    @Test
    void textThatIsNotYamlIsReportedWithItsLine(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("broken.yaml");
        Files.writeString(file, "extends: bp-6/avf-vdn\nnetwork: [1, 2\n");
        assertThat(problemsOf(file.toString(), List.of()).getMessage())
                .startsWith(file + ":")
                .contains("not YAML");
        assertThat(problemsOf("bp-6/avf-vdn", List.of("nonsense")).getMessage())
                .contains("--set nonsense: no key (expected: key=value");
    }

    @Test
    void aFileThatIsNotThereIsAProblemOfTheConfiguration() {
        assertThatThrownBy(() -> ConfigLibrary.resolve("nowhere.yaml", NO_PROFILE, List.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("nowhere.yaml: cannot be read");
    }

    private static ConfigException problemsOf(String target, List<String> settings) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigLibrary.resolve(target, NO_PROFILE, settings));
    }
}
