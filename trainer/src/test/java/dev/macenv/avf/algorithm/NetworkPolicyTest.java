package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkPolicyTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final RandomGenerator UNTOUCHABLE = () -> {
        throw new AssertionError("nothing may be drawn");
    };

    @Test
    void actsOnTheMacroHistoryThatLearningEvaluates() {
        int differences = 0;
        for (int seed = 0; seed < 8; seed++) {
            FactoredLearner learner = learner(seed);
            PlainTeam plain = new PlainTeam(learner.onlineParameters());
            TeamPolicy policy = learner.policy();
            TeamMemory memory = policy.newMemory();
            float[][] seen = observations(1, 12);
            double[][] history = new double[seen.length][];
            for (int s = 0; s < seen.length; s++) {
                history[s] = doubles(seen[s]);
                int withMemory = argmax(last(plain.agent(1, Arrays.copyOf(history, s + 1))));
                int without = argmax(last(plain.agent(1, new double[][] {history[s]})));
                assertThat(OneDecision.of(policy, SHAPE, 1, seen[s], all(4), memory, 0, false, UNTOUCHABLE))
                        .isEqualTo(withMemory);
                assertThat(OneDecision.of(policy, SHAPE, 1, seen[s], all(4), memory, 0, true, UNTOUCHABLE))
                        .isEqualTo(without);
                differences += without != withMemory ? 1 : 0;
            }
        }
        assertThat(differences).as("decisions in which the history mattered").isGreaterThan(5);
    }

    @Test
    void exploringGoesOnWithTheHistory() {
        TeamPolicy policy = learner(1).policy();
        TeamMemory greedy = policy.newMemory();
        TeamMemory exploring = policy.newMemory();
        for (float[] seen : observations(0, 6)) {
            OneDecision.of(policy, SHAPE, 0, seen, all(3), greedy, 0, false, UNTOUCHABLE);
            OneDecision.of(policy, SHAPE, 0, seen, all(3), exploring, 1, false, new Random(2));
            assertThat(bytes(exploring)).isEqualTo(bytes(greedy));
        }
    }

    @Test
    void memorylessDecisionsLeaveTheMemoryAlone() {
        TeamPolicy policy = learner(1).policy();
        TeamMemory memory = policy.newMemory();
        OneDecision.of(policy, SHAPE, 0, new float[] {1, 1}, all(3), memory, 0, false, UNTOUCHABLE);
        byte[] before = bytes(memory);
        OneDecision.of(policy, SHAPE, 0, new float[] {.3f, -1}, all(3), memory, 0, true, UNTOUCHABLE);
        OneDecision.of(policy, SHAPE, 0, new float[] {.3f, -1}, all(3), memory, 1, true, new Random(0));
        assertThat(bytes(memory)).isEqualTo(before);
    }

    @Test
    void anAgentsDecisionTouchesItsOwnMemoryOnly() throws IOException {
        TeamPolicy policy = learner(1).policy();
        TeamMemory memory = policy.newMemory();
        TeamMemory other = policy.newMemory();
        OneDecision.of(policy, SHAPE, 0, new float[] {1, 1}, all(3), memory, 0, false, UNTOUCHABLE);
        int first = OneDecision.of(policy, SHAPE, 1, new float[] {1, 2, 3}, all(4), memory, 0, false, UNTOUCHABLE);
        assertThat(OneDecision.of(policy, SHAPE, 1, new float[] {1, 2, 3}, all(4), other, 0, false, UNTOUCHABLE))
                .isEqualTo(first);

        byte[] saved = bytes(memory);
        TeamMemory loaded = policy.newMemory();
        loaded.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(loaded)).isEqualTo(saved);
        loaded.reset();
        assertThat(bytes(loaded)).isEqualTo(bytes(policy.newMemory())).isNotEqualTo(saved);
    }

    @ParameterizedTest
    @EnumSource(EngineType.class)
    void decidingTogetherEqualsDecidingOneByOne(EngineType engine) throws IOException {
        Configurations configuration = new Configurations();
        configuration.engine = engine;
        configuration.network = new NetworkSettings(
                List.of(17), 19, List.of(18), Dueling.MEAN, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
        FactoredLearner learner = new FactoredLearner(configuration.build(), SHAPE, new Random(1));
        SeveralLanes.assertTogetherIsOneByOne(learner.policy(), SHAPE);
    }

    @Test
    void anOngoingAgentIsLeftAlone() {
        TeamPolicy policy = learner(1).policy();
        TeamMemory memory = policy.newMemory();
        DecisionPoint point = OneDecision.point(SHAPE, 1, new float[] {1, 2, 3}, all(4), memory);
        point.decide(0, 2);
        policy.choose(List.of(point), 0, false, UNTOUCHABLE);
        assertThat(point.macroAction(0)).isEqualTo(2);
        assertThat(point.macroAction(1)).isBetween(0, 3);

        point.start();
        assertThat(point.anyPending()).isFalse();
        assertThat(point.macroAction(1)).isEqualTo(DecisionPoint.NONE);
        assertThat(bytes(memory)).isEqualTo(bytes(policy.newMemory()));
    }

    @Test
    void exploresUniformlyOverLegalMacroActionsWithProbabilityEpsilon() {
        FactoredLearner learner = tabular(-1, 5, 0, 1);
        int[] counts = new int[4];
        Random random = new Random(3);
        TeamMemory memory = learner.policy().newMemory();
        int draws = 30_000;
        boolean[] legal = {true, false, true, true};
        for (int d = 0; d < draws; d++) {
            counts[OneDecision.of(learner.policy(), alone(4), 0, new float[] {1}, legal, memory, 0.3, true, random)]++;
        }
        // Greedy among the legal ones is 3; the illegal 1 has the highest utility.
        double deviation = 5 * Math.sqrt(draws * 0.1 * 0.9);
        assertThat(counts[1]).isZero();
        assertThat((double) counts[0]).isCloseTo(draws * 0.1, within(deviation));
        assertThat((double) counts[2]).isCloseTo(draws * 0.1, within(deviation));
        assertThat((double) counts[3]).isCloseTo(draws * 0.8, within(deviation));
    }

    @Test
    void theLowestIndexWinsATie() {
        FactoredLearner learner = tabular(1, 2, 2, 2);
        TeamMemory memory = learner.policy().newMemory();
        assertThat(OneDecision.of(
                        learner.policy(), alone(4), 0, new float[] {1}, all(4), memory, 0, false, UNTOUCHABLE))
                .isEqualTo(1);
        boolean[] legal = {true, false, true, true};
        assertThat(OneDecision.of(learner.policy(), alone(4), 0, new float[] {1}, legal, memory, 0, false, UNTOUCHABLE))
                .isEqualTo(2);
        assertThatThrownBy(() -> OneDecision.of(
                        learner.policy(), alone(4), 0, new float[] {1}, new boolean[4], memory, 0, false, UNTOUCHABLE))
                .hasMessageContaining("legal: none");
        assertThatThrownBy(() -> OneDecision.of(
                        learner.policy(), alone(4), 0, new float[] {1}, new boolean[4], memory, 1, true, new Random(0)))
                .hasMessageContaining("legal: none");
    }

    /** Evaluating in between leaves training as it was: bit for bit, generators and memories included. */
    @Test
    void evaluationLeavesNoTrace() throws IOException {
        assertThat(train(true)).isEqualTo(train(false));
    }

    private static byte[] train(boolean evaluating) throws IOException {
        FactoredLearner learner = learner(2);
        Random scripts = new Random(1);
        Random exploration = new Random(2);
        Random replay = new Random(3);
        TeamMemory memory = learner.policy().newMemory();
        for (int e = 0; e < 6; e++) {
            learner.observe(
                    Script.random(scripts, SHAPE, 9, Ending.TERMINATED, 0.1).perEvent());
            for (float[] seen : observations(0, 4)) {
                OneDecision.of(learner.policy(), SHAPE, 0, seen, all(3), memory, 0.5, false, exploration);
                if (evaluating) {
                    int once = evaluate(learner);
                    assertThat(evaluate(learner)).isEqualTo(once);
                }
            }
            learner.update(e, replay);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        learner.save(out);
        memory.save(out);
        out.writeLong(exploration.nextLong());
        out.writeLong(replay.nextLong());
        return bytes.toByteArray();
    }

    private static int evaluate(FactoredLearner learner) {
        TeamMemory own = learner.policy().newMemory();
        int code = 0;
        for (float[] seen : observations(0, 5)) {
            code = 3 * code + OneDecision.of(learner.policy(), SHAPE, 0, seen, all(3), own, 0, false, UNTOUCHABLE);
        }
        return code;
    }

    private static FactoredLearner learner(long seed) {
        FactoredLearner learner = new FactoredLearner(new Configurations().build(), SHAPE, new Random(seed));
        Random random = new Random(seed);
        Matrix values = learner.onlineParameters().values();
        for (int p = 0; p < values.size(); p++) {
            values.set(0, p, 2 * random.nextGaussian());
        }
        return learner;
    }

    /** One agent with these utilities whatever it sees. */
    private static FactoredLearner tabular(double... utilities) {
        Configurations configuration = new Configurations();
        configuration.network = Tabular.NETWORK;
        FactoredLearner learner = new FactoredLearner(configuration.build(), alone(utilities.length), new Random(0));
        Tabular.set(learner.onlineParameters(), 0, 0, utilities);
        return learner;
    }

    private static TeamShape alone(int actions) {
        return new TeamShape(new int[] {1}, new int[] {actions}, 0);
    }

    private static float[][] observations(int agent, int count) {
        Random random = new Random(7);
        float[][] observations = new float[count][SHAPE.observationSize(agent)];
        for (float[] observation : observations) {
            for (int j = 0; j < observation.length; j++) {
                observation[j] = (float) random.nextGaussian();
            }
        }
        return observations;
    }

    private static boolean[] all(int count) {
        boolean[] legal = new boolean[count];
        Arrays.fill(legal, true);
        return legal;
    }

    private static double[] last(PlainTeam.Utilities[] utilities) {
        return utilities[utilities.length - 1].q;
    }

    private static double[] doubles(float[] values) {
        double[] converted = new double[values.length];
        for (int j = 0; j < values.length; j++) {
            converted[j] = values[j];
        }
        return converted;
    }

    private static int argmax(double[] q) {
        int best = 0;
        for (int m = 1; m < q.length; m++) {
            best = q[m] > q[best] ? m : best;
        }
        return best;
    }

    private static byte[] bytes(TeamMemory memory) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            memory.save(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
