package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.config.ScenarioReference;
import dev.macenv.avf.experience.Ending;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Measures the greedy policy over a few episodes, with seeds of its own. */
final class Evaluator {

    /**
     * Means over the episodes.
     *
     * @param undiscountedReturn mean return
     * @param discountedReturn mean discounted return
     * @param length mean length in ticks
     * @param outcome how the first episode ended
     */
    record Evaluation(double undiscountedReturn, double discountedReturn, double length, String outcome) {}

    private final GreedyPlayer player;
    private final int episodes;
    private final Optional<ScenarioReference> reference;
    private final RandomGenerator seeds;

    Evaluator(GreedyPlayer player, int episodes, Optional<ScenarioReference> reference, RandomGenerator seeds) {
        this.player = player;
        this.episodes = episodes;
        this.reference = reference;
        this.seeds = seeds;
    }

    Evaluation evaluate(TeamPolicy policy) {
        double undiscounted = 0;
        double discounted = 0;
        double length = 0;
        String outcome = "";
        for (int episode = 0; episode < episodes; episode++) {
            GreedyPlayer.Result result = player.play(policy, seeds.nextLong(), GreedyPlayer.Spectator.NONE);
            undiscounted += result.undiscountedReturn();
            discounted += result.discountedReturn();
            length += result.ticks();
            if (episode == 0) {
                outcome = outcome(result.ending(), result.lastReward(), reference);
            }
        }
        return new Evaluation(undiscounted / episodes, discounted / episodes, length / episodes, outcome);
    }

    /** The name of the way in which an episode ended. */
    static String outcome(Ending ending, double lastReward, Optional<ScenarioReference> reference) {
        return switch (ending) {
            case TERMINATED ->
                reference
                        .map(known -> known.outcomeOf(lastReward))
                        .orElse(ending.name().toLowerCase(Locale.ROOT));
            case TRUNCATED -> "timeout";
            case NONE -> throw new IllegalArgumentException("ending: NONE (expected: an episode that has ended)");
        };
    }
}
