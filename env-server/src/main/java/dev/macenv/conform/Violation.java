package dev.macenv.conform;

/** A rule of the protocol that the server has broken. What was sent last is added by whoever ran the check. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * @param rule what the protocol says, and where
     * @param what the value looked at
     */
    Violation(String rule, String what, Object expected, Object got) {
        super(what + "\n  expected: " + expected + "\n  got:      " + got + "\n  rule:     " + rule);
    }

    /** Throws unless they are equal. */
    static void unlessEqual(String rule, String what, Object expected, Object got) {
        if (!expected.equals(got)) {
            throw new Violation(rule, what, expected, got);
        }
    }

    /** Throws unless it holds; for what is not an equality. */
    static void unless(boolean holds, String rule, String what, Object expected, Object got) {
        if (!holds) {
            throw new Violation(rule, what, expected, got);
        }
    }

    /** Throws unless two sums of the same rewards agree: to 1e-12 where they are small, relatively where they are not. */
    static void unlessClose(String rule, String what, double expected, double got) {
        double tolerance = 1e-12 * Math.max(1, Math.abs(expected));
        unless(Math.abs(expected - got) <= tolerance, rule, what, expected, got);
    }
}
