package dev.macenv.examples.newmixer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/adding-a-mixer.md shows is what is compiled and tested here. */
final class AddingAMixerTest {

    private static final Path PAGE = Path.of("../docs/adding-a-mixer.md");
    private static final Pattern BLOCK = Pattern.compile("```(?:java|text|yaml)\n(.*?)```", Pattern.DOTALL);

    @Test
    void everyBlockOfThePageStandsInTheExample() throws IOException {
        List<String> sources = sources();
        List<String> blocks = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .map(block -> withoutIndentation(block.substring(block.indexOf('\n'), block.length() - 3)))
                .toList();

        assertThat(blocks).hasSizeGreaterThan(4);
        assertThat(blocks)
                .allSatisfy(block -> assertThat(sources)
                        .anySatisfy(source -> assertThat(source).contains(block)));
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file -> file.toString().contains("newmixer")
                            || file.toString().contains("resources"))
                    .filter(Files::isRegularFile)
                    .map(AddingAMixerTest::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return withoutIndentation(Files.readString(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String withoutIndentation(String text) {
        return text.strip().replaceAll("(?m)^\\s+", "");
    }
}
