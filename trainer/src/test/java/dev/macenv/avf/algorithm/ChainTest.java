package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.ReplaySettings.Sampling;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chains whose values are known: reward 1 in every tick, gamma .9. One agent's macro-actions take three ticks, the other's
 * one. Ended by a terminal after three ticks, the values are 1 + .9 + .81 = 2.71, then 1.9, then 1; cut by a horizon and
 * bootstrapped, they are 1 / (1 - .9) = 10 everywhere.
 */
class ChainTest {
    private static final TeamShape PRIMITIVE_TEAM = new TeamShape(new int[] {3, 3}, new int[] {1, 1}, 3);
    static final TeamShape TEAM = new TeamShape(new int[] {2, 3}, new int[] {1, 1}, 3);

    @ParameterizedTest
    @ValueSource(strings = {"vdn", "qmix", "qplex"})
    void learnsTheValuesUpToATerminal(String mixer) {
        FactoredLearner learner = learner(mixer, Configurations.SQUEEZE);
        learner.observe(episode(3, Ending.TERMINATED));
        UpdateMetrics last = train(learner, 1500);
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.03));
        assertThat(last.meanValue()).isCloseTo((2.71 + 1.9 + 1) / 3, within(0.03));
        assertThat(last.loss()).isLessThan(1e-3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"vdn", "qmix", "qplex"})
    void bootstrapsPastTheHorizon(String mixer) {
        FactoredLearner learner = learner(mixer, Configurations.SQUEEZE);
        learner.observe(episode(9, Ending.TRUNCATED));
        UpdateMetrics last = train(learner, 3000);
        assertThat(last.meanValue()).isCloseTo(10, within(0.15));
        assertThat(last.maxValue()).isCloseTo(10, within(0.3));
    }

    /** Control: were the horizon a terminal, the values would stay far below. */
    @ParameterizedTest
    @ValueSource(strings = "vdn")
    void timeoutAsTerminalGivesPartialSums(String mixer) {
        SqueezeSettings asTerminal = new SqueezeSettings(
                Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, true);
        FactoredLearner learner = learner(mixer, asTerminal);
        learner.observe(episode(9, Ending.TRUNCATED));
        assertThat(train(learner, 1500).meanValue()).isLessThan(6);
    }

    /** Every action takes one tick: VDN, QMIX and QPLEX, with networks, inputs, optimiser and targets as pymarl has them. */
    @ParameterizedTest
    @ValueSource(strings = {"vdn", "qmix", "qplex"})
    void primitiveActionsHaveTheSameValues(String mixer) {
        FactoredLearner terminal = primitive(mixer);
        terminal.observe(primitiveEpisode(3, Ending.TERMINATED));
        UpdateMetrics last = train(terminal, 4000);
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.05));
        assertThat(last.meanValue()).isCloseTo((2.71 + 1.9 + 1) / 3, within(0.05));

        FactoredLearner horizon = primitive(mixer);
        horizon.observe(primitiveEpisode(9, Ending.TRUNCATED));
        // A misfit of 0.01 in every row is one of 0.1 in the values that they bootstrap from one another.
        assertThat(train(horizon, 6000).meanValue()).isCloseTo(10, within(0.3));
    }

    private static FactoredLearner primitive(String mixer) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.replay = new ReplaySettings(
                4, 4, 1, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1));
        configuration.recordEveryTick = true;
        configuration.shareAgents = true;
        configuration.input = new InputSettings(true, true);
        configuration.network = new NetworkSettings(
                List.of(8), 8, List.of(), Dueling.NONE, Activation.RELU, NetworkSettings.Start.TORCH);
        Map<String, Object> section = new HashMap<>(mixer(mixer));
        section.replace("state", "JOINT_MACRO", "REAL");
        configuration.mixer = section;
        configuration.optimizer =
                new OptimizerSettings(OptimizerSettings.Name.RMSPROP, 5e-4, 10, OptimizerSettings.Anneal.NONE);
        configuration.target = new TargetSettings(1, 10);
        return new FactoredLearner(configuration.build(), PRIMITIVE_TEAM, new Random(1));
    }

    /** Both agents, and the mixer, are told the tick modulo 3. */
    private static Episode primitiveEpisode(int ticks, Ending ending) {
        EpisodeBuilder builder = new EpisodeBuilder(PRIMITIVE_TEAM);
        boolean[][] legal = {{true}, {true}};
        builder.start(new float[][] {seen(0)[1], seen(0)[1]}, legal, seen(0)[1]);
        for (int t = 0; t < ticks; t++) {
            builder.decide(0, 0);
            builder.decide(1, 0);
            Ending now = t == ticks - 1 ? ending : Ending.NONE;
            float[] next = seen(t + 1)[1];
            builder.advance(
                    1, new double[] {1}, new boolean[] {true, true}, new float[][] {next, next}, legal, next, now);
        }
        return builder.build();
    }

    private static UpdateMetrics train(FactoredLearner learner, int updates) {
        Random replay = new Random(0);
        Optional<UpdateMetrics> metrics = Optional.empty();
        for (int k = 0; k < updates; k++) {
            metrics = learner.update(k, replay);
        }
        return metrics.orElseThrow();
    }

    private static FactoredLearner learner(String mixer, SqueezeSettings squeeze) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.squeeze = squeeze;
        configuration.replay = new ReplaySettings(
                4, 4, 9, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1));
        configuration.network = new NetworkSettings(
                List.of(8),
                0,
                List.of(8),
                mixer.equals("qplex") ? Dueling.MEAN : Dueling.NONE,
                Activation.LEAKY_RELU,
                NetworkSettings.Start.XAVIER);
        configuration.mixer = mixer(mixer);
        configuration.optimizer =
                new OptimizerSettings(OptimizerSettings.Name.ADAM, 1e-2, 0, OptimizerSettings.Anneal.NONE);
        configuration.target = new TargetSettings(0.8, 0);
        return new FactoredLearner(configuration.build(), TEAM, new Random(1));
    }

    private static Map<String, Object> mixer(String name) {
        return switch (name) {
            case "vdn" -> Configurations.VDN;
            case "qmix" -> Configurations.QMIX;
            default -> Configurations.qplex("COND_MAX", true);
        };
    }

    /** Agent 0 is told nothing, agent 1 the tick modulo 3; so is the mixer. */
    static Episode episode(int ticks, Ending ending) {
        EpisodeBuilder builder = new EpisodeBuilder(TEAM);
        boolean[][] legal = {{true}, {true}};
        builder.start(seen(0), legal, seen(0)[1]);
        for (int t = 0; t < ticks; t++) {
            if (builder.pending(0)) {
                builder.decide(0, 0);
            }
            builder.decide(1, 0);
            boolean[] ended = {t % 3 == 2, true};
            Ending now = t == ticks - 1 ? ending : Ending.NONE;
            builder.advance(1, new double[] {1}, ended, seen(t + 1), legal, seen(t + 1)[1], now);
        }
        return builder.build();
    }

    private static float[][] seen(int t) {
        float[] phase = new float[3];
        phase[t % 3] = 1;
        return new float[][] {{1, 0}, phase};
    }
}
