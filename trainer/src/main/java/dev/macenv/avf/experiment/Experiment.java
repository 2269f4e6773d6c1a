package dev.macenv.avf.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.EvaluationSettings;
import dev.macenv.avf.config.ExperimentSettings;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.MetricSink;
import dev.macenv.avf.report.LearningCurve;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One run from configuration to result: connects, trains, measures, keeps the run directory.
 *
 * <p>Everything random comes from the seed. Two runs with one configuration and one seed give the same trajectories, metrics
 * (clocks apart) and checkpoints, whatever way they reach their server.
 */
public final class Experiment {

    /**
     * What to run.
     *
     * @param config the configuration
     * @param seed from which all random streams are split
     * @param server target of a running server; empty to start one in this process
     * @param directory where to write
     * @param overwrite whether an earlier run there may be replaced
     * @param untilSolved whether to end as soon as the goal is reached
     */
    public record Request(
            ResolvedConfig config,
            long seed,
            Optional<String> server,
            Path directory,
            boolean overwrite,
            boolean untilSolved) {}

    /**
     * What came out.
     *
     * @param layout where everything lies
     * @param measurements all evaluations, in order
     * @param goal when it counts as solved; empty where no optimum is known
     * @param solvedAt episodes when the goal was first reached
     * @param interrupted whether it was ended from outside before its last episode
     * @param playthrough one greedy episode as text
     * @param notes what did not work but did not matter to the result
     */
    public record Result(
            RunLayout layout,
            List<Measurement> measurements,
            Optional<Goal> goal,
            OptionalLong solvedAt,
            boolean interrupted,
            List<String> playthrough,
            List<String> notes) {}

    private final Request request;
    private final Function<OptionalDouble, MetricSink> display;
    private final BooleanSupplier stop;

    /**
     * @param display makes a further sink, given the known optimum
     * @param stop asked after every episode whether to end early
     */
    public Experiment(Request request, Function<OptionalDouble, MetricSink> display, BooleanSupplier stop) {
        this.request = request;
        this.display = display;
        this.stop = stop;
    }

    /**
     * Runs it.
     *
     * @throws IOException if the run directory cannot be written or is taken
     * @throws dev.macenv.avf.config.ConfigException if the server refuses the environment's settings
     * @throws dev.macenv.client.MacenvException if the server fails
     */
    public Result run() throws IOException {
        ResolvedConfig config = request.config();
        RandomStreams streams = RandomStreams.of(request.seed());
        try (EnvironmentClient client = Connections.open(request.server());
                Session training = Connections.training(
                        client, config, streams.environment().nextLong());
                Session evaluation = Connections.evaluation(client, config)) {
            Optional<ScenarioReference> reference = ScenarioReference.find(
                    training.spec().environment(), training.spec().settings());
            Optional<Goal> goal =
                    reference.flatMap(known -> goal(known, config.experiment().evaluation()));
            Learner learner = Learners.create(config, TeamShapes.of(training.spec()), streams.initialisation());

            RunDirectory directory = RunDirectory.create(request.directory(), request.overwrite());
            directory.writeConfig(config);
            directory.writeProvenance(config, request.seed(), client.serverInfo(), training.spec(), goal, reference);
            GreedyPlayer player =
                    new GreedyPlayer(evaluation, config.experiment().discount());
            Run run = new Run(directory, streams, learner, player, reference, goal);
            run.train(training);
            return run.finish();
        }
    }

    private static Optional<Goal> goal(ScenarioReference reference, EvaluationSettings settings) {
        return reference.optimum().map(best -> new Goal(best, settings.solvedFraction(), settings.solvedStreak()));
    }

    /** A run that is going on. */
    private final class Run implements TrainingLoop.Listener {

        private final ExperimentSettings settings = request.config().experiment();
        private final Progress progress = new Progress();
        private final List<Measurement> measurements = new ArrayList<>();
        private final long startNanos = System.nanoTime();
        private final RunDirectory directory;
        private final RandomStreams streams;
        private final Learner learner;
        private final GreedyPlayer player;
        private final Evaluator evaluator;
        private final Optional<ScenarioReference> reference;
        private final Optional<Goal> goal;
        private final List<MetricSink> sinks;
        private IntervalTally interval = new IntervalTally();
        private double lastSeconds;
        private double hysteresisWeight = Double.NaN;
        private OptionalLong solvedAt = OptionalLong.empty();
        private boolean interrupted;
        private long measuredAt;
        private long savedAt;

        Run(
                RunDirectory directory,
                RandomStreams streams,
                Learner learner,
                GreedyPlayer player,
                Optional<ScenarioReference> reference,
                Optional<Goal> goal) {
            this.directory = directory;
            this.streams = streams;
            this.learner = learner;
            this.player = player;
            this.evaluator = new Evaluator(player, settings.evaluation().episodes(), reference, streams.evaluation());
            this.reference = reference;
            this.goal = goal;
            this.sinks = List.of(
                    FileSink.jsonLines(directory.layout().metricsJsonLines()),
                    FileSink.csv(directory.layout().metricsCsv()),
                    display.apply(goal.map(known -> OptionalDouble.of(known.optimum()))
                            .orElse(OptionalDouble.empty())));
        }

