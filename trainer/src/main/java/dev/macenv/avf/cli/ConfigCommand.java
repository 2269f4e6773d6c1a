package dev.macenv.avf.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "config",
        description = "Looks at configurations.",
        mixinStandardHelpOptions = true,
        subcommands = ConfigCommand.Show.class,
        footerHeading = "%nExample:%n",
        footer = "  avf config show bp-10/avf-vdn")
final class ConfigCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Without a subcommand there is nothing to do but to say what there is. */
    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return 2;
    }

    @Command(
            name = "show",
            description =
                    "Prints a resolved configuration, beside each value where it was written. Reports all problems.",
            mixinStandardHelpOptions = true,
            footerHeading = "%nExamples:%n",
            footer = {
                "  avf config show bp-10/avf-qplex --profile paper",
                "  avf config show bp-10/avf-vdn --set optimizer.learningRate=1e-3 > my.yaml"
            })
    static final class Show implements Callable<Integer> {

        @Parameters(paramLabel = "SCENARIO/ALGORITHM", description = "An experiment, or a YAML file of your own.")
        private String target = "";

        @Mixin
        private ConfigOptions config = new ConfigOptions();

        @Spec
        private CommandSpec spec = CommandSpec.create();

        @Override
        public Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            out.print(config.resolve(target).print());
            out.flush();
            return 0;
        }
    }
}
