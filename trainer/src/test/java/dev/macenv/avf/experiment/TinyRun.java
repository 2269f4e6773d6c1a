package dev.macenv.avf.experiment;

import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.MetricSink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Runs that take a moment: small networks, a dozen episodes. */
public final class TinyRun {

    private static final List<String> TINY = List.of(
            "training.episodes=12",
            "training.startEpisodes=3",
            "training.updateEvery=5",
            "training.checkpointEpisodes=5",
            "exploration.length=6",
            "replay.episodes=6",
            "replay.batch=4",
            "replay.window=6",
            "network.before=[6]",
            "network.recurrent=5",
            "network.after=[4]",
            "evaluation.everyEpisodes=4",
            "evaluation.episodes=1");

    private static final List<String> TINY_ON_POLICY = List.of(
            "training.episodes=12",
            "training.checkpointEpisodes=5",
            "exploration.length=6",
            "actor.network={before: [6], recurrent: 5, after: [4], dueling: NONE}",
            "critic.network={before: [6], recurrent: 5, after: [4], dueling: NONE}",
            "evaluation.everyEpisodes=4",
            "evaluation.episodes=2");

    private TinyRun() {}

    /** An experiment, made tiny, with further settings as for {@code --set}. */
    public static ResolvedConfig config(String target, String... settings) {
        List<String> all = new ArrayList<>(target.contains("/mac-") ? TINY_ON_POLICY : TINY);
        all.addAll(List.of(settings));
        return ConfigLibrary.resolve(target, Optional.empty(), all);
    }

    /** Trains into a directory that is not there yet. */
    public static Experiment.Result run(ResolvedConfig config, long seed, Optional<String> server, Path directory)
            throws IOException {
        return run(config, seed, server, directory, Experiment.Earlier.REFUSE, () -> false);
    }

    static Experiment.Result run(
            ResolvedConfig config,
            long seed,
            Optional<String> server,
            Path directory,
            Experiment.Earlier earlier,
            BooleanSupplier stop)
            throws IOException {
        Experiment.Request request =
                new Experiment.Request(config, seed, ServerChoice.plain(server), directory, earlier, false);
        return new Experiment(request, optimum -> MetricSink.silent(), stop).run();
    }

    /** What two runs with one seed have in common: everything but what clocks measured. */
    static List<Measurement> withoutClocks(Experiment.Result result) {
        return withoutClocks(result.measurements());
    }

    static List<Measurement> withoutClocks(List<Measurement> measurements) {
        return measurements.stream()
                .map(m -> new Measurement(
                        m.episodes(),
                        m.ticks(),
                        m.updates(),
                        0,
                        m.evaluationReturn(),
                        m.evaluationDiscountedReturn(),
                        m.evaluationLength(),
                        m.evaluationOutcome(),
                        m.trainingReturn(),
                        m.trainingLength(),
                        m.bestOutcomeShare(),
                        m.meanQ(),
                        m.maxQ(),
                        m.loss(),
                        m.gradientNorm(),
                        m.epsilon(),
                        m.hysteresisWeight(),
                        0,
                        0))
                .toList();
    }
}
