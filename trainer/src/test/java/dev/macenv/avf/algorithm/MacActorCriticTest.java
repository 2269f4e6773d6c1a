package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Entropy;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.Window;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Parameters;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The family's contract, numbers worked by hand, and chains whose values are known; the losses are in {@link MacActorCriticLossTest}. */
class MacActorCriticTest {
    private static final Offset<Double> EXACT = within(1e-12);
    private static final NetworkSettings TABLE = new NetworkSettings(
            List.of(), 0, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);

    @Nested
    class Independent extends OnPolicyContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Method.IAC, shape, init);
        }
    }

    @Nested
    class IndividualCentralised extends OnPolicyContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Method.IAICC, shape, init);
        }
    }

    @Nested
    class NaiveCentralised extends OnPolicyContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Method.NAIVE_IACC, shape, init);
        }
    }

    @Nested
    class Centralised extends OnPolicyContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Method.CAC, shape, init);
        }
    }

    private static Learner make(Method method, TeamShape shape, RandomGenerator init) {
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(method);
        configuration.engine = EngineType.VECTOR;
        configuration.entropy = new Entropy(0.01, 0, 500);
        configuration.iterations = 2;
        return new MacActorCritic(configuration.build(), shape, init);
    }

    /**
     * One agent, gamma .9, two rows: ticks 0..1 with rewards 1, 2 from observation 0 (R = 2.8), then tick 2 with reward 4 from
     * observation 1, which ends the task. The target critic says 5 at observation 1, the critic 3 and 6, its step being
     * negligible. G = 2.8 + .81 * 5 = 6.85 and 4; A = 3.85 and -2. The actor's logits are (0, ln 3) at both, epsilon .2:
     * pi~ = .8 * (1/4, 3/4) + .1 = (.3, .7); it chose 1, then 0. The loss's gradient in the chosen logit of a row is
     * -gamma^e A / N * .8 p (1 - p) / pi~, that in the other one the opposite; e is 1, then 2.
     */
    @Test
    void oneActorRowByHand() {
        TeamShape alone = new TeamShape(new int[] {2}, new int[] {2}, 0);
        MacActorCritic learner = new MacActorCritic(table(Method.IAC, 1), alone, new Random(1));
        set(learner.actorParameters(0), "actor0", 0, 0, Math.log(3));
        set(learner.actorParameters(0), "actor0", 1, 0, Math.log(3));
        set(learner.criticParameters(0), "critic0", 0, 3);
        set(learner.criticParameters(0), "critic0", 1, 6);
        set(learner.targetParameters(0), "critic0", 1, 5);

        UpdateMetrics metrics =
                learner.learn(sample(twoRows(Ending.TERMINATED)), .2, 0).orElseThrow();

        assertThat(metrics.rows()).isEqualTo(2);
        assertThat(metrics.meanTarget()).isCloseTo((6.85 + 4) / 2, EXACT);
        assertThat(metrics.loss()).isCloseTo((3.85 * 3.85 + 2 * 2) / 2, EXACT);
        Matrix gradient = learner.actorParameters(0).get("actor0/q/weight").gradient();
        double slope = .8 * .25 * .75;
        assertThat(gradient.get(0, 1)).isCloseTo(-.9 * 3.85 / 2 * slope / .7, within(1e-6));
        assertThat(gradient.get(0, 0)).isCloseTo(.9 * 3.85 / 2 * slope / .7, within(1e-6));
        assertThat(gradient.get(1, 0)).isCloseTo(.81 * 2 / 2 * slope / .3, within(1e-6));
    }

    /** The same cut by the horizon bootstraps from what the target says where it was cut: 4 + .9 * 5. */
    @Test
    void aCutRowBootstraps() {
        TeamShape alone = new TeamShape(new int[] {2}, new int[] {2}, 0);
        MacActorCritic learner = new MacActorCritic(table(Method.IAC, 1), alone, new Random(1));
        set(learner.targetParameters(0), "critic0", 0, 0);
        set(learner.targetParameters(0), "critic0", 1, 5);
        assertThat(learner.learn(sample(twoRows(Ending.TRUNCATED)), 0, 0)
                        .orElseThrow()
                        .meanTarget())
                .isCloseTo((6.85 + 8.5) / 2, EXACT);
    }

    /** Two steps: 2.8 + .81 * 4 and nothing bootstrapped; the second row, the last one, has only itself. */
    @Test
    void returnsOverTwoMacroActions() {
        TeamShape alone = new TeamShape(new int[] {2}, new int[] {2}, 0);
        MacActorCritic learner = new MacActorCritic(table(Method.IAC, 2), alone, new Random(1));
        set(learner.targetParameters(0), "critic0", 1, 5);
        assertThat(learner.learn(sample(twoRows(Ending.TERMINATED)), 0, 0)
                        .orElseThrow()
                        .meanTarget())
                .isCloseTo((2.8 + .81 * 4 + 4) / 2, EXACT);
    }

    /** The step of the critic comes first, and the advantage is what is left of the error after it. */
    @Test
    void advantagesComeFromTheUpdatedCritic() {
        TeamShape alone = new TeamShape(new int[] {2}, new int[] {2}, 0);
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(Method.IAC);
        configuration.actorNetwork = TABLE;
        configuration.criticNetwork = TABLE;
        configuration.criticRate = 1;
        MacActorCritic learner = new MacActorCritic(configuration.build(), alone, new Random(1));
        set(learner.actorParameters(0), "actor0", 0, 0, 0);
        set(learner.criticParameters(0), "critic0", 0, 0);

        learner.learn(sample(oneRow(10)), 0, 0);

        // Adam's first step is of length 1 in the weight and in the bias: V goes from 0 to 2, A from 10 to 8.
        Matrix gradient = learner.actorParameters(0).get("actor0/q/weight").gradient();
        assertThat(gradient.get(0, 0)).isCloseTo(-8 * .5, within(1e-6));
    }

    /** A target that has copied nothing yet stays what the critic was at first; then it is the critic. */
    @Test
    void targetsAreCopiedEverySoManyUpdates() {
        MacActorCritic learner =
                new MacActorCritic(new ActorCriticConfigurations(Method.IAICC).build(), ChainTest.TEAM, new Random(1));
        double first = learner.targetParameters(0).values().get(0, 0);
        learner.learn(sample(ChainTest.episode(6, Ending.TERMINATED)), .1, 0);
        assertThat(learner.targetParameters(0).values().get(0, 0)).isEqualTo(first);
        learner.learn(sample(ChainTest.episode(6, Ending.TERMINATED)), .1, 0);
        assertThat(learner.targetParameters(0).values().get(0, 0))
                .isEqualTo(learner.criticParameters(0).values().get(0, 0))
                .isNotEqualTo(first);
    }

    /** The joint actor wants both agents to do the same. Agent 1 is doing 1; what agent 0 does follows from that. */
    @Test
    void aJointActorChoosesUnderTheConditionOfWhatIsGoingOn() {
        TeamShape pair = new TeamShape(new int[] {1, 1}, new int[] {2, 2}, 0);
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(Method.CAC);
        configuration.actorNetwork = TABLE;
        MacActorCritic learner = new MacActorCritic(configuration.build(), pair, new Random(1));
        Matrix bias = learner.actorParameters(0).get("actor0/q/bias").value();
        bias.set(0, 0, 20);
        bias.set(0, 3, 20);
        float[][] zeros = {{0}, {0}};
        boolean[][] legal = {{true, true}, {true, true}};
        Random random = new Random(2);
        for (int k = 0; k < 20; k++) {
            DecisionPoint point = new DecisionPoint(learner.policy().newMemory(), zeros, legal);
            point.decide(0, 0);
            point.decide(1, 1);
            point.setPending(0, true);
            learner.policy().choose(List.of(point), 0, false, random);
            assertThat(point.macroAction(0)).isEqualTo(1);
            assertThat(point.macroAction(1)).isEqualTo(1);
        }
    }

    /** Ten episodes have been finished, the last three of them in this batch: what held while they were played counts. */
    @Test
    void epsilonAndEntropyAreThoseOfTheBatchsBeginning() throws IOException {
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(Method.IAICC);
        configuration.entropy = new Entropy(1, 0, 20);
        MacActorCriticSettings settings = configuration.build();
        TeamShape team = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
        MacActorCritic updated = new MacActorCritic(settings, team, new Random(1));
        MacActorCritic told = new MacActorCritic(settings, team, new Random(1));
        WindowSample sample = new WindowSample();
        for (int seed = 0; seed < 3; seed++) {
            Episode episode = Script.random(new Random(seed), team, 9, Ending.TRUNCATED, 0.1)
                    .perEvent();
            updated.observe(episode);
            sample.add(Window.whole(episode));
        }
        updated.update(10, new Random(0));
        told.learn(
                sample,
                settings.exploration().epsilon(7),
                settings.actor().entropy().weight(7));
        assertThat(OnPolicyContract.bytes(updated)).isEqualTo(OnPolicyContract.bytes(told));
    }

    /** 3^20 joint macro-actions are too many to choose among, but nothing to a critic that only looks on. */
    @Test
    void onlyAJointActorMindsHowManyJointMacroActionsThereAre() {
        int[] ones = new int[20];
        Arrays.fill(ones, 1);
        int[] threes = new int[20];
        Arrays.fill(threes, 3);
        TeamShape crowd = new TeamShape(ones, threes, 0);
        Learner learner = make(Method.IAICC, crowd, new Random(1));
        learner.observe(
                Script.random(new Random(2), crowd, 9, Ending.TERMINATED, 0.1).perEvent());
        assertThat(learner.update(1, new Random(3))).isPresent();
        assertThatThrownBy(() -> make(Method.CAC, crowd, new Random(1))).hasMessageContaining("joint macro-actions");
    }

    @Test
    void settingsThatContradictThePolicyGradientAreRefused() {
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(Method.CAC);
        configuration.exploration = new ExplorationSettings(1, 0.1, 10, ProgressUnit.TICKS, true);
        configuration.input = CriticInput.STATE;
        configuration.criticNetwork = new NetworkSettings(
                List.of(4), 0, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        assertThatThrownBy(configuration::build)
                .hasMessageContaining("critic.input: STATE with method CAC")
                .hasMessageContaining("exploration.memoryless: true (expected: false")
                .hasMessageContaining("exploration.unit: TICKS (expected: EPISODES");
        configuration.criticNetwork = new NetworkSettings(
                List.of(4), 3, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        assertThatThrownBy(configuration::build)
                .hasMessage("network.recurrent: 3 with input STATE (expected: 0, as a state has no history)");
        configuration.input = CriticInput.HISTORY;
        configuration.actorNetwork = new NetworkSettings(
                List.of(4), 3, List.of(), Dueling.MEAN, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        assertThatThrownBy(configuration::build).hasMessage("network.dueling: MEAN (expected: NONE)");
    }

    /**
     * Agent 0's macro-actions take three ticks, agent 1's one, reward 1 in every tick. The critics on agents' own clocks have
     * one row of 2.71 and rows of 2.71, 1.9 and 1; those on the joint clock have the latter.
     */
    @ParameterizedTest
    @EnumSource(Method.class)
    void learnsTheValuesOfAChainUpToATerminal(Method method) {
        UpdateMetrics last = train(chain(method, false), 3, Ending.TERMINATED, 1500);
        double stepwise = (2.71 + 1.9 + 1) / 3;
        boolean own = method == Method.IAC || method == Method.IAICC;
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.03));
        assertThat(last.meanValue()).isCloseTo(own ? (2.71 + stepwise) / 2 : stepwise, within(0.03));
        assertThat(last.loss()).isLessThan(1e-3);
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void bootstrapsPastTheHorizon(Method method) {
        UpdateMetrics last = train(chain(method, false), 9, Ending.TRUNCATED, 3000);
        assertThat(last.meanValue()).isCloseTo(10, within(0.15));
        assertThat(last.maxValue()).isCloseTo(10, within(0.3));
    }

    /** Control: were the horizon a terminal, the values would stay far below. */
    @Test
    void timeoutAsTerminalGivesPartialSums() {
        assertThat(train(chain(Method.IAICC, true), 9, Ending.TRUNCATED, 1500).meanValue())
                .isLessThan(6);
    }

    @Test
    void aCriticOfStatesLearnsTheChain() {
        ActorCriticConfigurations configuration = chainConfiguration(Method.IAICC, false);
        configuration.input = CriticInput.STATE;
        configuration.criticNetwork = new NetworkSettings(
                List.of(8, 8), 0, List.of(8), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        MacActorCritic learner = new MacActorCritic(configuration.build(), ChainTest.TEAM, new Random(1));
        UpdateMetrics last = train(learner, 3, Ending.TERMINATED, 1500);
        assertThat(last.maxValue()).isCloseTo(2.71, within(0.03));
        assertThat(last.loss()).isLessThan(1e-3);
    }

    private static UpdateMetrics train(MacActorCritic learner, int ticks, Ending ending, int updates) {
        Random random = new Random(0);
        Optional<UpdateMetrics> last = Optional.empty();
        for (int k = 0; k < updates; k++) {
            learner.observe(ChainTest.episode(ticks, ending));
            last = learner.update(k + 1, random);
        }
        return last.orElseThrow();
    }

    private static MacActorCritic chain(Method method, boolean timeoutIsTerminal) {
        return new MacActorCritic(chainConfiguration(method, timeoutIsTerminal).build(), ChainTest.TEAM, new Random(1));
    }

    private static ActorCriticConfigurations chainConfiguration(Method method, boolean timeoutIsTerminal) {
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(method);
        configuration.engine = EngineType.VECTOR;
        configuration.timeoutIsTerminal = timeoutIsTerminal;
        configuration.criticNetwork = new NetworkSettings(
                List.of(8), 0, List.of(8), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        configuration.target = new TargetSettings(0.8, 0);
        return configuration;
    }

    /** Networks that look their numbers up, with steps too small to matter. */
    private static MacActorCriticSettings table(Method method, int steps) {
        ActorCriticConfigurations configuration = new ActorCriticConfigurations(method);
        configuration.actorNetwork = TABLE;
        configuration.criticNetwork = TABLE;
        configuration.actorRate = 1e-9;
        configuration.criticRate = 1e-9;
        configuration.steps = steps;
        return configuration.build();
    }

    private static void set(Parameters parameters, String name, int observation, double... numbers) {
        Matrix table = parameters.get(name + "/q/weight").value();
        for (int m = 0; m < numbers.length; m++) {
            table.set(observation, m, numbers[m]);
        }
    }

    private static Episode oneRow(double reward) {
        EpisodeBuilder builder = new EpisodeBuilder(new TeamShape(new int[] {2}, new int[] {2}, 0));
        boolean[][] legal = {{true, true}};
        boolean[] ended = {true};
        builder.start(new float[][] {{1, 0}}, legal, new float[0]);
        builder.decide(0, 0);
        double[] rewards = {reward};
        builder.advance(1, rewards, ended, new float[][] {{0, 1}}, legal, new float[0], Ending.TERMINATED);
        return builder.build();
    }

    /** Chooses 1 where it sees (1, 0), then 0 where it sees (0, 1), which it goes on seeing. */
    private static Episode twoRows(Ending ending) {
        EpisodeBuilder builder = new EpisodeBuilder(new TeamShape(new int[] {2}, new int[] {2}, 0));
        boolean[][] legal = {{true, true}};
        boolean[] ended = {true};
        float[][] second = {{0, 1}};
        builder.start(new float[][] {{1, 0}}, legal, new float[0]);
        builder.decide(0, 1);
        builder.advance(2, new double[] {1, 2}, ended, second, legal, new float[0], Ending.NONE);
        builder.decide(0, 0);
        builder.advance(1, new double[] {4}, ended, second, legal, new float[0], ending);
        return builder.build();
    }

    private static WindowSample sample(Episode episode) {
        WindowSample sample = new WindowSample();
        sample.add(Window.whole(episode));
        return sample;
    }
}
