package dev.macenv.server.cli;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import dev.macenv.env.contract.ContractCheck;
import dev.macenv.server.catalog.Catalog;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code macenv check ENV}: tries every promise of an environment by random play, without a test framework. */
@Command(
        name = "check",
        description = "Try whether an environment keeps every promise that servers and learners rely on."
                + " Exit code 0: it does; 1: it does not.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  macenv check bp-10",
            "  macenv check box-pushing --set grid=6",
            "  macenv check corridor --plugins build/jars",
            "  macenv check foragers --environment-host 127.0.0.1:6000"
        })
final class Check implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec command;

    @ParentCommand
    private @Nullable Macenv macenv;

    @Mixin
    private Chosen chosen = new Chosen();

    @Override
    public Integer call() {
        Catalog catalog = Macenv.catalogOf(macenv);
        Settings settings = catalog.complete(chosen.id(), catalog.typed(chosen.id(), chosen.settings()));
        PrintWriter out = Descriptions.out(command);
        Supplier<MacDecPomdp> lanes = catalog.lanes(chosen.id(), settings);
        MacDecPomdp one = lanes.get();
        int promised = 0;
        int broken = 0;
        for (ContractCheck check : ContractCheck.values()) {
            String promise = check.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            try {
                if (!check.concerns(one)) {
                    out.println("none    " + promise + " (not promised, since each step is a message to a host)");
                    continue;
                }
                promised++;
                check.verify(lanes);
                out.println("ok      " + promise);
            } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError problem) {
                broken++;
                out.println("BROKEN  " + promise);
                out.println("        " + message(problem).replace("\n", "\n        "));
                if (Macenv.isVerbose(macenv)) {
                    problem.printStackTrace(out);
                }
            }
        }
        out.println(chosen.id() + ": " + (promised - broken) + " of " + promised + " promises kept");
        return broken == 0 ? 0 : 1;
    }

    /** A broken promise is told by its message alone; what the environment threw by itself, with its kind. */
    private static String message(Throwable problem) {
        return problem.getClass() == AssertionError.class
                ? String.valueOf(problem.getMessage())
                : "it threw " + problem;
    }
}
