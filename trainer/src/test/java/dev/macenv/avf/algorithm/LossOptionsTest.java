package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.PlainLoss.Cut;
import dev.macenv.avf.algorithm.PlainLoss.MixerKind;
import dev.macenv.avf.algorithm.UpdateSettings.Scheme;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.BurnIn;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.experience.TeamShape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Burn-in and Huber's loss: the loss and its gradient against {@link PlainLoss}, alone and with a shared network. */
class LossOptionsTest {
    private static final TeamShape ALIKE = new TeamShape(new int[] {2, 2, 2}, new int[] {3, 3, 3}, 2);
    private static final double PESSIMISM = 0.3;
    private static final SqueezeSettings BURN_IN = new SqueezeSettings(
            Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, BurnIn.EPISODE_START, true, false);

    @ParameterizedTest
    @CsvSource({"true, false, false", "true, false, true", "false, true, false", "true, true, true"})
    void theLossIsWhatItsDefinitionSays(boolean burnIn, boolean huber, boolean share) {
        for (long seed = 0; seed < 5; seed++) {
            List<Cut> cuts = FactoredLossTest.cuts(new Random(seed), ALIKE);
            FactoredLearner learner = learner(burnIn, huber, share, seed);
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            double expected = plain(burnIn, huber).at(online, online, target, cuts);
            assertThat(learner.learn(FactoredLossTest.sample(cuts), PESSIMISM)
                            .orElseThrow()
                            .loss())
                    .isCloseTo(expected, within(1e-9 * (1 + expected)));
        }
    }

    @ParameterizedTest
    @CsvSource({"true, false, false", "true, false, true", "false, true, false", "true, true, true"})
    void theGradientIsThatOfCentralDifferences(boolean burnIn, boolean huber, boolean share) {
        double step = 1e-5;
        List<Cut> cuts = FactoredLossTest.cuts(new Random(3), ALIKE);
        FactoredLearner learner = learner(burnIn, huber, share, 3);
        PlainTeam online = new PlainTeam(learner.onlineParameters());
        PlainTeam target = new PlainTeam(learner.targetParameters());
        PlainLoss plain = plain(burnIn, huber);

        learner.learn(FactoredLossTest.sample(cuts), PESSIMISM);

        Matrix gradients = learner.onlineParameters().gradients();
        PlainTeam moved = online.copy();
        for (int p : FactoredLossTest.someOfEachMatrix(learner.onlineParameters())) {
            moved.values[p] = online.values[p] + step;
            double above = plain.at(moved, online, target, cuts);
            moved.values[p] = online.values[p] - step;
            double below = plain.at(moved, online, target, cuts);
            moved.values[p] = online.values[p];
            double difference = (above - below) / (2 * step);
            assertThat(gradients.get(0, p))
                    .as("parameter %d", p)
                    .isCloseTo(difference, within(1e-6 * Math.max(Math.abs(difference), 0.02)));
        }
    }

    /** Control: over these windows the past matters, and errors beyond 1 occur. */
    @Test
    void theOptionsMatter() {
        List<Cut> cuts = FactoredLossTest.cuts(new Random(3), ALIKE);
        double neither = loss(learner(false, false, false, 3), cuts);
        assertThat(loss(learner(true, false, false, 3), cuts)).isNotCloseTo(neither, within(1e-6));
        assertThat(loss(learner(false, true, false, 3), cuts)).isLessThan(0.499 * neither);
    }

    /** The layer that compresses the state is part of the mixer: trained and followed like the rest. */
    @Test
    void theStateEncoderLearnsAndIsFollowed() {
        Configurations configuration = new Configurations();
        Map<String, Object> section = new HashMap<>(Configurations.QMIX);
        section.put("stateEncoder", 3L);
        configuration.mixer = section;
        configuration.target = new TargetSettings(0.5, 0);
        FactoredLearner learner = new FactoredLearner(configuration.build(), ALIKE, new Random(1));
        Matrix encoder = learner.onlineParameters().get("stateEncoder/weight").value();
        Matrix followed = learner.targetParameters().get("stateEncoder/weight").value();
        assertThat(encoder.rows()).isEqualTo(6);
        assertThat(learner.onlineParameters()
                        .get("qmix/hyper1/0/weight")
                        .value()
                        .rows())
                .isEqualTo(3);
        double before = encoder.get(1, 1);
        for (int k = 0; k < 5; k++) {
            learner.learn(FactoredLossTest.sample(FactoredLossTest.cuts(new Random(k), ALIKE)), 1);
        }
        double after = encoder.get(1, 1);
        assertThat(after).isNotEqualTo(before);
        assertThat(followed.get(1, 1)).isNotEqualTo(before).isBetween(Math.min(before, after), Math.max(before, after));
    }

    private static double loss(FactoredLearner learner, List<Cut> cuts) {
        return learner.learn(FactoredLossTest.sample(cuts), PESSIMISM)
                .orElseThrow()
                .loss();
    }

    private static PlainLoss plain(boolean burnIn, boolean huber) {
        PlainLoss plain = new PlainLoss(MixerKind.QMIX, false, Scheme.ALL, 0.9, PESSIMISM);
        plain.seeing(new InputSettings(true, true));
        if (burnIn) {
            plain.burningIn();
        }
        return huber ? plain.huber() : plain;
    }

    private static FactoredLearner learner(boolean burnIn, boolean huber, boolean share, long seed) {
        Configurations configuration = new Configurations();
        configuration.mixer = Configurations.QMIX;
        configuration.squeeze = burnIn ? BURN_IN : Configurations.SQUEEZE;
        configuration.loss = huber ? Loss.HUBER : Loss.SQUARED;
        configuration.input = new InputSettings(true, true);
        configuration.shareAgents = share;
        return FactoredLossTest.separated(new FactoredLearner(configuration.build(), ALIKE, new Random(seed)), seed);
    }
}
