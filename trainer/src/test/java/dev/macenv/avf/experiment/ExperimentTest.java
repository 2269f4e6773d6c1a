package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.config.ConfigException;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentTest {

    private static final Optional<String> EMBEDDED = Optional.empty();

    @TempDir
    private Path folder;

    @Test
    void aRunDirectoryIsComplete() throws IOException {
        Path directory = folder.resolve("run");
        Experiment.Result result = TinyRun.run(TinyRun.config("bp-6/avf-vdn"), 7, EMBEDDED, directory);
        RunLayout layout = new RunLayout(directory);
        assertThat(List.of(
                        layout.config(),
                        layout.provenance(),
                        layout.metricsJsonLines(),
                        layout.metricsCsv(),
                        layout.curve(),
                        layout.checkpoint(),
                        layout.evaluation()))
                .allSatisfy(file -> assertThat(file).isNotEmptyFile());
        assertThat(result.measurements()).extracting(Measurement::episodes).containsExactly(0L, 4L, 8L, 12L);
        assertThat(FileSink.readJsonLines(layout.metricsJsonLines())).isEqualTo(result.measurements());
        assertThat(Files.readString(layout.provenance()))
                .contains("\"fingerprint\"", "\"id\" : \"bp-6\"", "\"seed\" : 7", "\"java\"");
        assertThat(result.playthrough()).first().asString().startsWith("tick   0");

        RunRecord record = RunRecord.read(directory);
        assertThat(record.name()).isEqualTo("bp-6/avf-vdn");
        assertThat(record.goal().orElseThrow().optimum()).isEqualTo(99.4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bp-6/avf-vdn", "bp-6/avf-qmix", "bp-6/avf-qplex"})
    void oneSeedGivesOneCheckpointBitForBit(String target) throws IOException {
        byte[] first = checkpoint(target, 1, EMBEDDED, "first");
        assertThat(checkpoint(target, 1, EMBEDDED, "second")).isEqualTo(first);
        assertThat(checkpoint(target, 2, EMBEDDED, "other")).isNotEqualTo(first);
    }

    /** Nor does when an answer arrives: updates that are made meanwhile have their place whether it is there already or not. */
    @ParameterizedTest
    @CsvSource({"1,BEFORE_DECISIONS", "4,BEFORE_DECISIONS", "1,DURING_STEP", "4,DURING_STEP"})
    void theWayToTheServerDoesNotMatter(int lanes, String updateMoment) throws IOException {
        String[] settings = {"lanes=" + lanes, "training.updateMoment=" + updateMoment};
        byte[] embedded = checkpoint("bp-6/avf-vdn", 3, EMBEDDED, "embedded", settings);
        assertThat(checkpoint("bp-6/avf-vdn", 3, EMBEDDED, "again", settings)).isEqualTo(embedded);
        try (EnvironmentServer server = EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Catalog.load(), ServerOptions.standard())) {
            assertThat(checkpoint("bp-6/avf-vdn", 3, Optional.of(server.target()), "tcp", settings))
                    .isEqualTo(embedded);
        }
        try (EnvironmentServer server =
                EnvironmentServer.unixSocket(folder.resolve("s"), Catalog.load(), ServerOptions.standard())) {
            assertThat(checkpoint("bp-6/avf-vdn", 3, Optional.of(server.target()), "unix", settings))
                    .isEqualTo(embedded);
        }
    }

    /** Asking the server to stop after every tick makes each update at its own tick, exactly as Algorithm 1 has it. */
    @Test
    void updatesMadeUpInOneGoEqualUpdatesTickByTick() throws IOException {
        Experiment.Result skipping = TinyRun.run(TinyRun.config("bp-6/avf-qmix"), 5, EMBEDDED, folder.resolve("a"));
        Experiment.Result stepping =
                TinyRun.run(TinyRun.config("bp-6/avf-qmix", "recordEveryTick=true"), 5, EMBEDDED, folder.resolve("b"));
        assertThat(TinyRun.withoutClocks(stepping)).isEqualTo(TinyRun.withoutClocks(skipping));
        assertThat(skipping.measurements().get(3).updates()).isPositive();
    }

    @Test
    void severalLanesLearnAtTheSameRatio() throws IOException {
        Experiment.Result result = TinyRun.run(
                TinyRun.config("bp-6/avf-vdn", "lanes=3", "training.startEpisodes=0"),
                5,
                EMBEDDED,
                folder.resolve("lanes"));
        Measurement last = result.measurements().get(result.measurements().size() - 1);
        assertThat(last.episodes()).isEqualTo(12);
        // Nothing can be learned before the first episode has ended; from then on there is one update per 5 ticks.
        assertThat(last.updates()).isBetween(last.ticks() / 5 - 3 * 100 / 5, last.ticks() / 5);
    }

    @Test
    void updatesMayBeCountedInEpisodes() throws IOException {
        Experiment.Result result = TinyRun.run(
                TinyRun.config("bp-6/avf-vdn", "training.updateUnit=EPISODES", "training.updateEvery=2"),
                5,
                EMBEDDED,
                folder.resolve("episodes"));
        assertThat(result.measurements())
                .extracting(Measurement::updates)
                .as("after 0, 4, 8, 12 episodes, the first one after the fourth")
                .containsExactly(0L, 1L, 3L, 5L);
    }

    @Test
    void aBatchOfLanesLearnsOnceFromItsFirstEpisodes() throws IOException {
        Experiment.Result result = TinyRun.run(batches(), 5, EMBEDDED, folder.resolve("a"));
        assertThat(result.measurements())
                .as("measured after the batches that go past 4, 8 and 12 episodes")
                .extracting(Measurement::episodes)
                .containsExactly(0L, 6L, 9L, 12L);
        assertThat(result.measurements()).extracting(Measurement::updates).containsExactly(0L, 2L, 3L, 4L);
        assertThat(TinyRun.withoutClocks(TinyRun.run(batches(), 5, EMBEDDED, folder.resolve("b"))))
                .isEqualTo(TinyRun.withoutClocks(result));
    }

    private static ResolvedConfig batches() {
        return TinyRun.config(
                "bp-6/avf-vdn",
                "lanes=4",
                "training.startEpisodes=0",
                "training.rollout=BATCH",
                "training.updateUnit=EPISODES",
                "training.updateEvery=3");
    }

    @Test
    void batchesNeedUpdatesCountedInEpisodes() {
        assertThatThrownBy(() -> TinyRun.config("bp-6/avf-vdn", "training.rollout=BATCH"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("updateUnit: TICKS with rollout BATCH (expected: EPISODES)");
    }

    /** pymarl's schedule: by ticks of finished episodes, whether training has started or not. */
    @Test
    void epsilonMayBeCountedInTicks() throws IOException {
        Experiment.Result result = TinyRun.run(
                TinyRun.config(
                        "bp-6/avf-vdn",
                        "exploration.unit=TICKS",
                        "exploration.length=400",
                        "hysteresis={start: 1, end: 1, annealEpisodes: 0}"),
                5,
                EMBEDDED,
                folder.resolve("ticks"));
        for (Measurement m : result.measurements()) {
            assertThat(m.epsilon()).isCloseTo(Math.max(0.05, 1 - 0.95 * m.ticks() / 400), within(1e-12));
        }
        assertThat(result.measurements().get(1).epsilon()).isLessThan(1);
    }

    @Test
    void aTakenDirectoryIsRefusedUnlessToldOtherwise() throws IOException {
        Path directory = folder.resolve("run");
        TinyRun.run(TinyRun.config("bp-6/avf-vdn"), 0, EMBEDDED, directory);
        assertThatThrownBy(() -> TinyRun.run(TinyRun.config("bp-6/avf-vdn"), 0, EMBEDDED, directory))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void theTrainedPolicyCanBeBroughtBack() throws IOException {
        Path directory = folder.resolve("run");
        Experiment.Result result = TinyRun.run(TinyRun.config("bp-6/avf-qplex"), 0, EMBEDDED, directory);
        TrainedRun.Evaluation evaluation = TrainedRun.evaluate(directory, ServerChoice.EMBEDDED, 2, 0);
        Measurement last = result.measurements().get(result.measurements().size() - 1);
        assertThat(evaluation.meanReturn()).isEqualTo(last.evaluationReturn());
        assertThat(evaluation.standardError()).isZero(); // Box Pushing is deterministic
    }

    @Test
    void damagedCheckpointsAreRefusedWithTheReason() throws IOException {
        Path directory = folder.resolve("run");
        TinyRun.run(TinyRun.config("bp-6/avf-vdn"), 0, EMBEDDED, directory);
        RunLayout layout = new RunLayout(directory);
        for (Path file : List.of(layout.checkpoint(), layout.previousCheckpoint())) {
            byte[] bytes = Files.readAllBytes(file);
            bytes[bytes.length / 2] ^= 1;
            Files.write(file, bytes);
        }
        assertThatThrownBy(() -> TrainedRun.evaluate(directory, ServerChoice.EMBEDDED, 1, 0))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged or cut short");
    }

    @Test
    void settingsThatTheServerRefusesAreProblemsOfTheConfiguration() {
        assertThatThrownBy(() -> TinyRun.run(
                        TinyRun.config("bp-6/avf-vdn", "environment.settings={rewards: papper, colour: 3}"),
                        0,
                        EMBEDDED,
                        folder.resolve("run")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(
                        "--set environment.settings={rewards: papper, colour: 3}: environment.settings.rewards")
                .hasMessageContaining("environment.settings.colour");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    private byte[] checkpoint(String target, long seed, Optional<String> server, String name, String... settings)
            throws IOException {
        Path directory = folder.resolve(name);
        TinyRun.run(TinyRun.config(target, settings), seed, server, directory);
        return Files.readAllBytes(new RunLayout(directory).checkpoint());
    }
}
