package dev.macenv.avf.cli;

import dev.macenv.avf.report.RunRecord;
import dev.macenv.avf.report.SeedTable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "report",
        description = "Prints tables over seeds as Markdown.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf report runs/bp-10 > bp-10.md")
final class ReportCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run directories, or directories that hold some.")
    private List<Path> runs = new ArrayList<>();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(SeedTable.markdown(RunRecord.readAll(runs)));
        out.flush();
        return 0;
    }
}
