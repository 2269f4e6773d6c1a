package dev.macenv.avf.cli;

import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experiment.Experiment;
import dev.macenv.avf.metric.ConsoleSink;
import dev.macenv.avf.metric.MetricSink;
import dev.macenv.avf.report.RunLayout;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
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
            "  avf train my.yaml --server localhost:50051",
            "  avf train bp-10/avf-vdn --resume            goes on after whatever happened; begins if nothing is there",
            "  avf train runs/bp-10/avf-vdn/seed-0 --resume",
            "  avf train bp-10/avf-vdn --set lanes=8 --server host1:50051,host2:50051"
        })
final class TrainCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "SCENARIO/ALGORITHM",
            description = "What to train; or a YAML file of your own; or, with --resume, a run directory.")
    private String target = "";

    @Option(names = "--seed", paramLabel = "N", description = "Everything random is split from it (0).")
    private Optional<Long> seed = Optional.empty();

    @Mixin
    private ServerFlags server = new ServerFlags();

    @Option(names = "--out", paramLabel = "DIR", description = "Run directory (runs/SCENARIO/ALGORITHM/seed-N).")
    private Optional<Path> out = Optional.empty();

    @ArgGroup
    private Earlier earlier = new Earlier();

    /** One of the two, or none. */
    static final class Earlier {

        @Option(names = "--overwrite", description = "Replace an earlier run in the run directory.")
        private boolean overwrite;

        @Option(
                names = "--resume",
                description =
                        "Go on with an earlier run in the run directory from its checkpoint, as if it had not stopped.")
        private boolean resume;

        Experiment.Earlier chosen() {
            if (resume) {
                return Experiment.Earlier.RESUME;
            }
            return overwrite ? Experiment.Earlier.REPLACE : Experiment.Earlier.REFUSE;
        }
    }

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
        Experiment.Request request = request();
        try (Interruption interruption = new Interruption()) {
            Experiment.Result result = new Experiment(
                            request, optimum -> display(request.config(), optimum), interruption::requested)
                    .run();
            print(result, request);
            return 0;
        }
    }

    private Experiment.Request request() throws IOException {
        Path directory = Path.of(target);
        if (earlier.resume && Files.isRegularFile(new RunLayout(directory).config())) {
            return begun(directory);
        }
        ResolvedConfig resolved = config.resolve(target);
        long chosen = seed.orElse(0L);
        return new Experiment.Request(
                resolved,
                chosen,
                server.choice(),
                out.orElseGet(() -> RunPaths.of(Path.of("runs"), resolved.name(), chosen)),
                earlier.chosen(),
                untilSolved);
    }

    /** What a run directory says of itself is what goes on: nothing may be changed on the way. */
    private Experiment.Request begun(Path directory) throws IOException {
        if (config.given() || seed.isPresent() || out.isPresent()) {
            throw new IllegalArgumentException("--resume " + directory
                    + " with --profile, --set, --engine, --seed or --out (expected: none of them; the"
                    + " directory knows)");
        }
        return Experiment.Request.toResume(directory, server.choice(), untilSolved);
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

    private void print(Experiment.Result result, Experiment.Request request) {
        PrintWriter out = spec.commandLine().getOut();
        if (!quiet && !result.interrupted()) {
            out.println();
            out.println("The learned policy, played once:");
            result.playthrough().forEach(line -> out.println("  " + line));
            out.println();
        }
        result.notes().forEach(spec.commandLine().getErr()::println);
        out.println(request.config().name() + ", seed " + request.seed() + ": " + Verdict.of(result));
        out.println("Run directory: " + request.directory() + " (curve.png, metrics.csv, checkpoint.bin, ...)");
        out.flush();
    }
}
