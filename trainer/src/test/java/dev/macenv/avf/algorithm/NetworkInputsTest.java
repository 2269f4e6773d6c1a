package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.PlainLoss.Cut;
import dev.macenv.avf.algorithm.PlainLoss.Mistake;
import dev.macenv.avf.algorithm.PlainLoss.MixerKind;
import dev.macenv.avf.algorithm.UpdateSettings.Scheme;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.EpisodeBuffer;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks that several agents share, what they see besides macro-observations, and rewards in another unit: the loss and
 * its gradient against {@link PlainLoss}, which evaluates every agent's every history on its own.
 */
class NetworkInputsTest {
    private static final TeamShape ALIKE = new TeamShape(new int[] {2, 2, 2}, new int[] {3, 3, 3}, 2);
    private static final TeamShape UNLIKE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final InputSettings BOTH = new InputSettings(true, true);
    private static final double SCALE = 20;

    static Stream<Arguments> variants() {
        Stream.Builder<Arguments> variants = Stream.builder();
        for (MixerKind kind : List.of(MixerKind.VDN, MixerKind.QMIX, MixerKind.COND_MAX, MixerKind.VALUE_HEAD)) {
            variants.add(Arguments.of(kind, true, BOTH, ALIKE));
            variants.add(Arguments.of(kind, true, new InputSettings(false, true), ALIKE));
            variants.add(Arguments.of(kind, true, new InputSettings(false, false), ALIKE));
            variants.add(Arguments.of(kind, false, BOTH, UNLIKE));
            variants.add(Arguments.of(kind, false, new InputSettings(true, false), UNLIKE));
        }
        return variants.build();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theLossIsWhatItsDefinitionSays(MixerKind kind, boolean share, InputSettings input, TeamShape shape) {
        for (long seed = 0; seed < 4; seed++) {
            List<Cut> cuts = FactoredLossTest.cuts(new Random(seed), shape);
            FactoredLearner learner = learner(kind, share, input, shape, seed);
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            PlainLoss plain = plain(kind, input);
            double expected = plain.at(online, online, target, cuts);

            UpdateMetrics metrics =
                    learner.learn(FactoredLossTest.sample(cuts), 1).orElseThrow();

            assertThat(metrics.rows()).isEqualTo(plain.rows);
            assertThat(metrics.loss()).isCloseTo(expected, within(1e-9 * (1 + expected)));
            assertThat(metrics.meanTarget()).isCloseTo(plain.meanTarget, within(1e-9));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void theGradientIsThatOfCentralDifferences(MixerKind kind, boolean share, InputSettings input, TeamShape shape) {
        double step = 1e-5;
        List<Cut> cuts = FactoredLossTest.cuts(new Random(3), shape);
        FactoredLearner learner = learner(kind, share, input, shape, 3);
        PlainTeam online = new PlainTeam(learner.onlineParameters());
        PlainTeam target = new PlainTeam(learner.targetParameters());
        PlainLoss plain = plain(kind, input);

        learner.learn(FactoredLossTest.sample(cuts), 1);

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
                    .isCloseTo(difference, within(1e-6 * Math.max(Math.abs(difference), 10)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NO_MACRO_ACTION_BEFORE_THE_WINDOW", "CURRENT_MACRO_ACTION_AS_INPUT"})
    void noticesAWrongPreviousMacroAction(Mistake mistake) {
        int noticed = 0;
        for (long seed = 0; seed < 10; seed++) {
            List<Cut> cuts = FactoredLossTest.cuts(new Random(seed), UNLIKE);
            FactoredLearner learner = learner(MixerKind.VDN, false, BOTH, UNLIKE, seed);
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            double loss = learner.learn(FactoredLossTest.sample(cuts), 1)
                    .orElseThrow()
                    .loss();
            double wrong = plain(MixerKind.VDN, BOTH).making(mistake).at(online, online, target, cuts);
            noticed += Math.abs(wrong - loss) > 1e-6 * loss ? 1 : 0;
        }
        assertThat(noticed).isGreaterThanOrEqualTo(3);
    }

    /** One network for all: as many parameters as for one agent, and none of them an agent's own. */
    @Test
    void sharingMakesOneNetworkForAll() {
        FactoredLearner one = learner(MixerKind.VDN, true, new InputSettings(false, false), ALIKE, 1);
        FactoredLearner three = learner(MixerKind.VDN, false, new InputSettings(false, false), ALIKE, 1);
        assertThat(three.onlineParameters().size())
                .isEqualTo(3 * one.onlineParameters().size());
        assertThat(one.onlineParameters().list())
                .allMatch(parameter -> parameter.name().startsWith("agents/"));
        assertThat(one.networks())
                .hasSize(3)
                .allMatch(network -> network == one.networks().get(0));
    }

    @Test
    void agentsOfDifferentSizesCannotShare() {
        Configurations configuration = new Configurations();
        configuration.shareAgents = true;
        assertThatThrownBy(() -> new FactoredLearner(configuration.build(), UNLIKE, new Random(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shareAgents: true (expected: false, as the agents' sizes differ: TeamShape[");
    }

    @Test
    void rewardsAreScaledByMoreThanNothing() {
        Configurations configuration = new Configurations();
        configuration.rewardScale = 0;
        assertThatThrownBy(configuration::build).hasMessageContaining("rewardScale: 0.0 (expected: more than 0)");
    }

    /** What the policy gives the networks is what learning gives them; memoryless, what they are given at the very first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thePolicySeesWhatLearningSees(boolean share) {
        int[] mattered = new int[2];
        for (long seed = 0; seed < 20; seed++) {
            FactoredLearner learner = learner(MixerKind.VDN, share, BOTH, ALIKE, seed);
            PlainTeam plain = new PlainTeam(learner.onlineParameters());
            Random random = new Random(seed);
            for (int agent = 0; agent < 3; agent++) {
                TeamMemory memory = learner.policy().newMemory();
                boolean[] all = {true, true, true};
                float[] seen = new float[2];
                DecisionPoint point = OneDecision.point(ALIKE, agent, seen, all, memory);
                double[][] history = new double[6][];
                int previous = DecisionPoint.NONE;
                for (int s = 0; s < history.length; s++) {
                    seen[0] = (float) random.nextGaussian();
                    seen[1] = (float) random.nextGaussian();
                    history[s] = input(seen, previous, agent);
                    double[][] sofar = Arrays.copyOf(history, s + 1);
                    double[][] alone = {input(seen, DecisionPoint.NONE, agent)};
                    point.decide(agent, previous);
                    learner.policy().choose(List.of(point), 0, true, random);
                    assertThat(point.macroAction(agent)).isEqualTo(greedy(plain, agent, alone));
                    point.decide(agent, previous);
                    learner.policy().choose(List.of(point), 0, false, random);
                    assertThat(point.macroAction(agent)).isEqualTo(greedy(plain, agent, sofar));
                    mattered[0] += greedy(plain, agent, alone) != greedy(plain, agent, sofar) ? 1 : 0;
                    double[][] other = sofar.clone();
                    other[s] = input(seen, previous, (agent + 1) % 3);
                    mattered[1] += greedy(plain, agent, other) != greedy(plain, agent, sofar) ? 1 : 0;
                    previous = point.macroAction(agent);
                }
            }
        }
        assertThat(mattered).as("choices for which history or number mattered").doesNotContain(0, 1, 2);
    }

    private static double[] input(float[] seen, int previous, int agent) {
        double[] input = new double[8];
        input[0] = seen[0];
        input[1] = seen[1];
        if (previous >= 0) {
            input[2 + previous] = 1;
        }
        input[5 + agent] = 1;
        return input;
    }

    private static int greedy(PlainTeam plain, int agent, double[][] history) {
        double[] q = plain.agent(agent, history)[history.length - 1].q;
        int best = 0;
        for (int m = 1; m < q.length; m++) {
            best = q[m] > q[best] ? m : best;
        }
        return best;
    }

    /** Dec-MADDRQN with one network: its loss is the mean over all agents' own rows. */
    @Test
    void decentralisedAgentsThatShareLearnFromEverybodysRows() {
        Configurations configuration = new Configurations();
        configuration.input = BOTH;
        EpisodeBuffer buffer = new EpisodeBuffer(ALIKE, 9);
        Engine engine = configuration.engine.create();
        Squeeze each = Squeeze.eachOwn(configuration.squeeze, configuration.discount, ALIKE);
        configuration.shareAgents = true;
        FactoredLearner together =
                new FactoredLearner(configuration.build(), ALIKE, new int[] {0}, each, buffer, engine, new Random(1));
        configuration.shareAgents = false;
        double sum = 0;
        int rows = 0;
        for (int i = 0; i < 3; i++) {
            Squeeze own = Squeeze.own(configuration.squeeze, configuration.discount, ALIKE, i);
            FactoredLearner alone = new FactoredLearner(
                    configuration.build(), ALIKE, new int[] {i}, own, buffer, engine, new Random(1));
            alone.onlineParameters().copyFrom(together.onlineParameters());
            alone.targetParameters().copyFrom(together.targetParameters());
            UpdateMetrics metrics = alone.learn(FactoredLossTest.sample(FactoredLossTest.cuts(new Random(2), ALIKE)), 1)
                    .orElseThrow();
            sum += metrics.rows() * metrics.loss();
            rows += metrics.rows();
        }
        UpdateMetrics all = together.learn(FactoredLossTest.sample(FactoredLossTest.cuts(new Random(2), ALIKE)), 1)
                .orElseThrow();
        assertThat(all.rows()).isEqualTo(rows);
        assertThat(all.loss()).isCloseTo(sum / rows, within(1e-12));
    }

    @Test
    void decentralisedAgentsOfDifferentSizesCannotShareEither() {
        Configurations configuration = new Configurations();
        configuration.shareAgents = true;
        DecMaddrqnSettings settings = DecMaddrqnTest.settings(configuration, 1, 1, false);
        assertThatThrownBy(() -> new DecMaddrqn(settings, UNLIKE, new Random(1)))
                .hasMessageContaining("shareAgents: true (expected: false");
        assertThat(new DecMaddrqn(settings, ALIKE, new Random(1)).policy()).isNotNull();
    }

    private static PlainLoss plain(MixerKind kind, InputSettings input) {
        return new PlainLoss(kind, true, Scheme.ALL, 0.9, 1).seeing(input).scaling(SCALE);
    }

    private static FactoredLearner learner(
            MixerKind kind, boolean share, InputSettings input, TeamShape shape, long seed) {
        Configurations configuration = new Configurations();
        configuration.rewardScale = SCALE;
        configuration.input = input;
        configuration.shareAgents = share;
        configuration.mixer = switch (kind) {
            case VDN -> Configurations.VDN;
            case QMIX -> Configurations.QMIX;
            case COND_MAX, FULL_MAX -> Configurations.qplex("COND_MAX", true);
            case VALUE_HEAD -> Configurations.qplex("FREE", true);
        };
        boolean qplex = kind != MixerKind.VDN && kind != MixerKind.QMIX;
        configuration.network = qplex ? Configurations.dueling() : configuration.network;
        return FactoredLossTest.separated(new FactoredLearner(configuration.build(), shape, new Random(seed)), seed);
    }
}
