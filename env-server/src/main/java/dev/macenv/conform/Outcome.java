package dev.macenv.conform;

import java.time.Duration;

/**
 * What came of one check.
 *
 * @param check its name
 * @param environment the environment it was tried with; empty if it is about the server
 * @param detail why it was skipped, or what was sent, expected and got, and the rule; empty if it passed
 * @param took how long it took
 */
public record Outcome(Group group, String check, String environment, Verdict verdict, String detail, Duration took) {

    /** How it ended. */
    public enum Verdict {
        /** The server did as it should. */
        PASSED,
        /** It did not. */
        FAILED,
        /** It could not be tried. */
        SKIPPED
    }

    /** Group, environment and check in one line. */
    public String title() {
        return group.number() + "  " + (environment.isEmpty() ? "" : environment + ": ") + check;
    }
}
