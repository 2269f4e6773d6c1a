package dev.macenv.avf.cli;

import dev.macenv.avf.report.CollectedRuns;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "collect",
        description = {
            "Adds finished runs to one small file, for publishing or for bringing together what several machines ran.",
            "`avf report` and `avf plot` read such files like run directories. A run of the same name and seed takes the place"
                    + " of what the file had."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf collect runs/bp-10 --out bp-10" + CollectedRuns.SUFFIX)
final class CollectCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run directories, or directories that hold some.")
    private List<Path> runs = new ArrayList<>();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FILE",
            description = "The file; its name ends in " + CollectedRuns.SUFFIX + ".")
    private Path out = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        int size = CollectedRuns.add(runs, out);
        PrintWriter text = spec.commandLine().getOut();
        text.println(out + ": " + size + (size == 1 ? " run" : " runs"));
        text.flush();
        return 0;
    }
}
