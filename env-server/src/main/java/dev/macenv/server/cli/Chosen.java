package dev.macenv.server.cli;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The environment that a command is about. */
final class Chosen {
    @Parameters(paramLabel = "ENV", description = "Name of the environment; macenv list gives them.")
    private String environment = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting, in place of its default. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    String id() {
        return environment;
    }

    /** As they were typed. */
    Map<String, String> settings() {
        return settings;
    }

    /** A new environment. */
    MacDecPomdp create(Catalog catalog) {
        return catalog.create(environment, catalog.typed(environment, settings));
    }
}
