package dev.macenv.avf.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is out of range in a record, so that its constructor can complain about everything at once. */
final class Ranges {

    private final List<String> complaints = new ArrayList<>();

    void between(String component, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            complaints.add(component + ": " + text(value) + " (expected: "
                    + (high == Integer.MAX_VALUE ? text(low) + " or more" : text(low) + " to " + text(high)) + ")");
        }
    }

    void complain(String complaint) {
        complaints.add(complaint);
    }

    /** @throws IllegalArgumentException with one line per complaint, if there are any */
    void report() {
        if (!complaints.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", complaints));
        }
    }

    private static String text(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
