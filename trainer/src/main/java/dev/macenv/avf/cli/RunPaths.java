package dev.macenv.avf.cli;

import java.nio.file.Path;

/** Where runs go by default. */
final class RunPaths {

    private RunPaths() {}

    static Path of(Path root, String name, long seed) {
        return root.resolve(name).resolve("seed-" + seed);
    }
}
