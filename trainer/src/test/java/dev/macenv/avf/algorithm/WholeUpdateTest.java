package dev.macenv.avf.algorithm;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.macenv.avf.algorithm.PlainLoss.Cut;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.engine.SameDiffTeam;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import dev.macenv.avf.nn.Parameter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole updates, whatever computes them: the engines one against another, and all of them against SameDiff. */
class WholeUpdateTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final double PESSIMISM = 0.3;
    private static final long NEXT_TO_NOTHING = 4_000;

    @ParameterizedTest
    @CsvSource({
        "vdn, false, REFERENCE, 1e-8",
        "qmix, false, REFERENCE, 1e-8",
        "qplex, false, REFERENCE, 1e-8",
        "qplex, true, REFERENCE, 1e-8",
        "vdn, false, VECTOR, 1e-5",
        "qmix, false, VECTOR, 1e-5",
        "qplex, true, VECTOR, 1e-5",
        "vdn, false, ND4J, 1e-5",
        "qmix, false, ND4J, 1e-5",
        "qplex, true, ND4J, 1e-5"
    })
    void lossAndGradientsAreThoseOfSameDiff(String mixer, boolean stopGradient, EngineType engine, double tolerance) {
        for (long seed = 0; seed < 2; seed++) {
            FactoredSettings settings = settings(mixer, stopGradient, engine);
            FactoredLearner learner =
                    FactoredLossTest.separated(new FactoredLearner(settings, SHAPE, new Random(seed)), seed);
            WindowSample sample = FactoredLossTest.sample(FactoredLossTest.cuts(new Random(seed), SHAPE));
            Batch batch = Squeeze.joint(
                            settings.squeeze(),
                            settings.discount(),
                            settings.mixerSettings().state(),
                            SHAPE)
                    .apply(sample);
            SameDiffTeam graph = new SameDiffTeam(
                    batch, learner.onlineParameters(), learner.targetParameters(), mixer, stopGradient);
            SameDiffTeam.Result expected = graph.compute(PESSIMISM);

            double loss = learner.learn(sample, PESSIMISM).orElseThrow().loss();

            assertThat(loss).isCloseTo(expected.loss(), within(tolerance * Math.abs(expected.loss())));
            for (Parameter parameter : learner.onlineParameters().list()) {
                assertSame(parameter, expected.gradients(), tolerance);
            }
        }
    }

    private static void assertSame(Parameter parameter, Map<String, double[]> gradients, double tolerance) {
        double[] expected = requireNonNull(gradients.get(parameter.name()), parameter.name());
        double largest = 1e-3;
        for (double gradient : expected) {
            largest = Math.max(largest, Math.abs(gradient));
        }
        Matrix actual = parameter.gradient();
        for (int p = 0; p < expected.length; p++) {
            assertThat(actual.get(p / actual.columns(), p % actual.columns()))
                    .as("%s, element %d", parameter.name(), p)
                    .isCloseTo(expected[p], within(tolerance * largest));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"vdn", "qmix", "qplex"})
    void enginesStayTogetherOverManyUpdates(String mixer) {
        List<FactoredLearner> learners = new ArrayList<>();
        for (EngineType engine : EngineType.values()) {
            FactoredSettings settings = settings(mixer, true, engine);
            learners.add(new FactoredLearner(settings, SHAPE, new Random(1)));
        }
        for (int u = 0; u < 40; u++) {
            List<Cut> cuts = FactoredLossTest.cuts(new Random(u), SHAPE);
            double expected = Double.NaN;
            for (FactoredLearner learner : learners) {
                double loss = learner.learn(FactoredLossTest.sample(cuts), PESSIMISM)
                        .orElseThrow()
                        .loss();
                expected = Double.isNaN(expected) ? loss : expected;
                assertThat(loss).as("loss of update %d", u).isCloseTo(expected, within(1e-4 * expected));
            }
        }
        Matrix expected = learners.get(0).onlineParameters().values();
        for (FactoredLearner learner : learners) {
            Matrix actual = learner.onlineParameters().values();
            for (int p = 0; p < expected.size(); p++) {
                assertThat(actual.get(0, p)).isCloseTo(expected.get(0, p), within(1e-4));
            }
        }
    }

    /** What remains are a few small objects that describe the batch; no matrix is among them. */
    @Test
    void updatesOfASteadyStateAllocateNextToNothing() {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        NetworkSettings tiny = Configurations.dueling();
        configuration.network = new NetworkSettings(
                List.of(64, 64), 64, List.of(64), tiny.dueling(), tiny.activation(), tiny.initialization());
        configuration.mixer = Configurations.qplex("COND_MAX", true);
        FactoredLearner learner = new FactoredLearner(configuration.build(), SHAPE, new Random(1));
        WindowSample sample = FactoredLossTest.sample(FactoredLossTest.cuts(new Random(1), SHAPE));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        // before the JIT compiler has seen the kernels enough, vectors are objects
        for (int u = 0; u < 5000 && least > NEXT_TO_NOTHING; u++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            learner.learn(sample, PESSIMISM);
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes").isLessThanOrEqualTo(NEXT_TO_NOTHING);
    }

    private static FactoredSettings settings(String mixer, boolean stopGradient, EngineType engine) {
        Configurations configuration = new Configurations();
        configuration.engine = engine;
        configuration.optimizer =
                new OptimizerSettings(OptimizerSettings.Name.ADAM, 1e-3, 0, OptimizerSettings.Anneal.NONE);
        configuration.mixer = switch (mixer) {
            case "vdn" -> Configurations.VDN;
            case "qmix" -> Configurations.QMIX;
            default -> Configurations.qplex("COND_MAX", stopGradient);
        };
        configuration.network = mixer.equals("qplex") ? Configurations.dueling() : configuration.network;
        return configuration.build();
    }
}
