package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.algorithm.PlainLoss.Cut;
import dev.macenv.avf.algorithm.PlainLoss.Mistake;
import dev.macenv.avf.algorithm.PlainLoss.MixerKind;
import dev.macenv.avf.algorithm.UpdateSettings.Scheme;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.Seeds;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.Window;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The learner's loss and its gradient, end to end in double precision, against {@link PlainLoss}: the definitions read
 * tick by tick, each history evaluated step by step. Two agents, windows of mixed lengths that hang over the ends, with
 * terminal and time-out rows, hysteresis on.
 */
class FactoredLossTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final double PESSIMISM = 0.3;

    static Stream<Arguments> variants() {
        Stream.Builder<Arguments> variants = Stream.builder();
        for (Scheme scheme : Scheme.values()) {
            variants.add(Arguments.of(MixerKind.VDN, false, scheme));
            variants.add(Arguments.of(MixerKind.QMIX, false, scheme));
            variants.add(Arguments.of(MixerKind.COND_MAX, true, scheme));
            variants.add(Arguments.of(MixerKind.COND_MAX, false, scheme));
            variants.add(Arguments.of(MixerKind.FULL_MAX, true, scheme));
            variants.add(Arguments.of(MixerKind.VALUE_HEAD, false, scheme));
        }
        return variants.build();
    }

    @ParameterizedTest
    @MethodSource("variants")
    void isWhatItsDefinitionSays(MixerKind kind, boolean stopGradient, Scheme scheme) {
        for (long seed = 0; seed < 5; seed++) {
            List<Cut> cuts = cuts(new Random(seed));
            FactoredLearner learner = learner(kind, stopGradient, scheme, seed);
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            PlainLoss plain = new PlainLoss(kind, stopGradient, scheme, 0.9, PESSIMISM);
            double expected = plain.at(online, online, target, cuts);

            UpdateMetrics metrics = learner.learn(sample(cuts), PESSIMISM).orElseThrow();

            assertThat(metrics.rows()).isEqualTo(plain.rows);
            assertThat(metrics.loss()).isCloseTo(expected, within(1e-9 * (1 + expected)));
            assertThat(metrics.meanTarget()).isCloseTo(plain.meanTarget, within(1e-9));
            assertThat(metrics.meanValue()).isCloseTo(plain.meanValue, within(1e-9));
        }
    }

    @ParameterizedTest
    @MethodSource("variants")
    void hasTheGradientOfCentralDifferences(MixerKind kind, boolean stopGradient, Scheme scheme) {
        double step = 1e-5;
        List<Cut> cuts = cuts(new Random(3));
        FactoredLearner learner = learner(kind, stopGradient, scheme, 3);
        learner.learn(sample(cuts(new Random(4))), PESSIMISM); // whose gradient must be forgotten
        PlainTeam online = new PlainTeam(learner.onlineParameters());
        PlainTeam target = new PlainTeam(learner.targetParameters());
        PlainLoss plain = new PlainLoss(kind, stopGradient, scheme, 0.9, PESSIMISM);

        learner.learn(sample(cuts), PESSIMISM);

        Matrix gradients = learner.onlineParameters().gradients();
        PlainTeam moved = online.copy();
        int moving = 0;
        List<Integer> some = someOfEachMatrix(learner.onlineParameters());
        for (int p : some) {
            moved.values[p] = online.values[p] + step;
            double above = plain.at(moved, online, target, cuts);
            moved.values[p] = online.values[p] - step;
            double below = plain.at(moved, online, target, cuts);
            moved.values[p] = online.values[p];
            double difference = (above - below) / (2 * step);
            double gradient = gradients.get(0, p);
            moving += Math.abs(gradient) > 1e-6 ? 1 : 0;
            assertThat(gradient)
                    .as("parameter %d", p)
                    .isCloseTo(difference, within(1e-6 * Math.max(Math.abs(difference), 0.02)));
        }
        assertThat(moving).as("parameters with a gradient").isGreaterThan(some.size() / 2);
    }

    /** Up to eight elements of each matrix, spread over it. */
    static List<Integer> someOfEachMatrix(Parameters parameters) {
        List<Integer> some = new ArrayList<>();
        int offset = 0;
        for (Parameter parameter : parameters.list()) {
            int size = parameter.value().size();
            int stride = (size + 7) / 8;
            for (int p = stride / 2; p < size; p += stride) {
                some.add(offset + p);
            }
            offset += size;
        }
        return some;
    }

    /** A test that no mistake can fail proves nothing: each must move the loss, or the mean target where it acts there. */
    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE, // those two are about an input of NetworkInputsTest
            names = {"NO_MACRO_ACTION_BEFORE_THE_WINDOW", "CURRENT_MACRO_ACTION_AS_INPUT"})
    void noticesEveryMistake(Mistake mistake) {
        int noticed = 0;
        for (long seed = 0; seed < 10; seed++) {
            List<Cut> cuts = cuts(new Random(seed));
            FactoredLearner learner = learner(MixerKind.COND_MAX, true, Scheme.ALL, seed);
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            double loss = learner.learn(sample(cuts), PESSIMISM).orElseThrow().loss();
            PlainLoss wrong = new PlainLoss(MixerKind.COND_MAX, true, Scheme.ALL, 0.9, PESSIMISM).making(mistake);
            noticed += Math.abs(wrong.at(online, online, target, cuts) - loss) > 1e-6 * loss ? 1 : 0;
        }
        assertThat(noticed).isGreaterThanOrEqualTo(3);
    }

    /** And the other way round: options of the squeeze that change the data change the loss. */
    @Test
    void theOptionsOfTheSqueezeMatter() {
        List<Cut> cuts = cuts(new Random(2));
        double usual = loss(Configurations.SQUEEZE, cuts);
        for (SqueezeSettings other : List.of(
                new SqueezeSettings(
                        Rewards.MACRO_START,
                        Discounting.GAMMA_TAU,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false),
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.PER_DECISION,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false),
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.GAMMA_TAU,
                        Recurrence.REPEAT,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false),
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.GAMMA_TAU,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        true))) {
            assertThat(loss(other, cuts)).as("%s", other).isNotCloseTo(usual, within(1e-6));
        }
    }

    /** Windows that hang further over the ends, looks between events, and windows without rows change nothing. */
    @Seeds(10)
    void doesNotSeePadding(long seed) {
        Random random = new Random(seed);
        List<Cut> cuts = new ArrayList<>();
        for (int b = 0; b < 4; b++) {
            Script script = Script.random(random, SHAPE, random.nextInt(2, 12), Ending.TERMINATED, 0.1);
            cuts.add(new Cut(script, 0, script.ticks()));
        }
        FactoredLearner one = learner(MixerKind.COND_MAX, true, Scheme.ALL, seed);
        FactoredLearner other = learner(MixerKind.COND_MAX, true, Scheme.ALL, seed);
        WindowSample padded = new WindowSample();
        int emptied = 0;
        for (Cut cut : cuts) {
            padded.add(new Window(cut.script.withLooks(random), -7, cut.length + 20));
            if (!cut.script.anyEnded(0)) {
                padded.add(new Window(cut.script.perTick(), 0, 1));
                emptied++;
            }
        }
        double loss = one.learn(sample(cuts), PESSIMISM).orElseThrow().loss();
        assertThat(other.learn(padded, PESSIMISM).orElseThrow().loss()).isEqualTo(loss);
        assertThat(padded.size()).isEqualTo(cuts.size() + emptied);
        assertSameGradients(one, other, 0);
    }

    @Seeds(10)
    void doesNotSeeTheOrderOfWindows(long seed) {
        Random random = new Random(seed);
        List<Cut> cuts = cuts(random);
        FactoredLearner one = learner(MixerKind.COND_MAX, true, Scheme.ALL, seed);
        FactoredLearner other = learner(MixerKind.COND_MAX, true, Scheme.ALL, seed);
        double loss = one.learn(sample(cuts), PESSIMISM).orElseThrow().loss();
        Collections.shuffle(cuts, random);
        assertThat(other.learn(sample(cuts), PESSIMISM).orElseThrow().loss()).isCloseTo(loss, within(1e-12 * loss));
        assertSameGradients(one, other, 1e-11);
    }

    @Test
    void nothingToLearnFromIsNoUpdate() {
        FactoredLearner learner = learner(MixerKind.VDN, false, Scheme.ALL, 0);
        PlainTeam before = new PlainTeam(learner.onlineParameters());
        assertThat(learner.update(0, new Random(0))).isEmpty();
        assertThat(new PlainTeam(learner.onlineParameters()).values).isEqualTo(before.values);
    }

    private static void assertSameGradients(FactoredLearner one, FactoredLearner other, double tolerance) {
        Matrix expected = one.onlineParameters().gradients();
        Matrix found = other.onlineParameters().gradients();
        for (int p = 0; p < expected.size(); p++) {
            double limit = tolerance * (1 + Math.abs(expected.get(0, p)));
            assertThat(Math.abs(found.get(0, p) - expected.get(0, p))).isLessThanOrEqualTo(limit);
        }
    }

    private static double loss(SqueezeSettings squeeze, List<Cut> cuts) {
        Configurations configuration = new Configurations();
        configuration.squeeze = squeeze;
        return separated(new FactoredLearner(configuration.build(), SHAPE, new Random(1)), 1)
                .learn(sample(cuts), PESSIMISM)
                .orElseThrow()
                .loss();
    }

    private static List<Cut> cuts(Random random) {
        return cuts(random, SHAPE);
    }

    /** Three to five windows of mixed lengths, with every kind of end among them. */
    static List<Cut> cuts(Random random, TeamShape shape) {
        List<Cut> cuts = new ArrayList<>();
        int windows = random.nextInt(3, 6);
        for (int b = 0; b < windows; b++) {
            Ending ending = b % 3 == 2 ? Ending.TRUNCATED : Ending.TERMINATED;
            Script script = Script.random(random, shape, random.nextInt(4, 14), ending, 0.1);
            int length = random.nextInt(4, 12);
            int start = b == 1 ? script.ticks() - 2 : random.nextInt(-length / 2, script.ticks() - 2);
            cuts.add(new Cut(script, start, length));
        }
        return cuts;
    }

    static WindowSample sample(List<Cut> cuts) {
        WindowSample sample = new WindowSample();
        for (Cut cut : cuts) {
            sample.add(new Window(cut.script.perEvent(), cut.start, cut.length));
        }
        return sample;
    }

    private static FactoredLearner learner(MixerKind kind, boolean stopGradient, Scheme scheme, long seed) {
        Configurations configuration = new Configurations();
        configuration.scheme = scheme;
        configuration.mixer = switch (kind) {
            case VDN -> Configurations.VDN;
            case QMIX -> Configurations.QMIX;
            case COND_MAX -> Configurations.qplex("COND_MAX", stopGradient);
            case FULL_MAX -> Configurations.qplex("FULL_MAX", stopGradient);
            case VALUE_HEAD -> Configurations.qplex("FREE", stopGradient);
        };
        boolean qplex = kind != MixerKind.VDN && kind != MixerKind.QMIX;
        configuration.network = qplex ? Configurations.dueling() : configuration.network;
        return separated(new FactoredLearner(configuration.build(), SHAPE, new Random(seed)), seed);
    }

    /** Moves the target networks away from the online ones, so that confusing them shows; and makes utilities larger. */
    static FactoredLearner separated(FactoredLearner learner, long seed) {
        Random random = new Random(seed + 1000);
        Matrix online = learner.onlineParameters().values();
        Matrix target = learner.targetParameters().values();
        for (int p = 0; p < online.size(); p++) {
            online.set(0, p, 1.5 * online.get(0, p) + 0.2 * random.nextGaussian());
            target.set(0, p, online.get(0, p) + 0.3 * random.nextGaussian());
        }
        return learner;
    }
}
