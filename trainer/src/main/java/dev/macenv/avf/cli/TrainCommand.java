package dev.macenv.avf.cli;

import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experiment.Experiment;
import dev.macenv.avf.metric.ConsoleSink;
import dev.macenv.avf.metric.MetricSink;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = "Trains one learner on one scenario, and writes a run directory.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  avf train bp-10/avf-vdn",
            "  avf train bp-10/avf-qmix --seed 3 --set replay.batch=64 --out runs/wide",
            "  avf train bp-10/avf-vdn --profile paper     the paper's literal values: a negative result",
            "  avf train my.yaml --server localhost:50051"
        })
final class TrainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SCENARIO/ALGORITHM", description = "What to train, or a YAML file of your own.")
    private String target = "";

    @Option(names = "--seed", paramLabel = "N", description = "Everything random is split from it (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--server",
            paramLabel = "TARGET",
            description = "host:port or unix:/path of a running server. Without it, one is started in this process.")
    private Optional<String> server = Optional.empty();

    @Option(names = "--out", paramLabel = "DIR", description = "Run directory (runs/SCENARIO/ALGORITHM/seed-N).")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--overwrite", description = "Replace an earlier run in the run directory.")
    private boolean overwrite;

    @Option(
            names = "--until-solved",
            description =
                    "End as soon as the task is solved: evaluation.solvedStreak evaluations in a row at the optimum.")
    private boolean untilSolved;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress, only the result.")
    private boolean quiet;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        ResolvedConfig resolved = config.resolve(target);
        Path directory = out.orElseGet(() -> RunPaths.of(Path.of("runs"), resolved.name(), seed));
        Experiment.Request request = new Experiment.Request(resolved, seed, server, directory, overwrite, untilSolved);
        try (Interruption interruption = new Interruption()) {
            Experiment.Result result =
                    new Experiment(request, optimum -> display(resolved, optimum), interruption::requested).run();
            print(result, resolved, directory);
            return 0;
        }
    }

    /** Progress goes to standard error, so that standard output holds the result alone. */
    private MetricSink display(ResolvedConfig resolved, OptionalDouble optimum) {
        if (quiet) {
            return MetricSink.silent();
        }
        PrintStream err = System.err;
        return new ConsoleSink(
                err, Terminal.isInteractive(), resolved.experiment().training().episodes(), optimum, System::nanoTime);
    }

    private void print(Experiment.Result result, ResolvedConfig resolved, Path directory) {
        PrintWriter out = spec.commandLine().getOut();
        if (!quiet && !result.interrupted()) {
            out.println();
            out.println("The learned policy, played once:");
            result.playthrough().forEach(line -> out.println("  " + line));
            out.println();
        }
        result.notes().forEach(spec.commandLine().getErr()::println);
        out.println(resolved.name() + ", seed " + seed + ": " + Verdict.of(result));
        out.println("Run directory: " + directory + " (curve.png, metrics.csv, checkpoint.bin, ...)");
        out.flush();
    }
}
