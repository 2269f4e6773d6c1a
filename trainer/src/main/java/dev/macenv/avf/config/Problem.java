package dev.macenv.avf.config;

/**
 * One thing wrong with a configuration.
 *
 * @param origin where it was written
 * @param message what is wrong and how to mend it, in the form {@code key: value (expected: ...)}
 */
public record Problem(Origin origin, String message) {

    @Override
    public String toString() {
        return origin + ": " + message;
    }
}
