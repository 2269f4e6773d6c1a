package dev.macenv.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.macenv.env.EnvironmentDescription;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv list}: one line per environment. */
@Command(
        name = "list",
        description = "List the environments there are.",
        footerHeading = "%nExamples:%n",
        footer = {"  macenv list", "  macenv list --json"})
final class ListEnvironments implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        List<EnvironmentDescription> all = Macenv.catalogOf(macenv).environments();
        PrintWriter out = Descriptions.out(command);
        if (json) {
            out.println(Descriptions.json(Descriptions.summaries(all)));
            return 0;
        }
        int width = all.stream().mapToInt(one -> one.id().length()).max().orElse(0);
        for (EnvironmentDescription one : all) {
            out.println(one.id() + " ".repeat(width - one.id().length() + 2) + one.doc());
        }
        return 0;
    }
}
