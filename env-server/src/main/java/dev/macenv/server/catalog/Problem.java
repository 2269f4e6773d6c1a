package dev.macenv.server.catalog;

/**
 * One thing wrong with what was asked for.
 *
 * @param field the name of the setting
 * @param message what was found, what was expected, and how to mend it
 */
public record Problem(String field, String message) {

    @Override
    public String toString() {
        return field + ": " + message;
    }
}
