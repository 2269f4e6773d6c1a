package dev.macenv.avf.nn;

import java.util.ArrayList;
import java.util.List;

/** Settings that cannot be used: every problem at once, each as {@code key: value (expected: ...)}. */
public final class InvalidSettings extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<String> problems;

    public InvalidSettings(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** The problems; each begins with the key it is about and a colon. */
    public List<String> problems() {
        return problems;
    }

    /** Collects problems while a settings record checks its components. */
    public static final class Check {
        private final List<String> problems = new ArrayList<>();

        /** Notes a problem unless {@code value >= least}. */
        public Check atLeast(String key, int value, int least) {
            return that(value >= least, key, value, "at least " + least);
        }

        /** Notes a problem unless {@code holds}. */
        public Check that(boolean holds, String key, Object value, String expected) {
            if (!holds) {
                problems.add(key + ": " + value + " (expected: " + expected + ")");
            }
            return this;
        }

        /** Throws if any problem has been noted. */
        public void done() {
            if (!problems.isEmpty()) {
                throw new InvalidSettings(problems);
            }
        }
    }
}
