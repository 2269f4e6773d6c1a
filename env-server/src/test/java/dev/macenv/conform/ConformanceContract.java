package dev.macenv.conform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every server and every environment on it promise on the wire, for their authors to inherit: one method to write, and each of
 * the first five groups of {@code macenv conform} becomes a test. An environment's author starts a server in this process with it.
 */
public abstract class ConformanceContract {

    /** The server to judge, which answers. */
    protected abstract Target target();

    /** The environments to try. */
    protected List<String> environments() {
        return new Conformance(target(), 1).environments();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(names = {"SPECIFICATIONS", "EVENT_ALGEBRA", "SKIPPING", "DETERMINISM", "SNAPSHOTS"})
    void group(Group group) throws InterruptedException {
        Report report = new Conformance(target(), 1).run(Set.of(group), environments(), outcome -> {});
        assertThat(report.of(Outcome.Verdict.FAILED).stream().map(failed -> failed.title() + "\n" + failed.detail()))
                .isEmpty();
        assumeThat(report.of(Outcome.Verdict.PASSED))
                .as("all skipped: %s", report.of(Outcome.Verdict.SKIPPED))
                .isNotEmpty();
    }
}
