package dev.macenv.avf.cli;

import dev.macenv.avf.experiment.TrainedRun;
import dev.macenv.avf.metric.ReturnText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "evaluate",
        description = "Plays the learned policy of a run greedily.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExample:%n",
        footer = "  avf evaluate runs/bp-10/avf-vdn/seed-0 --episodes 10")
final class EvaluateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RUN", description = "A run directory.")
    private Path run = Path.of("");

    @Option(names = "--episodes", paramLabel = "N", description = "Episodes to play (${DEFAULT-VALUE}).")
    private int episodes = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Seed of the episodes (${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private ServerFlags server = new ServerFlags();

    @Option(
            names = {"-q", "--quiet"},
            description = "Only the result, no playthrough.")
    private boolean quiet;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (episodes < 1) {
            throw new IllegalArgumentException("--episodes: " + episodes + " (expected: 1 or more)");
        }
        PrintWriter out = spec.commandLine().getOut();
        TrainedRun.Evaluation evaluation = TrainedRun.evaluate(run, server.choice(), episodes, seed);
        if (!quiet) {
            evaluation.playthrough().forEach(line -> out.println("  " + line));
        }
        out.println(String.format(
                Locale.ROOT,
                "return %s ± %s over %d episodes (standard error; from %s to %s), discounted %.3f, length %.1f"
                        + " ticks, first episode: %s",
                ReturnText.of(evaluation.meanReturn()),
                ReturnText.of(evaluation.standardError(), evaluation.meanReturn()),
                episodes,
                ReturnText.of(evaluation.lowestReturn()),
                ReturnText.of(evaluation.highestReturn()),
                evaluation.meanDiscountedReturn(),
                evaluation.meanLength(),
                evaluation.outcome()));
        if (evaluation.optimum().isPresent()) {
            out.println("optimum " + ReturnText.of(evaluation.optimum().getAsDouble()));
        }
        out.flush();
        return 0;
    }
}
