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

/** What a page shows is what is compiled and tested. */
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

    @ParameterizedTest
    @CsvSource({
        "java, examples/src/main/java/dev/macenv/examples/quickstart/TenEpisodes.java",
        "python, agent-client/python/tests/quickstart.py",
        "ts, agent-client/typescript/examples/random-agent.ts",
        "go, agent-client/go/example_test.go"
    })
    void everyLineOfTheReadmesQuickstartsStandsInAnExample(String language, String example) throws IOException {
        List<String> blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../README.md")))
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(blocks).hasSize(1);
        assertThat(plain(Files.readString(Path.of("..", example)))).containsSubsequence(statements(blocks.get(0)));
    }

    /** Lines, but for those that print, which differ. */
    private static List<String> statements(String block) {
        return block.lines()
                .map(PagesShowTheExamplesTest::plain)
                .filter(line -> !line.matches("(System|console|print|fmt).*|"))
                .toList();
    }

    /** Without white space, which formatters own; the examples take address and environment from somebody. */
    private static String plain(String text) {
        return text.replaceAll("\\s", "")
                .replaceAll("['\"]localhost:50051['\"]|server\\.target", "target")
                .replace("'bp-10'", "environment");
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
