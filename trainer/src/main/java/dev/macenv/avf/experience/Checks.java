package dev.macenv.avf.experience;

/** Argument checks with the house's message: {@code name: value (expected: ...)}. */
final class Checks {
    private Checks() {}

    static void atLeast(String name, int value, int minimum) {
        if (value < minimum) {
            throw new IllegalArgumentException("%s: %d (expected: at least %d)".formatted(name, value, minimum));
        }
    }

    static void length(String name, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException("%s: length %d (expected: %d)".formatted(name, length, expected));
        }
    }
}
