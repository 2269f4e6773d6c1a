package dev.macenv.avf.algorithm;

import java.util.ArrayList;
import java.util.List;

/** Collects complaints about a record's components, so that all of them are reported at once, one per line. */
final class Checks {
    private final List<String> complaints = new ArrayList<>();

    void complain(String complaint) {
        complaints.add(complaint);
    }

    void range(String name, double value, double minimum, double maximum) {
        if (!(value >= minimum && value <= maximum)) {
            String range = maximum == Double.MAX_VALUE ? "at least " + minimum : minimum + ".." + maximum;
            complain("%s: %s (expected: %s)".formatted(name, value, range));
        }
    }

    void positive(String name, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            complain("%s: %s (expected: more than 0)".formatted(name, value));
        }
    }

    void atLeast(String name, int value, int minimum) {
        if (value < minimum) {
            complain("%s: %d (expected: at least %d)".formatted(name, value, minimum));
        }
    }

    void report() {
        if (!complaints.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", complaints));
        }
    }
}
