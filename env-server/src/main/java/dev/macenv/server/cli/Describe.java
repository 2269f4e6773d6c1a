package dev.macenv.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.server.catalog.Catalog;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code macenv describe ENV}: all that a player or a programmer needs to know about one environment. */
@Command(
        name = "describe",
        description = "Describe one environment: agents, macro-actions, observations, state, settings.",
        footerHeading = "%nExamples:%n",
        footer = {"  macenv describe bp-10", "  macenv describe box-pushing --set grid=12 --json"})
final class Describe implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @Parameters(paramLabel = "ENV", description = "Name of the environment; macenv list gives them.")
    private String environment = "";

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting, in place of its default. May be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Catalog catalog = Catalog.load();
        EnvironmentDescription description = catalog.describe(environment);
        EnvironmentSpec spec = catalog.spec(environment, Descriptions.typed(description, settings));
        PrintWriter out = Descriptions.out(command);
        if (json) {
            out.println(Descriptions.json(Descriptions.full(description, spec)));
        } else {
            Descriptions.print(out, description, spec);
        }
        return 0;
    }
}
