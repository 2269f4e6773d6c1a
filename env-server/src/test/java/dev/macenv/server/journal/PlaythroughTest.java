package dev.macenv.server.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.server.catalog.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A recorded episode of every registered environment, which plays as it did. */
class PlaythroughTest {

    private static final Path PLAYTHROUGHS = Path.of("src/test/resources/playthroughs");

    static Stream<String> environments() {
        return Catalog.load().environments().stream().map(EnvironmentDescription::id);
    }

    @ParameterizedTest
    @MethodSource("environments")
    void everyEnvironmentHasAPlaythroughAndPlaysItAgain(String id) throws IOException {
        Path file = PLAYTHROUGHS.resolve(id + ".txt");
        String command = "bin/macenv record " + id + " --ticks 40 --playthrough env-server/" + file;
        assertThat(file)
                .as("playthrough of %s; look at the one that this writes, then add it: %s", id, command)
                .exists();

        assertThat(Playthrough.difference(Catalog.load(), Files.readAllLines(file)))
                .as("%s; if the change is meant, give the environment a new version and write it anew: %s", id, command)
                .isEmpty();
    }

    @Test
    void thereIsNoneOfAnEnvironmentThatIsGone() throws IOException {
        try (Stream<Path> files = Files.list(PLAYTHROUGHS)) {
            assertThat(files.map(file -> file.getFileName().toString().replace(".txt", "")))
                    .allSatisfy(id -> assertThat(Catalog.load().find(id)).isPresent());
        }
    }

    @Test
    void aChangeIsFoundWhereverItIs() throws IOException {
        List<String> lines = Files.readAllLines(PLAYTHROUGHS.resolve("bp-10.txt"));
        for (int changed = 1; changed < lines.size(); changed++) {
            String line = lines.get(changed);
            if (line.isEmpty() || line.contains(" -> ")) {
                continue;
            }
            List<String> other = new ArrayList<>(lines);
            other.set(changed, line.replaceFirst("[0-9]", "x"));
            if (line.startsWith("seed ") || line.startsWith("left after ") || line.equals(other.get(changed))) {
                continue;
            }
            assertThat(differenceOrRefusal(other)).as(line).isNotEmpty();
        }
    }

    @Test
    void anotherDecisionIsAnotherEpisode() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(PLAYTHROUGHS.resolve("bp-10.txt")));
        int first = 0;
        while (!lines.get(first).contains(" -> ")) {
            first++;
        }
        lines.set(first, lines.get(first).replaceFirst("-> .*", "-> Stay"));
        assertThat(differenceOrRefusal(lines)).isNotEmpty();
        lines.set(first, lines.get(first).replaceFirst("-> .*", "-> Fly"));
        assertThatThrownBy(() -> Playthrough.difference(Catalog.load(), lines))
                .hasMessage("tick 0: agent0 chooses Fly (expected: one of its legal macro-actions)");
    }

    private static String differenceOrRefusal(List<String> lines) {
        try {
            return Playthrough.difference(Catalog.load(), lines).orElse("");
        } catch (IllegalArgumentException refused) {
            return String.valueOf(refused.getMessage());
        }
    }
}
