package dev.macenv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.report.LearningCurve;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.avf.report.SeedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tables on the pages of results are what the published runs say. With {@code -Dmacenv.refresh=true} the pages are written
 * anew instead, and the pictures, too.
 *
 * <p>A page marks a table by {@code <!-- summary of FILE -->} or {@code <!-- seeds of FILE -->}, up to {@code <!-- end -->}, and
 * a picture by {@code <!-- curves of FILE: TITLE -->} in the line before it.
 */
final class ResultPagesTest {

    private static final Path RESULTS = Path.of("../docs/results");
    private static final Pattern TABLE =
            Pattern.compile("<!-- (summary|seeds) of (\\S+) -->\n(.*?)<!-- end -->", Pattern.DOTALL);
    private static final Pattern PICTURE = Pattern.compile("<!-- curves of (\\S+): (.*?) -->\n!\\[.*?]\\((.*?)\\)");

    static List<Path> pages() throws IOException {
        try (Stream<Path> files = Files.list(RESULTS)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void tablesAreWhatThePublishedRunsSay(Path page) throws IOException {
        String text = Files.readString(page);
        if (Boolean.getBoolean("macenv.refresh")) {
            Files.writeString(
                    page,
                    TABLE.matcher(text)
                            .replaceAll(found -> Matcher.quoteReplacement("<!-- " + found.group(1) + " of "
                                    + found.group(2) + " -->\n" + table(found) + "<!-- end -->")));
            PICTURE.matcher(text)
                    .results()
                    .forEach(found ->
                            LearningCurve.write(found.group(2), runs(found.group(1)), RESULTS.resolve(found.group(3))));
            return;
        }
        assertThat(TABLE.matcher(text).results())
                .allSatisfy(found -> assertThat(found.group(3)).isEqualTo(table(found)));
        assertThat(PICTURE.matcher(text).results())
                .allSatisfy(found -> assertThat(RESULTS.resolve(found.group(3))).exists());
    }

    @Test
    void everyPublishedRunStandsOnAPage() throws IOException {
        StringBuilder pages = new StringBuilder();
        for (Path page : pages()) {
            pages.append(Files.readString(page));
        }
        try (Stream<Path> files = Files.list(RESULTS.resolve("runs"))) {
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(
                            file -> assertThat(pages).contains("<!-- seeds of runs/" + file.getFileName() + " -->"));
        }
    }

    private static String table(MatchResult found) {
        List<RunRecord> runs = runs(found.group(2));
        return "\n" + (found.group(1).equals("summary") ? SeedTable.summary(runs) : SeedTable.everySeed(runs)) + "\n";
    }

    private static List<RunRecord> runs(String file) {
        return RunRecord.readAll(List.of(RESULTS.resolve(file)));
    }
}
