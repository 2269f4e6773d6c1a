package dev.macenv.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.server.catalog.Catalog;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
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

    @ParentCommand
    private @Nullable Macenv macenv;

    @Mixin
    private Chosen chosen = new Chosen();

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Catalog catalog = Macenv.catalogOf(macenv);
        EnvironmentDescription description = catalog.describe(chosen.id());
        EnvironmentSpec spec = chosen.create(catalog).spec();
        PrintWriter out = Descriptions.out(command);
        if (json) {
            out.println(Descriptions.json(Descriptions.full(description, spec)));
        } else {
            Descriptions.print(out, description, spec);
        }
        return 0;
    }
}
