package dev.macenv.avf.cli;

import dev.macenv.avf.report.LearningCurve;
import dev.macenv.avf.report.RunRecord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "plot",
        description =
                "Draws learning curves into a PNG file: median and quartiles over seeds, one colour per experiment.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf plot runs/bp-10 --out bp-10.png --title \"Box Pushing 10 x 10\"")
final class PlotCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "RUN", description = "Run directories, or directories that hold some.")
    private List<Path> runs = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FILE", description = "The picture (${DEFAULT-VALUE}).")
    private Path out = Path.of("curves.png");

    @Option(names = "--title", paramLabel = "TEXT", description = "Its headline.")
    private Optional<String> title = Optional.empty();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LearningCurve.write(title.orElse("Learning curves"), RunRecord.readAll(runs), out);
        PrintWriter text = spec.commandLine().getOut();
        text.println(out);
        text.flush();
        return 0;
    }
}
