package dev.macenv.avf.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.EvaluationSettings;
import dev.macenv.avf.config.ExperimentSettings;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.metric.FileSink;
import dev.macenv.avf.metric.Goal;
import dev.macenv.avf.metric.Measurement;
import dev.macenv.avf.metric.MeasurementLog;
import dev.macenv.avf.metric.MetricSink;
import dev.macenv.avf.report.LearningCurve;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.client.TeamSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One run from configuration to result: connects, trains, measures, keeps the run directory.
 *
 * <p>Everything random comes from the seed. Two runs with one configuration and one seed give the same trajectories, metrics
 * (clocks apart) and checkpoints, whatever way they reach their server.
 */
public final class Experiment {

    /** What becomes of an earlier run in the directory. */
    public enum Earlier {
        /** It is left alone, and this one is refused. */
        REFUSE,
        /** It is removed. */
        REPLACE,
        /** It goes on from its newest checkpoint that can be read; where it has none yet, it begins anew. */
        RESUME
    }

    /**
     * What to run.
     *
     * @param config the configuration
     * @param seed from which all random streams are split
     * @param server over which servers the lanes are dealt
     * @param directory where to write
     * @param earlier what becomes of an earlier run there
     * @param untilSolved whether to end as soon as the goal is reached
     */
    public record Request(
            ResolvedConfig config,
            long seed,
            ServerChoice server,
            Path directory,
            Earlier earlier,
            boolean untilSolved) {

        /**
         * What it takes to go on with the run in a directory.
         *
         * @throws IOException if the directory cannot be read
         */
        public static Request toResume(Path directory, ServerChoice server, boolean untilSolved) throws IOException {
            RunDirectory.Identity run = RunDirectory.identity(directory);
            ResolvedConfig config = ConfigLibrary.resolve(
                            new RunLayout(directory).config().toString(), Optional.empty(), List.of())
                    .named(run.name());
            return new Request(config, run.seed(), server, directory, Earlier.RESUME, untilSolved);
        }
    }

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
     * @param stop asked after every episode, and while no server is there, whether to end early
     */
    public Experiment(Request request, Function<OptionalDouble, MetricSink> display, BooleanSupplier stop) {
        this.request = request;
        this.display = display;
        this.stop = stop;
    }

    /**
     * Runs it.
     *
     * @throws IOException if the run directory cannot be written or is taken, or a run that is to go on has no checkpoint that can be
     *     read
     * @throws dev.macenv.avf.config.ConfigException if the server refuses the environment's settings
     * @throws dev.macenv.client.MacenvException if the server fails
     */
    public Result run() throws IOException {
        ResolvedConfig config = request.config();
        try (Servers servers = Servers.of(request.server(), stop);
                LastingSession evaluation = Connections.evaluation(servers, config);
                RunDirectory directory = RunDirectory.open(request.directory(), request.earlier())) {
            try (Run run = begin(directory, () -> new Run(directory, servers, evaluation))) {
                run.train();
                return run.finish();
            }
        }
    }

    /** A run from its checkpoint if it is to go on, and otherwise, or where there is no checkpoint yet, a new one. */
    private Run begin(RunDirectory directory, Supplier<Run> fresh) throws IOException {
        if (request.earlier() == Earlier.RESUME) {
            Optional<Run> begun = Checkpoint.newest(directory.layout(), file -> {
                Run run = fresh.get();
                run.read(file);
                return run;
            });
            if (begun.isPresent()) {
                return begun.get();
            }
        }
        directory.clear();
        Run run = fresh.get();
        run.writeWhatItIs();
        return run;
    }

    private static Optional<Goal> goal(ScenarioReference reference, EvaluationSettings settings) {
        return reference.optimum().map(best -> new Goal(best, settings.solvedFraction(), settings.solvedStreak()));
    }

    /** A run that is going on. */
    private final class Run implements TrainingLoop.Listener, AutoCloseable {

        private final ResolvedConfig config = request.config();
        private final ExperimentSettings settings = config.experiment();
        private final long startNanos = System.nanoTime();
        private final RunDirectory directory;
        private final Servers servers;
        private final TeamSpec spec;
        private final GreedyPlayer player;
        private final Evaluator evaluator;
        private final Optional<ScenarioReference> reference;
        private final Optional<Goal> goal;
        private final RandomStreams streams = RandomStreams.of(request.seed());
        private final Progress progress = new Progress();
        private final IntervalTally interval = new IntervalTally();
        private final MeasurementLog measurements = new MeasurementLog();
        private final Learner learner;
        private final LaneSet lanes;
        private final TrainingLoop loop;
        private List<MetricSink> sinks = List.of();
        private double earlierSeconds;
        private double lastSeconds;
        private OptionalLong solvedAt = OptionalLong.empty();
        private boolean interrupted;
        private long measuredAt;
        private long savedAt;

