package dev.macenv.server.catalog;

import java.nio.file.Path;

/**
 * Something wrong with a jar of environments.
 *
 * @param jar the file, or the directory if that could not be read
 * @param message what was found, what was expected, and how to mend it
 */
public record PluginProblem(Path jar, String message) {

    @Override
    public String toString() {
        return jar + ": " + message;
    }
}
