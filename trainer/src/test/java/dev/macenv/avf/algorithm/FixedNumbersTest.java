package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Numbers worked by hand, through the whole of the learner. */
class FixedNumbersTest {
    private static final Offset<Double> EXACT = within(1e-12);
    private static final double[] REWARDS = {2, -1, .5}; // 2 - .9 + .405 = 1.505 at gamma .9

    /** Agent 0 ended and chooses anew; agent 1 goes on with macro-action 0. */
    @Test
    void conditionalDoubleQ() {
        TeamShape shape = new TeamShape(new int[] {2, 2}, new int[] {3, 2}, 1);
        UpdateMetrics metrics = learner(shape)
                .learn(Tabular.oneRow(shape, 0, REWARDS, Ending.TRUNCATED), 1)
                .orElseThrow();
        assertThat(metrics.rows()).isEqualTo(1);
        assertThat(metrics.meanTarget())
                .isCloseTo(1.505 + .729 * (.3 - .6), EXACT)
                .isCloseTo(1.2863, EXACT);
        // Target network chooses, unconditioned: 2.8901. Double but unconditioned: 2.2340. Tau ignored: 1.2350.
    }

    @Test
    void nothingFollowsATerminal() {
        TeamShape shape = new TeamShape(new int[] {2, 2}, new int[] {3, 2}, 1);
        UpdateMetrics metrics = learner(shape)
                .learn(Tabular.oneRow(shape, 0, REWARDS, Ending.TERMINATED), 1)
                .orElseThrow();
        assertThat(metrics.meanTarget()).isCloseTo(1.505, EXACT);
    }

    /** td = -2 with beta .2: the row's loss is (beta td)^2 = .16 and its gradient 2 beta^2 (Q - y) = +.16. */
    @Test
    void hysteresisMultipliesTheSquaredError() {
        TeamShape shape = new TeamShape(new int[] {2}, new int[] {3}, 0);
        Configurations configuration = new Configurations();
        configuration.network = Tabular.NETWORK;
        FactoredLearner learner = new FactoredLearner(configuration.build(), shape, new Random(0));
        Tabular.set(learner.onlineParameters(), 0, 0, 5, 0, 0);
        UpdateMetrics metrics = learner.learn(Tabular.oneRow(shape, 0, new double[] {3}, Ending.TERMINATED), .2 * .2)
                .orElseThrow();
        assertThat(metrics.loss()).isCloseTo(.16, EXACT);
        assertThat(metrics.hysteresisWeight()).isEqualTo(.2 * .2);
        assertThat(learner.onlineParameters().get("agent0/q/weight").gradient().get(0, 0))
                .isCloseTo(.16, EXACT);

        Tabular.set(learner.onlineParameters(), 0, 0, 1, 0, 0);
        learner.onlineParameters().get("agent0/q/bias").value().set(0, 0, 0);
        metrics = learner.learn(Tabular.oneRow(shape, 0, new double[] {3}, Ending.TERMINATED), .2 * .2)
                .orElseThrow();
        assertThat(metrics.loss()).isCloseTo(4, EXACT); // y above Q counts in full
    }

    /** Target 1, online 0: after ten updates .995^10. */
    @Test
    void theTargetFollowsSlowly() {
        TeamShape shape = new TeamShape(new int[] {2}, new int[] {1}, 0);
        Configurations configuration = new Configurations();
        configuration.network = Tabular.NETWORK;
        configuration.target = new TargetSettings(0.995, 0);
        configuration.optimizer =
                new OptimizerSettings(OptimizerSettings.Name.ADAM, 1e-300, 0, OptimizerSettings.Anneal.NONE);
        FactoredLearner learner = new FactoredLearner(configuration.build(), shape, new Random(0));
        Tabular.set(learner.onlineParameters(), 0, 0, 0);
        Tabular.set(learner.targetParameters(), 0, 0, 1);
        for (int k = 0; k < 10; k++) {
            learner.learn(Tabular.oneRow(shape, 0, new double[] {1}, Ending.TERMINATED), 1);
        }
        assertThat(learner.targetParameters().get("agent0/q/weight").value().get(0, 0))
                .isCloseTo(0.951110, within(5e-7));
    }

    @Test
    void aHardCopyComesEverySoManyUpdates() {
        TeamShape shape = new TeamShape(new int[] {2}, new int[] {1}, 0);
        Configurations configuration = new Configurations();
        configuration.network = Tabular.NETWORK;
        configuration.target = new TargetSettings(1, 3);
        FactoredLearner learner = new FactoredLearner(configuration.build(), shape, new Random(0));
        Tabular.set(learner.onlineParameters(), 0, 0, 5);
        Tabular.set(learner.targetParameters(), 0, 0, 7);
        double[] seen = new double[4];
        for (int k = 0; k < 4; k++) {
            learner.learn(Tabular.oneRow(shape, 0, new double[] {1}, Ending.TERMINATED), 1);
            seen[k] = learner.targetParameters().get("agent0/q/weight").value().get(0, 0);
        }
        assertThat(seen[0]).isEqualTo(7);
        assertThat(seen[1]).isEqualTo(7);
        assertThat(seen[2]).isBetween(4.9, 4.999);
        assertThat(seen[3]).isEqualTo(seen[2]);
    }

    @Test
    void schedulesCountFromTheStartOfTraining() {
        ExplorationSettings exploration = new ExplorationSettings(1, 0.05, 6000, ProgressUnit.EPISODES, true);
        assertThat(exploration.epsilon(-10)).isEqualTo(1);
        assertThat(exploration.epsilon(0)).isEqualTo(1);
        assertThat(exploration.epsilon(3000)).isCloseTo(0.525, EXACT);
        assertThat(exploration.epsilon(6000)).isCloseTo(0.05, EXACT);
        assertThat(exploration.epsilon(60000)).isCloseTo(0.05, EXACT);

        HysteresisSettings hysteresis = new HysteresisSettings(0.04, 0.16, 2000);
        assertThat(hysteresis.weight(0, 6000)).isCloseTo(0.04, EXACT);
        assertThat(hysteresis.weight(3000, 6000)).isCloseTo(0.10, EXACT);
        assertThat(hysteresis.weight(6000, 6000)).isCloseTo(0.16, EXACT);
        assertThat(hysteresis.weight(7000, 6000)).isCloseTo(0.58, EXACT);
        assertThat(hysteresis.weight(8000, 6000)).isEqualTo(1);
        assertThat(hysteresis.weight(80000, 6000)).isEqualTo(1);
        assertThat(new HysteresisSettings(0.04, 0.16, 0).weight(80000, 6000)).isEqualTo(0.16);
        assertThat(new HysteresisSettings(1, 1, 0).weight(17, 6000)).isEqualTo(1);
    }

    private static FactoredLearner learner(TeamShape shape) {
        Configurations configuration = new Configurations();
        configuration.network = Tabular.NETWORK;
        FactoredLearner learner = new FactoredLearner(configuration.build(), shape, new Random(0));
        Tabular.set(learner.onlineParameters(), 0, 1, .2, .9, -1);
        Tabular.set(learner.targetParameters(), 0, 1, .4, .3, 1.2);
        Tabular.set(learner.onlineParameters(), 1, 0, .1, .5);
        Tabular.set(learner.targetParameters(), 1, 0, -.6, .7);
        return learner;
    }
}