        void train(Session session) {
            try {
                measure();
                new TrainingLoop(settings, session, learner, progress, streams, this).run();
            } finally {
                sinks.forEach(MetricSink::close);
            }
        }

        @Override
        public void episodeFinished(double episodeReturn, int ticks, Ending ending, double lastReward) {
            String outcome = Evaluator.outcome(ending, lastReward, reference);
            boolean best = reference
                    .flatMap(ScenarioReference::bestOutcome)
                    .map(outcome::equals)
                    .orElse(false);
            interval.episode(episodeReturn, ticks, best);
        }

        @Override
        public void updated(UpdateMetrics metrics) {
            interval.update(metrics);
        }

        @Override
        public void advanced() {
            if (passed(settings.evaluation().everyEpisodes(), measuredAt)) {
                measure();
            }
        }

        @Override
        public boolean settled() {
            if (passed(settings.training().checkpointEpisodes(), savedAt)) {
                writeCheckpoint();
            }
            interrupted = stop.getAsBoolean();
            return interrupted || (request.untilSolved() && solvedAt.isPresent());
        }

        /** Whether a multiple of the period lies between then and now; a batch of episodes may go past it. */
        private boolean passed(int period, long then) {
            return progress.episodes() / period > then / period;
        }

        private void measure() {
            measuredAt = progress.episodes();
            Evaluator.Evaluation evaluation = evaluator.evaluate(learner.policy());
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            double elapsed = seconds - lastSeconds;
            if (interval.updates() > 0) {
                hysteresisWeight = interval.hysteresisWeight();
            }
            Measurement measurement = new Measurement(
                    progress.episodes(),
                    progress.ticks(),
                    progress.updates(),
                    seconds,
                    evaluation.undiscountedReturn(),
                    evaluation.discountedReturn(),
                    evaluation.length(),
                    evaluation.outcome(),
                    interval.meanReturn(),
                    interval.meanLength(),
                    interval.bestOutcomeShare(),
                    interval.meanValue(),
                    interval.maxValue(),
                    interval.meanLoss(),
                    interval.meanGradientNorm(),
                    progress.epsilon(settings),
                    hysteresisWeight,
                    interval.ticks() / elapsed,
                    interval.updates() / elapsed);
            measurements.add(measurement);
            if (solvedAt.isEmpty()) {
                solvedAt = goal.map(known -> known.solvedAt(measurements)).orElse(OptionalLong.empty());
            }
            sinks.forEach(sink -> sink.write(measurement));
            interval = new IntervalTally();
            lastSeconds = seconds;
        }

        private void writeCheckpoint() {
            savedAt = progress.episodes();
            try {
                Checkpoint.write(
                        directory.layout().checkpoint(),
                        request.config().name(),
                        request.seed(),
                        progress,
                        streams,
                        learner);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Result finish() throws IOException {
            writeCheckpoint();
            if (interrupted) { // the process is going down: nothing that can wait is begun
                List<String> notes = List.of("interrupted; `avf plot " + request.directory() + "` draws what there is");
                return new Result(directory.layout(), measurements, goal, solvedAt, true, List.of(), notes);
            }
            List<String> notes = drawCurve();
            List<String> playthrough = Playthrough.play(
                    player, learner.policy(), streams.evaluation().nextLong());
            directory.writeEvaluation(evaluation()); // its presence says that the run is finished
            return new Result(directory.layout(), measurements, goal, solvedAt, false, playthrough, notes);
        }

        /** Drawing needs fonts, which some machines lack. That must not cost the run. */
        private List<String> drawCurve() {
            try {
                LearningCurve.write(
                        request.config().name() + ", seed " + request.seed(),
                        List.of(RunRecord.read(request.directory())),
                        directory.layout().curve());
                return List.of();
            } catch (RuntimeException | InternalError | LinkageError e) {
                return List.of("no picture of the learning curve: " + e
                        + " (a headless JDK needs the packages libfontconfig1 and some font)");
            }
        }

        private ObjectNode evaluation() {
            Measurement last = measurements.get(measurements.size() - 1);
            ObjectNode node = RunDirectory.newObject();
            node.put("episodes", progress.episodes());
            node.put("ticks", progress.ticks());
            node.put("updates", progress.updates());
            node.put("seconds", last.seconds());
            node.put("finalReturn", last.evaluationReturn());
            node.put("finalDiscountedReturn", last.evaluationDiscountedReturn());
            node.put("finalLength", last.evaluationLength());
            node.put("finalOutcome", last.evaluationOutcome());
            node.put(
                    "bestReturn",
                    measurements.stream()
                            .mapToDouble(Measurement::evaluationReturn)
                            .max()
                            .orElse(Double.NaN));
            goal.ifPresent(known -> {
                node.put("optimum", known.optimum());
                node.put("solvedAt", solvedAt.isPresent() ? (Long) solvedAt.getAsLong() : null);
                node.put("keptToTheEnd", known.keptToTheEnd(measurements));
            });
            return node;
        }
    }
}
