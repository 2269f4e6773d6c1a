package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.Window;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Special cases in which the learner must be something simpler, written here on its own. */
class EquivalenceTest {
    private static final double GAMMA = 0.9;
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 2}, new int[] {3, 3}, 2);

    /**
     * Macro-actions of one tick: the learner is VDN, QMIX, QPLEX on padded episodes, as primitive code has it, with pymarl's
     * networks: one for all, which sees the last action and the agent's number; ReLU, nothing behind the GRU; the state once.
     */
    @ParameterizedTest
    @ValueSource(strings = {"vdn", "qmix", "qplex"})
    void oneTickMacroActionsMakeItThePrimitiveAlgorithm(String mixer) {
        Configurations configuration = new Configurations();
        configuration.mixer = switch (mixer) {
            case "vdn" -> Configurations.VDN;
            case "qmix" -> with(Configurations.QMIX, "state", "REAL");
            default -> with(Configurations.qplex("COND_MAX", true), "state", "REAL");
        };
        configuration.recordEveryTick = true;
        configuration.shareAgents = true;
        configuration.input = new InputSettings(true, true);
        configuration.network = new NetworkSettings(
                List.of(5), 4, List.of(), Dueling.NONE, Activation.RELU, NetworkSettings.Start.TORCH);
        FactoredLearner learner =
                separated(new FactoredLearner(configuration.build(), SHAPE, new Random(4)), new Random(5));
        Random random = new Random(6);
        Script[] scripts = new Script[4];
        WindowSample sample = new WindowSample();
        for (int b = 0; b < scripts.length; b++) {
            scripts[b] = primitive(random, random.nextInt(2, 9), b == 0 ? Ending.TRUNCATED : Ending.TERMINATED);
            sample.add(Window.whole(scripts[b].perTick()));
        }
        double expected = primitiveLoss(
                mixer,
                new PlainTeam(learner.onlineParameters()).withRelu(),
                new PlainTeam(learner.targetParameters()).withRelu(),
                scripts);
        assertThat(learner.learn(sample, 1).orElseThrow().loss()).isCloseTo(expected, within(1e-10 * (1 + expected)));
    }

    /** Pymarl's shape of the computation: [batch, time] padded to the longest, masked, t and t+1 by slicing. */
    private static double primitiveLoss(String mixer, PlainTeam online, PlainTeam target, Script[] scripts) {
        int longest = Arrays.stream(scripts).mapToInt(Script::ticks).max().orElseThrow();
        double sum = 0;
        double mask = 0;
        for (Script script : scripts) {
            PlainTeam.Utilities[][] q = new PlainTeam.Utilities[2][];
            PlainTeam.Utilities[][] targetQ = new PlainTeam.Utilities[2][];
            for (int i = 0; i < 2; i++) {
                double[][] seen = new double[longest + 1][7]; // observation, last action, number
                for (int t = 0; t <= script.ticks(); t++) {
                    seen[t][0] = script.seen(i, t, 0);
                    seen[t][1] = script.seen(i, t, 1);
                    if (t > 0) {
                        seen[t][2 + script.macroAction(t - 1, i)] = 1;
                    }
                    seen[t][5 + i] = 1;
                }
                q[i] = online.agent(i, seen);
                targetQ[i] = target.agent(i, seen);
            }
            for (int t = 0; t < longest; t++) {
                double filled = t < script.ticks() ? 1 : 0;
                double[] chosen = new double[2];
                double[] best = new double[2];
                double[] next = new double[2];
                double[] nextBest = new double[2];
                double[] oneHots = new double[6];
                double[] nextOneHots = new double[6];
                for (int i = 0; i < 2; i++) {
                    int u = t < script.ticks() ? script.macroAction(t, i) : 0;
                    int greedy = argmax(q[i][t + 1].q);
                    chosen[i] = q[i][t].q[u];
                    best[i] = Arrays.stream(q[i][t].q).max().orElseThrow();
                    next[i] = targetQ[i][t + 1].q[greedy];
                    nextBest[i] = Arrays.stream(targetQ[i][t + 1].q).max().orElseThrow();
                    oneHots[3 * i + u] = 1;
                    nextOneHots[3 * i + greedy] = 1;
                }
                double[] state = {script.state(t, 0), script.state(t, 1)};
                double[] nextState = {script.state(t + 1, 0), script.state(t + 1, 1)};
                double total = switch (mixer) {
                    case "vdn" -> chosen[0] + chosen[1];
                    case "qmix" -> online.qmix(chosen, state);
                    default -> online.qplex(chosen, best, state, oneHots, new double[0]);
                };
                double nextTotal = switch (mixer) {
                    case "vdn" -> next[0] + next[1];
                    case "qmix" -> target.qmix(next, nextState);
                    default -> target.qplex(next, nextBest, nextState, nextOneHots, new double[0]);
                };
                double terminated = t == script.ticks() - 1 && script.ending() == Ending.TERMINATED ? 1 : 0;
                double reward = t < script.ticks() ? script.reward(t) : 0;
                double error = total - (reward + GAMMA * (1 - terminated) * nextTotal);
                sum += filled * error * error;
                mask += filled;
            }
        }
        return sum / mask;
    }

    /** One agent: a plain double DRQN over its own decisions, and then Adam and Polyak, number by number. */
    @Test
    void oneAgentMakesItADoubleRecurrentQNetwork() {
        TeamShape alone = new TeamShape(new int[] {2}, new int[] {3}, 0);
        Configurations configuration = new Configurations();
        configuration.optimizer =
                new OptimizerSettings(OptimizerSettings.Name.ADAM, 3e-3, 1.5, OptimizerSettings.Anneal.NONE);
        FactoredLearner learner =
                separated(new FactoredLearner(configuration.build(), alone, new Random(4)), new Random(5));
        int size = learner.onlineParameters().size();
        double[] first = new double[size];
        double[] second = new double[size];
        Random random = new Random(6);
        for (int step = 1; step <= 12; step++) {
            Script script = Script.random(
                    random, alone, random.nextInt(3, 15), step % 3 == 0 ? Ending.TRUNCATED : Ending.TERMINATED, 0.1);
            WindowSample sample = new WindowSample();
            sample.add(Window.whole(script.perEvent()));
            PlainTeam online = new PlainTeam(learner.onlineParameters());
            PlainTeam target = new PlainTeam(learner.targetParameters());
            double expected = doubleRecurrentLoss(online, target, script);

            if (Double.isNaN(expected)) {
                assertThat(learner.learn(sample, 1)).isEmpty();
                step--;
                continue;
            }
            assertThat(learner.learn(sample, 1).orElseThrow().loss())
                    .isCloseTo(expected, within(1e-10 * (1 + expected)));

            Matrix gradient = learner.onlineParameters().gradients();
            double norm = 0;
            for (int p = 0; p < size; p++) {
                norm += gradient.get(0, p) * gradient.get(0, p);
            }
            double clip = Math.min(1, 1.5 / (Math.sqrt(norm) + 1e-6));
            for (int p = 0; p < size; p++) {
                double g = clip * gradient.get(0, p);
                first[p] = .9 * first[p] + .1 * g;
                second[p] = .999 * second[p] + .001 * g * g;
                double mean = first[p] / (1 - Math.pow(.9, step));
                double square = second[p] / (1 - Math.pow(.999, step));
                double moved = online.values[p] - 3e-3 * mean / (Math.sqrt(square) + 1e-8);
                assertThat(learner.onlineParameters().values().get(0, p)).isCloseTo(moved, within(1e-12));
                assertThat(learner.targetParameters().values().get(0, p))
                        .isCloseTo(.9 * target.values[p] + .1 * moved, within(1e-12));
            }
        }
    }

    private static double doubleRecurrentLoss(PlainTeam online, PlainTeam target, Script script) {
        int ticks = script.ticks();
        int decisions = 1;
        for (int t = 0; t < ticks; t++) {
            decisions += script.ended(t, 0) ? 1 : 0;
        }
        double[][] seen = new double[decisions][];
        seen[0] = new double[] {script.seen(0, 0, 0), script.seen(0, 0, 1)};
        for (int t = 0, d = 1; t < ticks; t++) {
            if (script.ended(t, 0)) {
                seen[d++] = new double[] {script.seen(0, t + 1, 0), script.seen(0, t + 1, 1)};
            }
        }
        PlainTeam.Utilities[] q = online.agent(0, seen);
        PlainTeam.Utilities[] targetQ = target.agent(0, seen);
        double sum = 0;
        int rows = 0;
        int start = 0;
        double reward = 0;
        for (int t = 0; t < ticks; t++) {
            reward += Math.pow(GAMMA, t - start) * script.reward(t);
            boolean terminal = t == ticks - 1 && script.ending() == Ending.TERMINATED;
            if (script.ended(t, 0) || terminal) {
                double y = reward;
                if (!terminal) {
                    int greedy = -1;
                    for (int m = 0; m < 3; m++) {
                        boolean better = greedy < 0 || q[rows + 1].q[m] > q[rows + 1].q[greedy];
                        greedy = script.legal(0, t + 1, m) && better ? m : greedy;
                    }
                    y += Math.pow(GAMMA, t - start + 1) * targetQ[rows + 1].q[greedy];
                }
                double error = q[rows].q[script.macroAction(t, 0)] - y;
                sum += error * error;
                rows++;
                start = t + 1;
                reward = 0;
            }
        }
        return sum / rows;
    }

    /** QMIX of one unit with unit weights, kept in the linear part of ELU, is VDN. */
    @Test
    void qmixOfOneLinearUnitIsVdn() {
        Map<String, Object> one = new HashMap<>(Configurations.QMIX);
        one.put("embed", 1L);
        assertIsVdn(one, learner -> {
            for (String hyper : new String[] {"qmix/hyper1/1", "qmix/hyperF/1"}) {
                fill(learner, hyper + "/weight", 0);
                fill(learner, hyper + "/bias", 1);
            }
            fill(learner, "qmix/bias1/weight", 0);
            fill(learner, "qmix/bias1/bias", 1000);
            fill(learner, "qmix/value/1/weight", 0);
            fill(learner, "qmix/value/1/bias", -1000);
        });
    }

    /** QPLEX with lambda 1 is the sum of transformed utilities; with unit weights and no bias, VDN. */
    @Test
    void qplexWithUnitAttentionIsVdn() {
        assertIsVdn(with(Configurations.qplex("COND_MAX", true), "heads", 1L), learner -> {
            fill(learner, "qplex/weight/1/weight", 0);
            fill(learner, "qplex/weight/1/bias", 1);
            fill(learner, "qplex/bias/1/weight", 0);
            fill(learner, "qplex/bias/1/bias", 0);
            fill(learner, "qplex/head0/key/1/weight", 0);
            fill(learner, "qplex/head0/key/1/bias", 1);
            for (String net : new String[] {"qplex/head0/agent/1", "qplex/head0/act/1"}) {
                fill(learner, net + "/weight", 0);
                fill(learner, net + "/bias", 50);
            }
        });
    }

    private interface Setting {
        void apply(FactoredLearner learner);
    }

    private static void assertIsVdn(Map<String, Object> mixer, Setting setting) {
        Configurations configuration = new Configurations();
        FactoredLearner vdn = new FactoredLearner(configuration.build(), SHAPE, new Random(4));
        configuration.mixer = mixer;
        FactoredLearner other = new FactoredLearner(configuration.build(), SHAPE, new Random(4));
        Random random = new Random(9);
        WindowSample sample = new WindowSample();
        for (int b = 0; b < 4; b++) {
            sample.add(Window.whole(
                    Script.random(random, SHAPE, 10, Ending.TERMINATED, 0.1).perEvent()));
        }
        UpdateMetrics unset = other.learn(sample, 1).orElseThrow();
        other = new FactoredLearner(configuration.build(), SHAPE, new Random(4));
        setting.apply(other);
        UpdateMetrics expected = vdn.learn(sample, 1).orElseThrow();
        UpdateMetrics found = other.learn(sample, 1).orElseThrow();
        assertThat(found.loss()).isCloseTo(expected.loss(), within(1e-8));
        assertThat(found.meanTarget()).isCloseTo(expected.meanTarget(), within(1e-8));
        assertThat(unset.loss()).isNotCloseTo(expected.loss(), within(1e-3));
    }

    private static void fill(FactoredLearner learner, String name, double value) {
        for (Matrix matrix : new Matrix[] {
            learner.onlineParameters().get(name).value(),
            learner.targetParameters().get(name).value()
        }) {
            for (int r = 0; r < matrix.rows(); r++) {
                for (int c = 0; c < matrix.columns(); c++) {
                    matrix.set(r, c, value);
                }
            }
        }
    }

    private static Map<String, Object> with(Map<String, Object> settings, String key, Object value) {
        Map<String, Object> changed = new HashMap<>(settings);
        changed.put(key, value);
        return changed;
    }

    /** A script in which every macro-action takes one tick and everything is legal. */
    private static Script primitive(Random random, int ticks, Ending ending) {
        int[][] actions = new int[ticks][2];
        boolean[][] ended = new boolean[ticks][2];
        for (int t = 0; t < ticks; t++) {
            Arrays.setAll(actions[t], i -> random.nextInt(3));
            Arrays.fill(ended[t], true);
        }
        return new Script(SHAPE, actions, ended, random.doubles(ticks, -2, 3).toArray(), ending, 0.1).allLegal();
    }

    private static FactoredLearner separated(FactoredLearner learner, Random random) {
        Matrix online = learner.onlineParameters().values();
        Matrix target = learner.targetParameters().values();
        for (int p = 0; p < online.size(); p++) {
            target.set(0, p, online.get(0, p) + 0.3 * random.nextGaussian());
        }
        return learner;
    }

    private static int argmax(double[] q) {
        int best = 0;
        for (int m = 1; m < q.length; m++) {
            best = q[m] > q[best] ? m : best;
        }
        return best;
    }
}
