package dev.macenv.conform;

import java.util.List;

/**
 * What came of all checks, in the order in which they were made.
 *
 * @param seed with which the same checks play the same games
 */
public record Report(String server, long seed, List<Outcome> outcomes) {

    /** Copies the list. */
    public Report {
        outcomes = List.copyOf(outcomes);
    }

    /** Those that ended so. */
    public List<Outcome> of(Outcome.Verdict verdict) {
        return outcomes.stream().filter(one -> one.verdict() == verdict).toList();
    }

    /** Whether everything ran, and passed. */
    public boolean conforms() {
        return !outcomes.isEmpty() && of(Outcome.Verdict.PASSED).size() == outcomes.size();
    }

    /** Counts, in one line. */
    public String summary() {
        return of(Outcome.Verdict.PASSED).size() + " passed, "
                + of(Outcome.Verdict.FAILED).size() + " failed, "
                + of(Outcome.Verdict.SKIPPED).size() + " skipped (" + server + ", seed " + seed + ")";
    }
}
