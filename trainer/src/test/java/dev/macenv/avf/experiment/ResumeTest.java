package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.report.RunLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A run that goes on from a checkpoint ends as if it had never been stopped: same checkpoint, same metrics, bit for bit. */
class ResumeTest {

    private static final Optional<String> EMBEDDED = Optional.empty();
    private static final long SEED = 11;

    /** Capture Target draws random numbers all the time: an episode with another seed goes another way at once. */
    private static final String CT_2 = "environment={id: ct-2, settings: {}}";

    @TempDir
    private Path folder;

    static Stream<List<String>> configurations() {
        return Stream.of(
                List.of("bp-6/avf-qmix"),
                List.of("ct-10/dec-maddrqn", CT_2, "lanes=4", "exploration.memoryless=false"),
                List.of("bp-6/avf-vdn", "lanes=3", "recordEveryTick=true"),
                List.of("bp-6/avf-qmix", "training.updateEvery=1", "training.updateMoment=DURING_STEP"),
                List.of("ct-10/dec-maddrqn", CT_2, "lanes=4", "training.updateMoment=DURING_STEP"),
                List.of(
                        "ct-10/avf-vdn",
                        CT_2,
                        "lanes=3",
                        "training.rollout=BATCH",
                        "training.updateUnit=EPISODES",
                        "training.updateEvery=2"),
                List.of("bp-6/mac-iaicc", "lanes=4", "training.updateEvery=4"));
    }

    /** A copy of the directory at each moment between two answers of the server is what a killed process would leave. */
    @ParameterizedTest
    @MethodSource("configurations")
    void whereverItWasCut(List<String> words) throws IOException {
        ResolvedConfig config = config(words, "training.checkpointEpisodes=3");
        List<Path> copies = new ArrayList<>();
        Twin twin = twin(config, () -> {
            copies.add(copy(folder.resolve("twin"), folder.resolve("copy" + copies.size())));
            return false;
        });
        for (int cut = 0; cut < copies.size(); cut += Math.max(1, copies.size() / 9)) {
            Path copy = copies.get(cut);
            resume(config, copy);
            twin.assertEqualTo(copy);
        }
    }

