package dev.macenv.avf.cli;

import dev.macenv.avf.config.ConfigException;
import dev.macenv.avf.config.Problem;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experiment.Experiment;
import dev.macenv.avf.metric.MetricSink;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.avf.report.SeedTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "benchmark",
        description = {
            "Trains every combination of scenario, algorithm and seed, several at a time.",
            "Finished runs are kept and others go on from their checkpoints, so that the same command goes on where it"
                    + " was stopped."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf benchmark --scenarios bp-6,bp-10 --algorithms avf-vdn,avf-qmix --seeds 0..4 --jobs 2")
final class BenchmarkCommand implements Callable<Integer> {

    private record Run(ResolvedConfig config, long seed, Path directory) {

        String label() {
            return config.name() + ", seed " + seed;
        }

        boolean finished() {
            return Files.exists(new RunLayout(directory).evaluation());
        }
    }

    @Option(
            names = "--scenarios",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "For example bp-6,bp-10.")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = "--algorithms",
            required = true,
            split = ",",
            paramLabel = "NAME",
            description = "For example avf-vdn,avf-qmix.")
    private List<String> algorithms = new ArrayList<>();

    @Option(names = "--seeds", paramLabel = "RANGE", description = "For example 0..4 (${DEFAULT-VALUE}).")
    private String seeds = "0..4";

    @Option(names = "--jobs", paramLabel = "N", description = "Runs side by side, one thread each (${DEFAULT-VALUE}).")
    private int jobs = 1;

    @Mixin
    private ServerFlags server = new ServerFlags();

    @Option(names = "--out", paramLabel = "DIR", description = "Where run directories go (${DEFAULT-VALUE}).")
    private Path out = Path.of("runs");

    @Option(names = "--until-solved", description = "As for train. A collapse after solving stays unseen.")
    private boolean untilSolved;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException {
        if (jobs < 1) {
            throw new IllegalArgumentException("--jobs: " + jobs + " (expected: 1 or more)");
        }
        List<Run> runs = plan();
        PrintWriter text = spec.commandLine().getOut();
        int failures = 0;
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        try (Interruption interruption = new Interruption()) {
            List<Future<String>> results = new ArrayList<>();
            runs.forEach(run -> results.add(pool.submit(() -> train(run, interruption, text))));
            for (int i = 0; i < runs.size(); i++) {
                try {
                    results.get(i).get();
                } catch (ExecutionException e) {
                    failures++;
                    spec.commandLine().getErr().println(runs.get(i).label() + " FAILED: " + e.getCause());
                }
            }
        } finally {
            pool.shutdown();
        }
        summarise(runs, text);
        return failures == 0 ? 0 : 1;
    }

    /** Seeds vary slowest, so that every combination has been seen once before any is seen twice. Checks all before any is run. */
    private List<Run> plan() {
        List<Run> runs = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        List<ResolvedConfig> configs = new ArrayList<>();
        for (String scenario : scenarios) {
            for (String algorithm : algorithms) {
                try {
                    configs.add(config.resolve(scenario + "/" + algorithm));
                } catch (ConfigException e) {
                    problems.addAll(e.problems());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems.stream().distinct().toList());
        }
        for (long seed : SeedRange.parse(seeds)) {
            for (ResolvedConfig each : configs) {
                runs.add(new Run(each, seed, RunPaths.of(out, each.name(), seed)));
            }
        }
        return runs;
    }

    private String train(Run run, Interruption interruption, PrintWriter text) throws IOException {
        if (run.finished() || interruption.requested()) {
            return say(text, run.label() + (run.finished() ? ": finished earlier" : ": not begun"));
        }
        Experiment.Request request = new Experiment.Request(
                run.config(), run.seed(), server.choice(), run.directory(), Experiment.Earlier.RESUME, untilSolved);
        Experiment.Result result =
                new Experiment(request, optimum -> MetricSink.silent(), interruption::requested).run();
        return say(text, run.label() + ": " + Verdict.of(result));
    }

    private static String say(PrintWriter text, String line) {
        text.println(line);
        text.flush();
        return line;
    }

    private static void summarise(List<Run> runs, PrintWriter text) {
        List<Path> finished =
                runs.stream().filter(Run::finished).map(Run::directory).toList();
        if (!finished.isEmpty()) {
            text.println();
            text.print(SeedTable.markdown(RunRecord.readAll(finished)));
        }
        text.flush();
    }
}
