package dev.macenv.avf.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.report.RunLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes are killed at random moments (SIGKILL, which nothing can catch), go on with {@code --resume}, are killed again, and
 * in the end their checkpoints and metrics are those of twins that nobody disturbed.
 */
@Tag("slow")
class KillTest {

    private static final Set<String> CLOCKS = Set.of("seconds", "ticksPerSecond", "updatesPerSecond");
    private static final List<String> LEARNED_FROM_REPLAY = List.of(
            "training.startEpisodes=10",
            "training.updateEvery=5",
            "replay.episodes=60",
            "replay.batch=4",
            "replay.window=6",
            "network.before=[8]",
            "network.recurrent=8",
            "network.after=[8]",
            "evaluation.episodes=1");
    private static final List<String> ON_POLICY = List.of(
            "training.updateEvery=4",
            "lanes=4",
            "evaluation.episodes=1",
            "actor.network={before: [8], recurrent: 8, after: [8], dueling: NONE}",
            "critic.network={before: [8], recurrent: 8, after: [8], dueling: NONE}");
    private static final int MOST_KILLS = 3;

    private final Random random = new Random(20240607);

    @TempDir
    private Path folder;

    @Test
    void tenRunsThatAreKilledEndLikeTheirTwins() throws IOException, InterruptedException {
        int killed = 0;
        for (int seed = 0; seed < 10; seed++) {
            List<String> command = switch (seed % 5) {
                case 0 -> command("bp-6/avf-vdn", seed, LEARNED_FROM_REPLAY, "lanes=1");
                case 1 -> command("bp-6/avf-qmix", seed, LEARNED_FROM_REPLAY, "lanes=3");
                case 2 ->
                    command(
                            "ct-10/dec-maddrqn",
                            seed,
                            LEARNED_FROM_REPLAY,
                            "environment={id: ct-2, settings: {}}",
                            "lanes=2",
                            "exploration.memoryless=false");
                case 3 -> command("bp-6/avf-qplex", seed, LEARNED_FROM_REPLAY, "lanes=2", "recordEveryTick=true");
                default -> command("bp-6/mac-iaicc", seed, ON_POLICY);
            };
            Path twin = folder.resolve("twin-" + seed);
            long begin = System.nanoTime();
            finish(command, twin);
            long duration = System.nanoTime() - begin;

            Path run = folder.resolve("run-" + seed);
            for (int kill = 0; kill < MOST_KILLS; kill++) {
                long moment = (long) (duration * (0.2 + 0.8 * random.nextDouble()));
                Process process = start(command, run);
                if (!process.waitFor(moment, TimeUnit.NANOSECONDS)) {
                    process.destroyForcibly().waitFor();
                    killed++;
                }
            }
            finish(command, run);
            assertSame(run, twin);
        }
        assertThat(killed).as("processes killed").isGreaterThanOrEqualTo(10);
    }

    private static List<String> command(String target, int seed, List<String> settings, String... more) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Avf.class.getName(),
                "train",
                target,
                "--seed",
                Integer.toString(seed),
                "--quiet",
                "--resume",
                "--set",
                "training.episodes=240",
                "--set",
                "training.checkpointEpisodes=8",
                "--set",
                "evaluation.everyEpisodes=12"));
        Stream.concat(settings.stream(), Stream.of(more)).forEach(setting -> command.addAll(List.of("--set", setting)));
        return command;
    }

    private Process start(List<String> command, Path directory) throws IOException {
        List<String> all = new ArrayList<>(command);
        all.addAll(List.of("--out", directory.toString()));
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(directory.getFileName() + ".log").toFile()))
                .start();
    }

    private void finish(List<String> command, Path directory) throws IOException, InterruptedException {
        int code = start(command, directory).waitFor();
        assertThat(code).as(() -> log(directory)).isZero();
    }

    private String log(Path directory) {
        try {
            return Files.readString(folder.resolve(directory.getFileName() + ".log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void assertSame(Path run, Path twin) throws IOException {
        RunLayout one = new RunLayout(run);
        RunLayout other = new RunLayout(twin);
        assertThat(one.checkpoint()).hasSameBinaryContentAs(other.checkpoint());
        assertThat(withoutClocks(one.metricsCsv())).isEqualTo(withoutClocks(other.metricsCsv()));
        assertThat(Files.readAllLines(one.metricsJsonLines()))
                .hasSameSizeAs(Files.readAllLines(other.metricsJsonLines()));
        assertThat(one.evaluation()).exists();
    }

    private static List<String> withoutClocks(Path csv) throws IOException {
        List<String> lines = Files.readAllLines(csv);
        List<String> header = List.of(lines.get(0).split(","));
        assertThat(header).containsAll(CLOCKS);
        return lines.stream()
                .map(line -> List.of(line.split(",", -1)))
                .map(cells -> IntStream.range(0, cells.size())
                        .filter(column -> !CLOCKS.contains(header.get(column)))
                        .mapToObj(cells::get)
                        .collect(Collectors.joining(",")))
                .toList();
    }
}
