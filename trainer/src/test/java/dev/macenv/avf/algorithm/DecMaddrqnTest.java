package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.ReplaySettings.Sampling;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class DecMaddrqnTest extends LearnerContract {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final Offset<Double> EXACT = within(1e-12);

    @Override
    protected Learner learner(TeamShape shape, RandomGenerator init) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.target = new TargetSettings(1, 4); // not a divisor of when the contract saves
        return new DecMaddrqn(settings(configuration, .7, .9, false), shape, init);
    }

    /** A team of one, beta 1: AVF-VDN on every number. */
    @Test
    void aloneAndWithoutHysteresisItIsAvfVdn() throws IOException {
        TeamShape alone = SHAPE.only(0);
        Configurations configuration = new Configurations();
        FactoredLearner factored = new FactoredLearner(configuration.build(), alone, new Random(1));
        DecMaddrqn decentralised = new DecMaddrqn(settings(configuration, 1, 1, false), alone, new Random(1));
        Random scripts = new Random(2);
        Random replay = new Random(3);
        Random same = new Random(3);
        for (int k = 0; k < 20; k++) {
            Episode episode = Script.random(scripts, alone, 12, ending(k), 0.1).perEvent();
            factored.observe(episode);
            decentralised.observe(episode);
            assertThat(decentralised.update(k, same)).isEqualTo(factored.update(k, replay));
        }
        assertThat(bytes(decentralised)).isEqualTo(bytes(factored));
    }

    /** Each agent learns exactly as it would alone, from the same windows. */
    @Test
    void agentsLearnIndependentlyFromTheSameWindows() {
        Configurations configuration = new Configurations();
        configuration.replay = new ReplaySettings(
                1, 1, 99, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1));
        DecMaddrqn learner = new DecMaddrqn(settings(configuration, .5, .5, false), SHAPE, new Random(1));
        Random scripts = new Random(4);
        for (int k = 0; k < 5; k++) {
            Script script = Script.random(scripts, SHAPE, 12, Ending.TERMINATED, 0.1);
            learner.observe(script.perEvent());
            int rows = 0;
            for (int i = 0; i < 2; i++) {
                for (int t = 0; t < 12; t++) {
                    rows += script.ended(t, i) || t == 11 ? 1 : 0;
                }
            }
            assertThat(learner.update(k, new Random(k)).orElseThrow().rows()).isEqualTo(rows);
        }
    }

    @Test
    void betaSoftensTheErrorBeforeOrAfterSquaring() {
        DecMaddrqnSettings.Hysteresis before = new DecMaddrqnSettings.Hysteresis(.2, .4, 6000, false);
        assertThat(before.weight(0)).isCloseTo(.04, EXACT);
        assertThat(before.weight(3000)).isCloseTo(.09, EXACT);
        assertThat(before.weight(90000)).isCloseTo(.16, EXACT);
        assertThat(new DecMaddrqnSettings.Hysteresis(.2, .4, 6000, true).weight(3000))
                .isCloseTo(.3, EXACT);
    }

    @Test
    void learnsTheValuesOfAChain() {
        DecMaddrqn learner = chain(Configurations.SQUEEZE);
        learner.observe(ChainTest.episode(3, Ending.TERMINATED));
        UpdateMetrics last = train(learner, 1200);
        // Agent 0 has one row of 2.71, agent 1 has 2.71, 1.9 and 1.
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.03));
        assertThat(last.meanValue()).isCloseTo((2.71 + (2.71 + 1.9 + 1) / 3) / 2, within(0.03));
    }

    @Test
    void bootstrapsPastTheHorizon() {
        DecMaddrqn learner = chain(Configurations.SQUEEZE);
        learner.observe(ChainTest.episode(9, Ending.TRUNCATED));
        assertThat(train(learner, 2500).meanValue()).isCloseTo(10, within(0.2));

        DecMaddrqn wrong = chain(new SqueezeSettings(
                Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, true));
        wrong.observe(ChainTest.episode(9, Ending.TRUNCATED));
        assertThat(train(wrong, 1200).meanValue()).isLessThan(7);
    }

    @Test
    void itsPolicyKeepsAMemoryForEachAgent() throws IOException {
        DecMaddrqn learner = new DecMaddrqn(settings(new Configurations(), .2, .4, false), SHAPE, new Random(1));
        TeamMemory memory = learner.policy().newMemory();
        boolean[] legal = {true, true, true, true};
        int first = OneDecision.of(
                learner.policy(), SHAPE, 1, new float[] {1, 2, 3}, legal, memory, 0, false, new Random(0));
        assertThat(first).isBetween(0, 3);
        byte[] moved = bytes(memory);
        memory.reset();
        assertThat(bytes(memory))
                .isNotEqualTo(moved)
                .isEqualTo(bytes(learner.policy().newMemory()));
        assertThat(OneDecision.of(
                        learner.policy(), SHAPE, 1, new float[] {1, 2, 3}, legal, memory, 0, false, new Random(0)))
                .isEqualTo(first);
        assertThat(bytes(memory)).isEqualTo(moved);
    }

    private static DecMaddrqn chain(SqueezeSettings squeeze) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.squeeze = squeeze;
        configuration.replay = new ReplaySettings(
                4, 4, 9, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1));
        configuration.network = new NetworkSettings(
                List.of(8), 0, List.of(8), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        configuration.target = new TargetSettings(0.8, 0);
        return new DecMaddrqn(settings(configuration, 1, 1, false), ChainTest.TEAM, new Random(1));
    }

    private static UpdateMetrics train(Learner learner, int updates) {
        Random replay = new Random(0);
        for (int k = 1; k < updates; k++) {
            learner.update(k, replay);
        }
        return learner.update(updates, replay).orElseThrow();
    }

    private static Ending ending(int k) {
        return k % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
    }

    static DecMaddrqnSettings settings(Configurations configuration, double start, double end, boolean onGradient) {
        return new DecMaddrqnSettings(
                configuration.engine,
                configuration.discount,
                configuration.replay,
                configuration.squeeze,
                configuration.rewardScale,
                configuration.input,
                configuration.shareAgents,
                configuration.network,
                configuration.loss,
                configuration.optimizer,
                new DecMaddrqnSettings.Hysteresis(start, end, 100, onGradient),
                configuration.target,
                configuration.exploration);
    }

    private static byte[] bytes(Learner learner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        learner.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static byte[] bytes(TeamMemory memory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        memory.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
