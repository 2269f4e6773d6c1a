package dev.macenv.conform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.conform.Outcome.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static Outcome outcome(Verdict verdict, String detail) {
        return new Outcome(Group.SKIPPING, "tick by tick", "bp-6", verdict, detail, Duration.ofMillis(1500));
    }

    private static Report report(Outcome... outcomes) {
        return new Report("a server", 7, List.of(outcomes));
    }

    @Test
    void aServerConformsIfEverythingRanAndPassed() {
        Outcome passed = outcome(Verdict.PASSED, "");
        assertThat(report(passed, passed).conforms()).isTrue();
        assertThat(report(passed, outcome(Verdict.FAILED, "x")).conforms()).isFalse();
        assertThat(report(passed, outcome(Verdict.SKIPPED, "x")).conforms()).isFalse();
        assertThat(report().conforms()).isFalse();
    }

    @Test
    void theSummaryCounts() {
        assertThat(report(outcome(Verdict.PASSED, ""), outcome(Verdict.SKIPPED, "x"))
                        .summary())
                .isEqualTo("1 passed, 0 failed, 1 skipped (a server, seed 7)");
    }

    @Test
    void junitReadsGroupsAsSuitesAndOutcomesAsCases() {
        String xml = JunitXml.of(report(
                outcome(Verdict.PASSED, ""),
                outcome(Verdict.FAILED, "tau\n  expected: 3 < 4\n  got: \u0000"),
                outcome(Verdict.SKIPPED, "absent")));
        assertThat(xml)
                .contains("<testsuite name=\"3 skipping\" tests=\"3\" failures=\"1\" skipped=\"1\" errors=\"0\">")
                .contains("<testcase classname=\"macenv.v1.skipping\" name=\"tick by tick [bp-6]\" time=\"1.500\">")
                .contains("<failure message=\"tau\">tau\n  expected: 3 &lt; 4\n  got: \uFFFD</failure>")
                .contains("<skipped message=\"absent\">");
    }

    @Test
    void groupsAreNumberedFromOneToTwelveAndEachTriesSomething() {
        List<Integer> numbers = new ArrayList<>();
        for (Group group : Group.values()) {
            numbers.add(group.number());
            assertThat(group.names()).isNotEmpty().doesNotHaveDuplicates();
        }
        assertThat(numbers).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }
}
