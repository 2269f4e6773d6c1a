package dev.macenv.client;

import java.util.List;

/**
 * Shape, type and bounds of a tensor.
 *
 * @param type type of every element
 * @param shape extent of each dimension; empty for a scalar
 * @param labels names for ranges of elements
 * @param low lower bounds: none, one for all elements, or one for each
 * @param high upper bounds, likewise
 */
public record TensorSpec(
        ElementType type, List<Integer> shape, List<Label> labels, List<Double> low, List<Double> high) {

    /** Copies the lists. */
    public TensorSpec {
        shape = List.copyOf(shape);
        labels = List.copyOf(labels);
        low = List.copyOf(low);
        high = List.copyOf(high);
    }

    /** A flat, unbounded float32 vector. */
    public static TensorSpec vector(int size) {
        return new TensorSpec(ElementType.FLOAT32, List.of(size), List.of(), List.of(), List.of());
    }

    /** Number of elements. */
    public int size() {
        return shape.stream().mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
    }

    /**
     * A name for a range of elements.
     *
     * @param name for example "box0.xy"
     * @param begin index of the first element
     * @param end index after the last element
     */
    public record Label(String name, int begin, int end) {}
}
