package dev.macenv.v1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The seed vectors that the protocol publishes fit the formula that it publishes. */
class SeedVectorsTest {

    private static final long G = 0x9E3779B97F4A7C15L;
    private static final Pattern EPISODES =
            Pattern.compile("//   lane_seed ([0-9a-f]+) +(?:episode_seed.*= )?((?:[0-9a-f]{16}(?:  )?){3})");
    private static final Pattern LANES = Pattern.compile("//   seeds = \\[(\\d)\\]   lane_seed .* = (.*)");

    @Test
    void episodeSeeds() throws IOException {
        List<Matcher> vectors = matches(EPISODES);

        assertThat(vectors).hasSize(4);
        for (Matcher vector : vectors) {
            long laneSeed = Long.parseUnsignedLong(vector.group(1), 16);
            assertThat(numbers(vector.group(2)))
                    .containsExactly(LongStream.range(0, 3)
                            .map(e -> splitmix64(laneSeed + e * G))
                            .toArray());
            SplittableRandom java = new SplittableRandom(laneSeed);
            assertThat(numbers(vector.group(2))).containsExactly(java.nextLong(), java.nextLong(), java.nextLong());
        }
    }

    @Test
    void laneSeedsFromOneSeed() throws IOException {
        List<Matcher> vectors = matches(LANES);

        assertThat(vectors).hasSize(2);
        for (Matcher vector : vectors) {
            long seed = Long.parseLong(vector.group(1));
            assertThat(numbers(vector.group(2)))
                    .containsExactly(IntStream.range(0, 4)
                            .mapToLong(lane -> lane == 0 ? seed : splitmix64(seed + lane * G))
                            .toArray());
        }
    }

    private static long splitmix64(long x) {
        long z = x + G;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.strip().split(" +", -1))
                .mapToLong(word -> Long.parseUnsignedLong(word, 16))
                .toArray();
    }

    private static List<Matcher> matches(Pattern pattern) throws IOException {
        return Files.readAllLines(Path.of(Protocol.SOURCES, "macenv/v1/session.proto")).stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .toList();
    }
}
