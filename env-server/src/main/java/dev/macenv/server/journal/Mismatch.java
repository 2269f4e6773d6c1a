package dev.macenv.server.journal;

/** The environment left the recording in this field. Unchecked, since it passes through the environment when that asks for a draw that was not recorded. */
final class Mismatch extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String field;
    private final String expected;
    private final String got;

    Mismatch(String field, String expected, String got) {
        super(field + ": expected " + expected + ", got " + got);
        this.field = field;
        this.expected = expected;
        this.got = got;
    }

    String field() {
        return field;
    }

    String expected() {
        return expected;
    }

    String got() {
        return got;
    }
}
