package dev.macenv.avf.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricSinksTest {

    static Measurement at(long episodes, double evaluationReturn) {
        return new Measurement(
                episodes,
                10 * episodes,
                episodes,
                episodes / 100.0,
                evaluationReturn,
                0.5,
                11,
                "big-box",
                1,
                2,
                0.25,
                3,
                Double.NaN,
                4,
                5,
                0.1,
                0.04,
                1000,
                70);
    }

    @Test
    void jsonLinesReadBackAsWritten(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        List<Measurement> written = List.of(at(0, -10), at(100, 98.9));
        try (FileSink sink = FileSink.jsonLines(file, List.of())) {
            written.forEach(sink::write);
        }
        assertThat(FileSink.readJsonLines(file)).isEqualTo(written);
        assertThat(Files.readString(file)).contains("\"maxQ\":null").doesNotContain("NaN");
    }

    @Test
    void aLineCutShortByACrashIsLeftOut(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("metrics.jsonl");
        try (FileSink sink = FileSink.jsonLines(file, List.of())) {
            sink.write(at(0, -10));
            sink.write(at(100, 1));
        }
        String text = Files.readString(file);
        Files.writeString(file, text.substring(0, text.length() - 20));
        assertThat(FileSink.readJsonLines(file)).containsExactly(at(0, -10));
    }

    @Test
    void csvHasAHeaderAndEmptyCellsForWhatIsNotKnown(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("metrics.csv");
        try (FileSink sink = FileSink.csv(file, List.of())) {
            sink.write(at(100, 98.9));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).startsWith("episodes,ticks,updates,seconds,evaluationReturn,");
        assertThat(lines.get(1))
                .startsWith("100,1000,100,1.0,98.9,0.5,11.0,big-box,")
                .contains(",3.0,,4.0,");
        assertThat(lines.get(1).split(",", -1)).hasSameSizeAs(lines.get(0).split(",", -1));
    }

    @Test
    void aTerminalGetsOneLineThatIsDrawnAgain() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ConsoleSink sink = console(bytes, true, new AtomicLong())) {
            sink.write(at(50, -10));
            sink.write(at(100, 98.9));
        }
        String text = bytes.toString(StandardCharsets.UTF_8);
        assertThat(text).containsOnlyOnce("\n").endsWith("\n");
        assertThat(text)
                .contains("\r[######..................] 25 % 50/200 episodes  return -10.0 of 98.9")
                .contains("\r[############............] 50 % 100/200 episodes  return 98.9 of 98.9")
                .contains("0:01 left");
    }

    @Test
    void elsewhereThereArePlainLinesNowAndThen() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AtomicLong clock = new AtomicLong();
        try (ConsoleSink sink = console(bytes, false, clock)) {
            sink.write(at(10, 5)); // the first
            sink.write(at(20, 4)); // neither new nor better
            sink.write(at(30, 6)); // better
            clock.set(6_000_000_000L);
            sink.write(at(40, 1)); // it has been a while
            sink.write(at(200, 1)); // the last
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .hasSize(4)
                .noneMatch(line -> line.contains("\r") || line.contains(" 20/200 "));
    }

    @Test
    void solvedMeansAStreakAndKeptMeansToTheEnd() {
        Goal goal = new Goal(100, 0.99, 3);
        List<Measurement> flicker = List.of(at(1, 99), at(2, 99), at(3, 0), at(4, 99));
        assertThat(goal.solvedAt(flicker)).isEmpty();
        List<Measurement> lost = List.of(at(1, 99), at(2, 100), at(3, 99), at(4, 98.9));
        assertThat(goal.solvedAt(lost)).isEqualTo(OptionalLong.of(3));
        assertThat(goal.keptToTheEnd(lost)).isFalse();
        assertThat(goal.keptToTheEnd(lost.subList(0, 3))).isTrue();
        assertThat(new Goal(-100, 0.9, 1).threshold()).isEqualTo(-110);
    }

    private static ConsoleSink console(ByteArrayOutputStream bytes, boolean terminal, AtomicLong clock) {
        return new ConsoleSink(
                new PrintStream(bytes, true, StandardCharsets.UTF_8),
                terminal,
                200,
                OptionalDouble.of(98.9),
                clock::get);
    }
}