        Run(RunDirectory directory, Servers servers, LastingSession evaluation) {
            this.directory = directory;
            this.servers = servers;
            this.spec = evaluation.spec();
            this.reference = ScenarioReference.find(spec.environment(), spec.settings());
            this.goal = reference.flatMap(known -> goal(known, settings.evaluation()));
            this.player = new GreedyPlayer(evaluation, settings.discount());
            this.evaluator = new Evaluator(player, settings.evaluation().episodes(), reference, streams.evaluation());
            TeamShape shape = TeamShapes.of(spec);
            this.learner = Learners.create(config, shape, streams.initialisation());
            this.lanes =
                    Connections.training(servers, config, streams.environment().nextLong());
            this.loop = new TrainingLoop(settings, lanes, shape, learner, progress, streams, this);
        }

        void writeWhatItIs() throws IOException {
            directory.writeProvenance(config, request.seed(), servers.info(), spec, goal, reference);
            directory.writeConfig(config); // last: where it is, all of what describes the run is
        }

        /** Goes back to a checkpoint; if that fails, this run is of no use. */
        void read(Path file) throws IOException {
            Checkpoint.read(file, identity(), parts());
            measurements.readClocks(directory.layout().metricsJsonLines());
            earlierSeconds = measurements.all().stream()
                    .mapToDouble(Measurement::seconds)
                    .filter(Double::isFinite)
                    .max()
                    .orElse(0);
            lastSeconds = earlierSeconds;
            measuredAt = progress.episodes();
            savedAt = progress.episodes();
            solvedAt = goal.map(known -> known.solvedAt(measurements.all())).orElse(OptionalLong.empty());
        }

        private Checkpoint.Identity identity() {
            return new Checkpoint.Identity(config.name(), request.seed(), config.fingerprint());
        }

        /** All that the run's future depends on. */
        private Checkpoint.Part[] parts() {
            return new Checkpoint.Part[] {
                progress,
                streams,
                Checkpoint.part(learner::save, learner::load),
                new SameEnvironment(spec),
                loop,
                interval,
                Checkpoint.part(measurements::save, measurements::load)
            };
        }

        void train() {
            sinks = List.of(
                    FileSink.jsonLines(directory.layout().metricsJsonLines(), measurements.all()),
                    FileSink.csv(directory.layout().metricsCsv(), measurements.all()),
                    display.apply(goal.map(known -> OptionalDouble.of(known.optimum()))
                            .orElse(OptionalDouble.empty())));
            if (measurements.all().isEmpty()) {
                measure();
            }
            Connections.reportingTo(config, loop::open);
            loop.run();
        }

        @Override
        public void close() {
            sinks.forEach(MetricSink::close);
            lanes.close();
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
            double seconds = earlierSeconds + (System.nanoTime() - startNanos) / 1e9;
            double elapsed = seconds - lastSeconds;
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
                    interval.hysteresisWeight(),
                    interval.ticks() / elapsed,
                    interval.updates() / elapsed);
            measurements.add(measurement);
            if (solvedAt.isEmpty()) {
                solvedAt = goal.map(known -> known.solvedAt(measurements.all())).orElse(OptionalLong.empty());
            }
            sinks.forEach(sink -> sink.write(measurement));
            interval.clear();
            lastSeconds = seconds;
        }

        private void writeCheckpoint() {
            savedAt = progress.episodes();
            try {
                Checkpoint.write(
                        directory.layout().checkpoint(), directory.layout().previousCheckpoint(), identity(), parts());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        Result finish() throws IOException {
            writeCheckpoint();
            if (interrupted) { // the process is going down: nothing that can wait is begun
                List<String> notes = List.of("interrupted; `avf train " + request.directory()
                        + " --resume` goes on with it, `avf plot` draws what there is");
                return new Result(directory.layout(), measurements.all(), goal, solvedAt, true, List.of(), notes);
            }
            List<String> notes = drawCurve();
            List<String> playthrough = Playthrough.play(
                    player, learner.policy(), streams.evaluation().nextLong());
            directory.writeEvaluation(evaluation()); // its presence says that the run is finished
            return new Result(directory.layout(), measurements.all(), goal, solvedAt, false, playthrough, notes);
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
            List<Measurement> all = measurements.all();
            Measurement last = all.get(all.size() - 1);
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
                    all.stream()
                            .mapToDouble(Measurement::evaluationReturn)
                            .max()
                            .orElse(Double.NaN));
            goal.ifPresent(known -> {
                node.put("optimum", known.optimum());
                node.put("solvedAt", solvedAt.isPresent() ? (Long) solvedAt.getAsLong() : null);
                node.put("keptToTheEnd", known.keptToTheEnd(all));
            });
            return node;
        }
    }
}
