package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.report.RunLayout;
import dev.macenv.avf.report.RunRecord;
import dev.macenv.client.TeamSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** A policy that was trained, brought back from its run directory. */
public final class TrainedRun {

    /**
     * What the policy came to.
     *
     * @param meanReturn mean undiscounted return
     * @param standardError of that mean; 0 for one episode
     * @param lowestReturn of any episode
     * @param highestReturn of any episode
     * @param meanDiscountedReturn mean discounted return
     * @param meanLength mean length in ticks
     * @param outcome how the first episode ended
     * @param optimum the known optimum
     * @param playthrough the first episode as text
     */
    public record Evaluation(
            double meanReturn,
            double standardError,
            double lowestReturn,
            double highestReturn,
            double meanDiscountedReturn,
            double meanLength,
            String outcome,
            OptionalDouble optimum,
            List<String> playthrough) {}

    private TrainedRun() {}

    /**
     * Plays the policy of a run's newest checkpoint greedily.
     *
     * @param directory run directory
     * @param server where to play
     * @param episodes how many, at least 1
     * @param seed from which the episodes' seeds are drawn
     * @throws IOException if the run directory or its checkpoint cannot be read, or the server's environment is not that of the run
     */
    public static Evaluation evaluate(Path directory, ServerChoice server, int episodes, long seed) throws IOException {
        RunRecord run = RunRecord.read(directory);
        ResolvedConfig config = config(run);
        try (Servers servers = Servers.of(server, () -> false);
                LastingSession session = Connections.evaluation(servers, config)) {
            TeamSpec team = session.spec();
            TrainedPolicy trained = restore(run, config, team);
            Optional<ScenarioReference> reference = ScenarioReference.find(team.environment(), team.settings());
            GreedyPlayer player = new GreedyPlayer(session, config.experiment().discount());
            return play(player, trained.policy(), reference, episodes, RandomStream.named(seed, "evaluate"));
        }
    }

    /**
     * Brings back the policy of a run's newest checkpoint.
     *
     * @param directory run directory
     * @param server which one is asked what the environment is
     * @throws IOException if the run directory or its checkpoint cannot be read, or the server's environment is not that of the run
     */
    public static TrainedPolicy policy(Path directory, ServerChoice server) throws IOException {
        RunRecord run = RunRecord.read(directory);
        ResolvedConfig config = config(run);
        try (Servers servers = Servers.of(server, () -> false);
                LastingSession session = Connections.evaluation(servers, config)) {
            return restore(run, config, session.spec());
        }
    }

    private static ResolvedConfig config(RunRecord run) {
        return ConfigLibrary.resolve(new RunLayout(run.directory()).config().toString(), Optional.empty(), List.of());
    }

    /** From the newest checkpoint that can be read. */
    private static TrainedPolicy restore(RunRecord run, ResolvedConfig config, TeamSpec team) throws IOException {
        Checkpoint.Identity identity = new Checkpoint.Identity(run.name(), run.seed(), config.fingerprint());
        return Checkpoint.newest(new RunLayout(run.directory()), file -> {
                    RandomStreams streams = RandomStreams.of(run.seed());
                    Learner learner = Learners.create(config, TeamShapes.of(team), streams.initialisation());
                    Progress progress = new Progress();
                    Checkpoint.read(
                            file,
                            identity,
                            progress,
                            streams,
                            Checkpoint.part(learner::save, learner::load),
                            new SameEnvironment(team));
                    return new TrainedPolicy(
                            run.name(),
                            config.experiment().algorithm(),
                            run.seed(),
                            progress.episodes(),
                            progress.updates(),
                            Provenance.version(),
                            team,
                            learner.policy());
                })
                .orElseThrow(() -> new IOException(
                        "checkpoint: none in " + run.directory() + " (the run has not come to its first one)"));
    }

    private static Evaluation play(
            GreedyPlayer player,
            TeamPolicy policy,
            Optional<ScenarioReference> reference,
            int episodes,
            RandomStream seeds) {
        List<String> playthrough = List.of();
        String outcome = "";
        double[] returns = new double[episodes];
        double discounted = 0;
        double length = 0;
        for (int episode = 0; episode < episodes; episode++) {
            Playthrough text = new Playthrough();
            GreedyPlayer.Result result =
                    player.play(policy, seeds.nextLong(), episode == 0 ? text : GreedyPlayer.Spectator.NONE);
            if (episode == 0) {
                playthrough = text.finish(result);
                outcome = Evaluator.outcome(result.ending(), result.lastReward(), reference);
            }
            returns[episode] = result.undiscountedReturn();
            discounted += result.discountedReturn();
            length += result.ticks();
        }
        double mean = Arrays.stream(returns).average().orElseThrow();
        double squares = Arrays.stream(returns)
                .map(each -> (each - mean) * (each - mean))
                .sum();
        return new Evaluation(
                mean,
                episodes < 2 ? 0 : Math.sqrt(squares / (episodes - 1) / episodes),
                Arrays.stream(returns).min().orElseThrow(),
                Arrays.stream(returns).max().orElseThrow(),
                discounted / episodes,
                length / episodes,
                outcome,
                reference
                        .flatMap(ScenarioReference::optimum)
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                playthrough);
    }
}
