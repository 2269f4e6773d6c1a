package dev.macenv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a page in docs/ shows is what is compiled and tested here. */
final class PagesShowTheExamplesTest {

    private static final Pattern BLOCK = Pattern.compile("```(?:java|text|yaml)\n(.*?)```", Pattern.DOTALL);

    @ParameterizedTest
    @CsvSource({"adding-an-environment, newenvironment, services", "adding-a-mixer, newmixer, resources"})
    void everyBlockOfThePageStandsInTheExample(String page, String folder, String otherFiles) throws IOException {
        List<String> sources = sources(folder, otherFiles);
        List<String> blocks = BLOCK.matcher(Files.readString(Path.of("../docs", page + ".md")))
                .results()
                .map(MatchResult::group)
                .map(block -> withoutIndentation(block.substring(block.indexOf('\n'), block.length() - 3)))
                .toList();

        assertThat(blocks).hasSizeGreaterThan(4);
        assertThat(blocks)
                .allSatisfy(block -> assertThat(sources)
                        .anySatisfy(source -> assertThat(source).contains(block)));
    }

    private static List<String> sources(String folder, String otherFiles) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.filter(file ->
                            file.toString().contains(folder) || file.toString().contains(otherFiles))
                    .filter(Files::isRegularFile)
                    .map(PagesShowTheExamplesTest::read)
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
