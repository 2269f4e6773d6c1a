package dev.macenv.env;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The layout of an observation or state vector: its labelled runs, one after the other, without gaps.
 *
 * @param labels in the order of the entries; names are unique
 */
public record VectorSpec(List<Label> labels) {

    public VectorSpec {
        labels = List.copyOf(labels);
        Set<String> seen = new HashSet<>();
        for (Label label : labels) {
            if (!seen.add(label.name())) {
                throw new IllegalArgumentException("label: " + label.name() + " occurs twice (expected: unique names)");
            }
        }
    }

    public static VectorSpec of(Label... labels) {
        return new VectorSpec(List.of(labels));
    }

    /** Number of entries. */
    public int size() {
        return offset(labels.size());
    }

    /** Index of the first entry of the label at this place in {@link #labels}. */
    public int offset(int label) {
        int offset = 0;
        // By index, since environments ask while they are stepped, and an iterator may be an object to collect.
        for (int i = 0; i < label; i++) {
            offset += labels.get(i).size();
        }
        return offset;
    }

    /** The lower bound of every entry, freshly allocated. */
    public double[] low() {
        double[] low = new double[size()];
        int next = 0;
        for (Label label : labels) {
            for (int i = 0; i < label.size(); i++) {
                low[next++] = label.low();
            }
        }
        return low;
    }

    /** The upper bound of every entry, freshly allocated. */
    public double[] high() {
        double[] high = new double[size()];
        int next = 0;
        for (Label label : labels) {
            for (int i = 0; i < label.size(); i++) {
                high[next++] = label.high();
            }
        }
        return high;
    }
}
