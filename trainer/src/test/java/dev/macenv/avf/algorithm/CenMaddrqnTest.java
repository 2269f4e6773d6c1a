package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.CenMaddrqnSettings.Explorers;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class CenMaddrqnTest extends LearnerContract {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final TeamShape PAIR = new TeamShape(new int[] {2, 2}, new int[] {3, 2}, 0);
    private static final double[] REWARDS = {2, -1, .5}; // 2 - .9 + .405 = 1.505 at gamma .9
    private static final Offset<Double> EXACT = within(1e-12);
    private static final RandomGenerator UNTOUCHABLE = () -> {
        throw new AssertionError("nothing may be drawn");
    };

    @Override
    protected Learner learner(TeamShape shape, RandomGenerator init) {
        Configurations configuration = configuration();
        configuration.engine = EngineType.VECTOR;
        configuration.target = new TargetSettings(1, 4); // not a divisor of when the contract saves
        return new CenMaddrqn(settings(configuration, Explorers.EACH_AGENT), shape, init);
    }

    @Override
    protected boolean decentralised() {
        return false;
    }

    /**
     * Agent 0 has executed 1, ended and chooses anew; agent 1 goes on with 0. Of the six joint macro-actions (0,0), (0,1), (1,0), (1,1),
     * (2,0), (2,1) the first, third and fifth agree with it; the online network prefers (1,0), which the target values at .3.
     */
    @Test
    void conditionalDoubleQ() {
        FactoredLearner controller = table().controller();
        UpdateMetrics metrics = controller
                .learn(Tabular.oneRow(PAIR, 1, REWARDS, Ending.TRUNCATED), 1)
                .orElseThrow();
        assertThat(metrics.rows()).isEqualTo(1);
        assertThat(metrics.meanTarget()).isCloseTo(1.505 + .729 * .3, EXACT).isCloseTo(1.7237, EXACT);
        // Unconditioned, as if agent 1 were to choose: (2,1), y = 1.505 + .729 * .6 = 1.9424.
        // Chosen by the target network: (2,0), y = 1.505 + .729 * 1.2 = 2.3798. Agent 1 slowest: -.8, y = .9218.

        Matrix gradient = controller.onlineParameters().get("agent0/q/bias").gradient();
        for (int joint = 0; joint < 6; joint++) { // the executed macro-action's output learns, and no other
            double expected = joint == 2 ? 2 * (0 - 1.7237) : 0;
            assertThat(gradient.get(0, joint)).isCloseTo(expected, EXACT);
        }
    }

    @Test
    void nothingFollowsATerminal() {
        UpdateMetrics metrics = table().controller()
                .learn(Tabular.oneRow(PAIR, 1, REWARDS, Ending.TERMINATED), 1)
                .orElseThrow();
        assertThat(metrics.meanTarget()).isCloseTo(1.505, EXACT);
    }

    /** In that row's successor: agent 0 sees its second observation, agent 1 still its first. */
    private static CenMaddrqn table() {
        Configurations configuration = configuration();
        configuration.network = Tabular.NETWORK;
        CenMaddrqn learner = new CenMaddrqn(settings(configuration, Explorers.EACH_AGENT), PAIR, new Random(0));
        for (int row = 0; row < 4; row++) {
            Tabular.set(learner.controller().onlineParameters(), 0, row, new double[6]);
            Tabular.set(learner.controller().targetParameters(), 0, row, new double[6]);
        }
        Tabular.set(learner.controller().onlineParameters(), 0, 1, .2, .7, .9, .5, -1, 2);
        Tabular.set(learner.controller().targetParameters(), 0, 1, .4, -.8, .3, .1, 1.2, .6);
        return learner;
    }

    /** Whoever decides, the choice is the best that agrees with the ongoing agents, from the history of all joint decisions. */
    @Test
    void actsOnTheJointHistoryThatLearningEvaluates() {
        int fixed = 0;
        for (int seed = 0; seed < 8; seed++) {
            CenMaddrqn learner =
                    new CenMaddrqn(settings(configuration(), Explorers.EACH_AGENT), SHAPE, new Random(seed));
            Matrix values = learner.controller().onlineParameters().values();
            Random random = new Random(seed);
            for (int p = 0; p < values.size(); p++) {
                values.set(0, p, 2 * random.nextGaussian());
            }
            PlainTeam plain = new PlainTeam(learner.controller().onlineParameters());
            float[][] held = {new float[2], new float[3]};
            boolean[][] legal = {{true, true, true}, {true, true, true, true}};
            DecisionPoint point = new DecisionPoint(learner.policy().newMemory(), held, legal);
            List<double[]> history = new ArrayList<>();
            for (int step = 0; step < 12; step++) {
                boolean[] pending = {step == 0 || step % 3 != 1, step == 0 || step % 2 == 1};
                for (int i = 0; i < 2; i++) {
                    point.setPending(i, pending[i]);
                    for (int j = 0; pending[i] && j < held[i].length; j++) {
                        held[i][j] = (float) random.nextGaussian();
                    }
                    for (int m = 1; m < legal[i].length; m++) {
                        legal[i][m] = random.nextBoolean();
                    }
                }
                history.add(new double[] {held[0][0], held[0][1], held[1][0], held[1][1], held[1][2]});
                int[] before = {point.macroAction(0), point.macroAction(1)};
                learner.policy().choose(List.of(point), 0, false, UNTOUCHABLE);

                PlainTeam.Utilities[] utilities = plain.agent(0, history.toArray(new double[0][]));
                double[] q = utilities[step].q;
                int best = -1;
                int unconditioned = 0;
                for (int joint = 0; joint < 12; joint++) {
                    int[] parts = {joint / 4, joint % 4};
                    boolean agrees = true;
                    for (int i = 0; i < 2; i++) {
                        agrees &= pending[i] ? legal[i][parts[i]] : parts[i] == before[i];
                    }
                    best = agrees && (best < 0 || q[joint] > q[best]) ? joint : best;
                    unconditioned = q[joint] > q[unconditioned] ? joint : unconditioned;
                }
                assertThat(point.macroAction(0)).isEqualTo(best / 4);
                assertThat(point.macroAction(1)).isEqualTo(best % 4);
                fixed += best != unconditioned ? 1 : 0;
            }
        }
        assertThat(fixed).as("decisions that the condition changed").isGreaterThan(20);
    }

    @Test
    void exploresAgentByAgentOrAllTogether() {
        assertThat(both(Explorers.EACH_AGENT)).isCloseTo(.25 * 29 / 30 * 29 / 30, within(.02));
        assertThat(both(Explorers.WHOLE_TEAM)).isCloseTo(.5 * 29 / 30 * 29 / 30, within(.02));
    }

    /** How often both agents explore at epsilon .5, seen from who does not do macro-action 0. */
    private static double both(Explorers explorers) {
        Configurations configuration = configuration();
        configuration.network = Tabular.NETWORK;
        TeamShape shape = new TeamShape(new int[] {1, 1}, new int[] {30, 30}, 0);
        CenMaddrqn learner = new CenMaddrqn(settings(configuration, explorers), shape, new Random(0));
        learner.controller().onlineParameters().values().set(0, 0, 10); // greedy is (0, 0)
        float[][] held = {{1}, {1}};
        boolean[][] legal = new boolean[2][30];
        Arrays.fill(legal[0], true);
        Arrays.fill(legal[1], true);
        DecisionPoint point = new DecisionPoint(learner.policy().newMemory(), held, legal);
        point.setPending(0, true);
        point.setPending(1, true);
        Random random = new Random(4);
        int both = 0;
        for (int draw = 0; draw < 10_000; draw++) {
            learner.policy().choose(List.of(point), .5, true, random);
            both += point.macroAction(0) != 0 && point.macroAction(1) != 0 ? 1 : 0;
        }
        return both / 1e4;
    }

    /** A team of one: AVF-VDN on every number. */
    @Test
    void aloneItIsAvfVdn() throws IOException {
        TeamShape alone = SHAPE.only(0);
        FactoredLearner factored = new FactoredLearner(configuration().build(), alone, new Random(1));
        CenMaddrqn central = new CenMaddrqn(settings(configuration(), Explorers.EACH_AGENT), alone, new Random(1));
        Random scripts = new Random(2);
        Random replay = new Random(3);
        Random same = new Random(3);
        for (int k = 0; k < 20; k++) {
            Ending ending = k % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
            Episode episode = Script.random(scripts, alone, 12, ending, 0.1).perEvent();
            factored.observe(episode);
            central.observe(episode);
            assertThat(central.update(k, same)).isEqualTo(factored.update(k, replay));
        }
        assertThat(bytes(central)).isEqualTo(bytes(factored));
    }

    @Test
    void learnsTheValuesOfAChain() {
        CenMaddrqn learner = chain();
        learner.observe(ChainTest.episode(3, Ending.TERMINATED));
        UpdateMetrics last = train(learner, 1500);
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.03));
        assertThat(last.meanValue()).isCloseTo((2.71 + 1.9 + 1) / 3, within(0.03));
    }

    @Test
    void bootstrapsPastTheHorizon() {
        CenMaddrqn learner = chain();
        learner.observe(ChainTest.episode(9, Ending.TRUNCATED));
        assertThat(train(learner, 3000).meanValue()).isCloseTo(10, within(0.2));
    }

    @Test
    void aHistoryOfOwnDecisionsIsRefused() {
        Configurations configuration = new Configurations();
        assertThatThrownBy(() -> settings(configuration, Explorers.EACH_AGENT))
                .hasMessageContaining("squeeze.recurrence: HOLD (expected: REPEAT");
    }

    private static UpdateMetrics train(Learner learner, int updates) {
        Random replay = new Random(0);
        for (int k = 1; k < updates; k++) {
            learner.update(k, replay);
        }
        return learner.update(updates, replay).orElseThrow();
    }

    private static CenMaddrqn chain() {
        Configurations configuration = configuration();
        configuration.engine = EngineType.VECTOR;
        configuration.replay = new ReplaySettings(
                4, 4, 9, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1));
        configuration.network = new NetworkSettings(
                List.of(8), 0, List.of(8), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        configuration.target = new TargetSettings(0.8, 0);
        return new CenMaddrqn(settings(configuration, Explorers.EACH_AGENT), ChainTest.TEAM, new Random(1));
    }

    private static Configurations configuration() {
        Configurations configuration = new Configurations();
        configuration.squeeze = new SqueezeSettings(
                Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.REPEAT, SqueezeSettings.BurnIn.NONE, true, false);
        return configuration;
    }

    private static CenMaddrqnSettings settings(Configurations configuration, Explorers explorers) {
        return new CenMaddrqnSettings(
                configuration.engine,
                configuration.discount,
                configuration.replay,
                configuration.squeeze,
                configuration.rewardScale,
                configuration.network,
                configuration.loss,
                configuration.optimizer,
                configuration.hysteresis,
                configuration.target,
                configuration.exploration,
                explorers);
    }

    private static byte[] bytes(Learner learner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        learner.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
