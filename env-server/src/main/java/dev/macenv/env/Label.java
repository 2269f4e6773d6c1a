package dev.macenv.env;

/**
 * A named run of entries in a vector.
 *
 * @param name such as {@code agent0.orientation}; unique in its vector
 * @param doc what the numbers mean and how they are scaled
 * @param size how many entries; at least 1
 * @param low no entry is below
 * @param high no entry is above
 */
public record Label(String name, String doc, int size, double low, double high) {

    public Label {
        if (size < 1) {
            throw new IllegalArgumentException(name + ": size " + size + " (expected: >= 1)");
        }
        if (!(low <= high)) {
            throw new IllegalArgumentException(name + ": bounds " + low + ".." + high + " (expected: low <= high)");
        }
    }
}