    @Test
    void interruptedAgainAndAgain() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-qplex", "lanes=2"));
        Twin twin = twin(config, () -> false);
        Path directory = folder.resolve("run");
        Experiment.Result result;
        int lives = 0;
        do {
            int[] steps = {0};
            result = TinyRun.run(config, SEED, EMBEDDED, directory, Experiment.Earlier.RESUME, () -> ++steps[0] > 17);
            lives++;
        } while (result.interrupted());
        assertThat(lives).isGreaterThan(3);
        twin.assertEqualTo(directory);
    }

    @Test
    void aRunThatIsFinishedSaysTheSameOnceMore() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-vdn"));
        Twin twin = twin(config, () -> false);
        Experiment.Result again = resume(config, twin.directory());
        assertThat(again.playthrough()).isEqualTo(twin.result().playthrough());
        twin.assertEqualTo(twin.directory());
    }

    @Test
    void theDirectoryAloneSaysWhatGoesOn() throws IOException {
        Path directory = folder.resolve("run");
        Twin twin = twin(config(List.of("bp-6/avf-vdn")), () -> false);
        int[] steps = {0};
        TinyRun.run(
                config(List.of("bp-6/avf-vdn")),
                SEED,
                EMBEDDED,
                directory,
                Experiment.Earlier.REFUSE,
                () -> ++steps[0] > 20);
        Experiment.Request request = Experiment.Request.toResume(directory, ServerChoice.EMBEDDED, false);
        assertThat(request.seed()).isEqualTo(SEED);
        assertThat(request.config().name()).isEqualTo("bp-6/avf-vdn");
        TinyRun.run(request.config(), request.seed(), EMBEDDED, directory, request.earlier(), () -> false);
        twin.assertEqualTo(directory);
    }

    @Test
    void whatAProcessLeavesThatIsKilledWhileItWritesDoesNoHarm() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-vdn"), "training.checkpointEpisodes=2");
        List<Path> copies = new ArrayList<>();
        Twin twin = twin(config, () -> {
            copies.add(copy(folder.resolve("twin"), folder.resolve("copy" + copies.size())));
            return false;
        });
        Path early = folder.resolve("killed before anything was said of the run");
        Files.createDirectories(early);
        Files.writeString(early.resolve("provenance.json.partial"), "{");
        resume(config, early);
        twin.assertEqualTo(early);

        Path late = copies.get(copies.size() - 3);
        RunLayout layout = new RunLayout(late);
        Files.delete(layout.curve().resolveSibling("run.lock"));
        Files.write(late.resolve("checkpoint.bin.partial"), new byte[1000]);
        Files.writeString(layout.metricsJsonLines(), Files.readString(layout.metricsJsonLines()) + "{\"episo");
        Path between = copy(late, folder.resolve("killed between the two renamings"));
        Files.delete(new RunLayout(between).checkpoint());
        Path cut = copy(late, folder.resolve("checkpoint cut short"));
        byte[] bytes = Files.readAllBytes(new RunLayout(cut).checkpoint());
        Files.write(new RunLayout(cut).checkpoint(), java.util.Arrays.copyOf(bytes, bytes.length * 2 / 3));
        for (Path directory : List.of(late, between, cut)) {
            resume(config, directory);
            twin.assertEqualTo(directory);
        }
    }

    @Test
    void aForeignCheckpointIsRefusedWithTheReasonAndTheOneBeforeIsUsed() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-vdn"), "training.checkpointEpisodes=2");
        Twin twin = twin(config, () -> false);
        Path other = folder.resolve("other");
        TinyRun.run(config, SEED + 1, EMBEDDED, other);
        Path foreign = new RunLayout(other).checkpoint();

        Path directory = copy(twin.directory(), folder.resolve("run"));
        RunLayout layout = new RunLayout(directory);
        Files.copy(foreign, layout.checkpoint(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        resume(config, directory);
        twin.assertEqualTo(directory);

        Files.copy(foreign, layout.checkpoint(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.copy(foreign, layout.previousCheckpoint(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        String before = Files.readString(layout.metricsCsv());
        assertThatThrownBy(() -> resume(config, directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of bp-6/avf-vdn with seed 12 (expected: bp-6/avf-vdn with seed 11)");
        assertThat(Files.readString(layout.metricsCsv())).isEqualTo(before);
    }

    @Test
    void aRunGoesOnWithItsOwnConfigurationAlone() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-vdn"));
        Twin twin = twin(config, () -> false);
        assertThatThrownBy(() -> resume(config(List.of("bp-6/avf-vdn"), "discount=0.8"), twin.directory()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is of another configuration");
    }

    @Test
    void oneDirectoryIsForOneProcess() throws IOException {
        ResolvedConfig config = config(List.of("bp-6/avf-vdn"));
        Path directory = folder.resolve("run");
        List<String> refusals = new ArrayList<>();
        TinyRun.run(config, SEED, EMBEDDED, directory, Experiment.Earlier.REFUSE, () -> {
            assertThatThrownBy(() -> resume(config, directory))
                    .hasMessageContaining("is being trained by another process");
            refusals.add("refused");
            return true;
        });
        assertThat(refusals).isNotEmpty();
    }

    /** The uninterrupted run. */
    private record Twin(Path directory, Experiment.Result result, byte[] checkpoint, List<Measurement> measurements) {

        void assertEqualTo(Path other) throws IOException {
            RunLayout layout = new RunLayout(other);
            assertThat(layout.checkpoint()).as("%s", other).hasBinaryContent(checkpoint);
            assertThat(TinyRun.withoutClocks(FileSink.readJsonLines(layout.metricsJsonLines())))
                    .as("%s", other)
                    .isEqualTo(measurements);
            assertThat(Files.readAllLines(layout.metricsCsv())).hasSize(measurements.size() + 1);
            assertThat(layout.evaluation()).exists();
        }
    }

    private Twin twin(ResolvedConfig config, BooleanSupplier atEachStep) throws IOException {
        Path directory = folder.resolve("twin");
        Experiment.Result result =
                TinyRun.run(config, SEED, EMBEDDED, directory, Experiment.Earlier.REFUSE, atEachStep);
        return new Twin(
                directory,
                result,
                Files.readAllBytes(new RunLayout(directory).checkpoint()),
                TinyRun.withoutClocks(result));
    }

    private static Experiment.Result resume(ResolvedConfig config, Path directory) throws IOException {
        return TinyRun.run(config, SEED, EMBEDDED, directory, Experiment.Earlier.RESUME, () -> false);
    }

    private static ResolvedConfig config(List<String> words, String... settings) {
        List<String> all = new ArrayList<>(words.subList(1, words.size()));
        all.addAll(List.of(settings));
        return TinyRun.config(words.get(0), all.toArray(String[]::new));
    }

    private static Path copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return to;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
