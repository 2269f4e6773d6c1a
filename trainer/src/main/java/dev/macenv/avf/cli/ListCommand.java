package dev.macenv.avf.cli;

import dev.macenv.avf.config.ConfigLibrary;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "list",
        description = "Lists the shipped experiments and their profiles.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf list")
final class ListCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        ConfigLibrary.experiments()
                .forEach((name, profiles) ->
                        out.println(profiles.isEmpty() ? name : name + "   --profile " + String.join(" | ", profiles)));
        out.flush();
        return 0;
    }
}
