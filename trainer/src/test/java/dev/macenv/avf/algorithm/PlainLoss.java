package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.UpdateSettings.Scheme;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The loss of asynchronous value factorization, read off its definition tick by tick and row by row: no squeeze, no
 * packing, no batch. Defaults throughout (joint rewards, gamma^tau, hold, terminal closes, joint macro-state), with
 * everything that people get wrong as a {@link Mistake} to be made on purpose.
 */
final class PlainLoss {
    /** Ways to be wrong. A test of the learner must notice each. */
    enum Mistake {
        TAU_IGNORED,
        REWARD_FROM_WINDOW_START,
        TARGET_NETWORK_CHOOSES,
        ONGOING_AGENTS_CHOOSE,
        ILLEGAL_CHOICES,
        ONLINE_UTILITIES_IN_TARGET,
        ONLINE_MIXER_IN_TARGET,
        STATE_NOT_NEXT_STATE,
        REAL_STATE,
        ONE_HOTS_OF_THE_PAST,
        TERMINAL_BOOTSTRAPPED,
        TIMEOUT_TERMINAL,
        TERMINAL_LEAVES_MACRO_ACTIONS_OPEN,
        MEAN_PER_WINDOW_FIRST,
        HELD_OBSERVATIONS_REPEATED,
        FREE_FROM_PREVIOUS_ROW_OF_WINDOW,
        FULL_REFERENCES,
        NO_MACRO_ACTION_BEFORE_THE_WINDOW,
        CURRENT_MACRO_ACTION_AS_INPUT,
        HYSTERESIS_THE_WRONG_WAY
    }

    /** A window: ticks start..start+length-1 of a script. */
    static final class Cut {
        final Script script;
        final int start;
        final int length;

        Cut(Script script, int start, int length) {
            this.script = script;
            this.start = start;
            this.length = length;
        }
    }

    enum MixerKind {
        VDN,
        QMIX,
        COND_MAX,
        FULL_MAX,
        VALUE_HEAD
    }

    private final MixerKind kind;
    private final boolean stopGradient;
    private final Scheme scheme;
    private final double gamma;
    private final double pessimism;
    private InputSettings input = new InputSettings(false, false);
    private double rewardScale = 1;
    private boolean burnsIn;
    private boolean huber;
    private final Set<Mistake> mistakes = EnumSet.noneOf(Mistake.class);

    int rows;
    double meanTarget;
    double meanValue;

    PlainLoss(MixerKind kind, boolean stopGradient, Scheme scheme, double gamma, double pessimism) {
        this.kind = kind;
        this.stopGradient = stopGradient;
        this.scheme = scheme;
        this.gamma = gamma;
        this.pessimism = pessimism;
    }

    PlainLoss making(Mistake mistake) {
        mistakes.add(mistake);
        return this;
    }

    PlainLoss seeing(InputSettings what) {
        input = what;
        return this;
    }

    PlainLoss scaling(double rewards) {
        rewardScale = rewards;
        return this;
    }

    PlainLoss burningIn() {
        burnsIn = true;
        return this;
    }

    PlainLoss huber() {
        huber = true;
        return this;
    }

    private boolean makes(Mistake mistake) {
        return mistakes.contains(mistake);
    }

    /**
     * The loss at {@code moved}, with everything that passes no gradient (targets, references by maximum, transformed
     * advantages under stop-gradient, ongoing agents under STOP_ONGOING) taken at {@code online}.
     */
    double at(PlainTeam moved, PlainTeam online, PlainTeam target, List<Cut> cuts) {
        double sum = 0;
        double sumOfMeans = 0;
        int windows = 0;
        rows = 0;
        meanTarget = 0;
        meanValue = 0;
        for (Cut cut : cuts) {
            int before = rows;
            double of = window(moved, online, target, cut);
            sum += of;
            if (rows > before) {
                sumOfMeans += of / (rows - before);
                windows++;
            }
        }
        meanTarget /= rows;
        meanValue /= rows;
        return makes(Mistake.MEAN_PER_WINDOW_FIRST) ? sumOfMeans / windows : sum / rows;
    }

    private double window(PlainTeam moved, PlainTeam online, PlainTeam target, Cut cut) {
        Script script = cut.script;
        int n = script.shape().agents();
        List<Integer> ticks = rowTicks(cut);
        if (ticks.isEmpty()) {
            return 0;
        }
        PlainTeam.Utilities[][] qMoved = new PlainTeam.Utilities[n][];
        PlainTeam.Utilities[][] qOnline = new PlainTeam.Utilities[n][];
        PlainTeam.Utilities[][] qTarget = new PlainTeam.Utilities[n][];
        int[][] seenAt = new int[n][]; // agent -> ticks at which its history's macro-observations were seen
        for (int i = 0; i < n; i++) {
            List<Integer> seen = new ArrayList<>();
            seen.add(startOf(script, ticks.get(0), i));
            for (int t : ticks) {
                boolean ends = done(script, t, i);
                if (ends || makes(Mistake.HELD_OBSERVATIONS_REPEATED)) {
                    seen.add(ends ? t + 1 : startOf(script, t, i));
                }
            }
            seenAt[i] = seen.stream().mapToInt(Integer::intValue).toArray();
            double[][] history = new double[seen.size()][];
            for (int s = 0; s < history.length; s++) {
                history[s] = input(script, i, seen.get(s), cut);
            }
            double[][] past = past(script, i, seenAt[i][0], cut);
            qMoved[i] = moved.agent(i, online.memory(i, past), history);
            qOnline[i] = online.agent(i, online.memory(i, past), history);
            qTarget[i] = target.agent(i, target.memory(i, past), history);
        }
        double loss = 0;
        int[] c = new int[n];
        for (int k = 0; k < ticks.size(); k++) {
            int t = ticks.get(k);
            int jointStart = t;
            while (jointStart > 0 && !script.anyEnded(jointStart - 1)) {
                jointStart--;
            }
            int from =
                    makes(Mistake.REWARD_FROM_WINDOW_START) ? Math.max(jointStart, Math.max(0, cut.start)) : jointStart;
            double reward = 0;
            for (int u = from; u <= t; u++) {
                reward += rewardScale * Math.pow(gamma, u - from) * script.reward(u);
            }
            Side now = new Side(n);
            Side base = new Side(n);
            Side next = new Side(n);
            int[] m = new int[n];
            int[] chosen = new int[n];
            boolean[] ends = new boolean[n];
            for (int i = 0; i < n; i++) {
                ends[i] = done(script, t, i);
                m[i] = script.macroAction(t, i);
                boolean free = makes(Mistake.FREE_FROM_PREVIOUS_ROW_OF_WINDOW)
                        ? k == 0 || done(script, ticks.get(k - 1), i)
                        : startOf(script, t, i) == jointStart;
                int here = c[i];
                c[i] += ends[i] || makes(Mistake.HELD_OBSERVATIONS_REPEATED) ? 1 : 0;
                int there = c[i];
                now.fill(i, qMoved[i][here], m[i], qOnline[i][here], free, script, seenAt[i][here]);
                base.fill(i, qOnline[i][here], m[i], qOnline[i][here], free, script, seenAt[i][here]);
                boolean chooses = ends[i] || makes(Mistake.ONGOING_AGENTS_CHOOSE);
                PlainTeam.Utilities chooser =
                        makes(Mistake.TARGET_NETWORK_CHOOSES) ? qTarget[i][there] : qOnline[i][there];
                chosen[i] = chooses ? greedy(chooser.q, i, script, seenAt[i][there]) : m[i];
                PlainTeam.Utilities valued =
                        makes(Mistake.ONLINE_UTILITIES_IN_TARGET) ? qOnline[i][there] : qTarget[i][there];
                next.fill(i, valued, chosen[i], valued, ends[i], script, seenAt[i][there]);
                boolean ongoing = !ends[i];
                if (scheme == Scheme.STOP_ONGOING && ongoing) {
                    now.q[i] = base.q[i];
                    now.v[i] = base.v[i];
                }
                if (scheme == Scheme.ZERO_ONGOING && ongoing) {
                    for (Side side : List.of(now, base, next)) {
                        side.q[i] = 0;
                        side.v[i] = 0;
                    }
                }
            }
            double[] x = macroState(script, t, ends, false);
            double[] xNext = macroState(script, t, ends, !makes(Mistake.STATE_NOT_NEXT_STATE));
            double[] pastOrChosen = oneHots(script, makes(Mistake.ONE_HOTS_OF_THE_PAST) ? m : chosen);
            boolean terminal = t == script.ticks() - 1
                    && (script.ending() == Ending.TERMINATED || makes(Mistake.TIMEOUT_TERMINAL));
            double bootstrap = mix(makes(Mistake.ONLINE_MIXER_IN_TARGET) ? online : target, next, xNext, pastOrChosen);
            double discount = Math.pow(gamma, makes(Mistake.TAU_IGNORED) ? 1 : t - jointStart + 1);
            double y = terminal && !makes(Mistake.TERMINAL_BOOTSTRAPPED) ? reward : reward + discount * bootstrap;
            double baseValue = mix(online, base, x, oneHots(script, m));
            boolean pessimistic = makes(Mistake.HYSTERESIS_THE_WRONG_WAY) ? y > baseValue : y < baseValue;
            double value = moved == online ? baseValue : mixFrozen(moved, now, x, oneHots(script, m), online, base);
            double error = Math.abs(value - y);
            double counts = error * error;
            if (huber) {
                counts = error < 1 ? counts / 2 : error - 0.5;
            }
            loss += (pessimistic ? pessimism : 1) * counts;
            meanTarget += y;
            meanValue += baseValue;
            rows++;
        }
        return loss;
    }

    /** What the mixer sees of one side of a row. */
    private final class Side {
        final double[] q;
        final double[] v;

        Side(int n) {
            q = new double[n];
            v = new double[n];
        }

        /** {@code constant} holds the utilities that maxima, which pass no gradient, are taken of. */
        void fill(
                int i,
                PlainTeam.Utilities utilities,
                int m,
                PlainTeam.Utilities constant,
                boolean free,
                Script script,
                int seenAt) {
            q[i] = utilities.q[m];
            boolean full = kind == MixerKind.FULL_MAX || makes(Mistake.FULL_REFERENCES);
            if (kind == MixerKind.VALUE_HEAD) {
                v[i] = utilities.v;
            } else {
                v[i] = constant.q[free || full ? greedy(constant.q, i, script, seenAt) : m];
            }
        }
    }

    private double mix(PlainTeam team, Side side, double[] x, double[] actions) {
        double sum = 0;
        for (double q : side.q) {
            sum += q;
        }
        return switch (kind) {
            case VDN -> sum;
            case QMIX -> team.qmix(side.q, x);
            case COND_MAX, FULL_MAX, VALUE_HEAD -> team.qplex(side.q, side.v, x, actions, new double[0]);
        };
    }

    private double mixFrozen(PlainTeam moved, Side now, double[] x, double[] actions, PlainTeam online, Side base) {
        boolean qplex = kind != MixerKind.VDN && kind != MixerKind.QMIX;
        return qplex && stopGradient
                ? moved.qplex(now.q, now.v, x, actions, online.transformedAdvantages(base.q, base.v, x))
                : mix(moved, now, x, actions);
    }

    private List<Integer> rowTicks(Cut cut) {
        List<Integer> ticks = new ArrayList<>();
        int end = Math.min(cut.script.ticks(), cut.start + cut.length);
        for (int t = Math.max(0, cut.start); t < end; t++) {
            boolean kept = false;
            for (int i = 0; i < cut.script.shape().agents(); i++) {
                kept |= done(cut.script, t, i);
            }
            if (kept) {
                ticks.add(t);
            }
        }
        return ticks;
    }

    private boolean done(Script script, int t, int i) {
        boolean closes = script.ending() == Ending.TERMINATED
                && t == script.ticks() - 1
                && !makes(Mistake.TERMINAL_LEAVES_MACRO_ACTIONS_OPEN);
        return script.ended(t, i) || closes;
    }

    private static int startOf(Script script, int t, int i) {
        int start = t;
        while (start > 0 && !script.ended(start - 1, i)) {
            start--;
        }
        return start;
    }

    private int greedy(double[] q, int i, Script script, int seenAt) {
        int best = -1;
        for (int m = 0; m < q.length; m++) {
            boolean allowed = makes(Mistake.ILLEGAL_CHOICES) || script.legal(i, seenAt, m);
            if (allowed && (best < 0 || q[m] > q[best])) {
                best = m;
            }
        }
        return best;
    }

    /** What agent i's network was given before the decision of tick t, since the episode began; nothing without burn-in. */
    private double[][] past(Script script, int i, int t, Cut cut) {
        List<double[]> past = new ArrayList<>();
        for (int tick = 0; burnsIn && tick < t; tick++) {
            if (tick == 0 || script.ended(tick - 1, i)) {
                past.add(input(script, i, tick, cut));
            }
        }
        return past.toArray(double[][]::new);
    }

    /** What agent i's network is given at the decision it made before tick t. */
    private double[] input(Script script, int i, int t, Cut cut) {
        TeamShape shape = script.shape();
        List<Double> given = new ArrayList<>();
        for (int j = 0; j < shape.observationSize(i); j++) {
            given.add((double) script.seen(i, t, j));
        }
        int before = makes(Mistake.CURRENT_MACRO_ACTION_AS_INPUT) && t < script.ticks() ? t : t - 1;
        boolean forgotten = makes(Mistake.NO_MACRO_ACTION_BEFORE_THE_WINDOW) && before < cut.start;
        for (int m = 0; input.lastMacro() && m < shape.actionCount(i); m++) {
            given.add(before >= 0 && !forgotten && script.macroAction(before, i) == m ? 1.0 : 0.0);
        }
        for (int j = 0; input.agentId() && j < shape.agents(); j++) {
            given.add(j == i ? 1.0 : 0.0);
        }
        return given.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private double[] macroState(Script script, int t, boolean[] ends, boolean next) {
        int n = script.shape().agents();
        int size = script.shape().stateSize();
        double[] x = new double[n * size];
        for (int i = 0; i < n; i++) {
            int at = next && ends[i] ? t + 1 : startOf(script, t, i);
            if (makes(Mistake.REAL_STATE)) {
                at = next ? t + 1 : t;
            }
            for (int j = 0; j < size; j++) {
                x[i * size + j] = script.state(at, j);
            }
        }
        return x;
    }

    private static double[] oneHots(Script script, int[] actions) {
        int width = 0;
        for (int i = 0; i < actions.length; i++) {
            width += script.shape().actionCount(i);
        }
        double[] oneHots = new double[width];
        int first = 0;
        for (int i = 0; i < actions.length; i++) {
            oneHots[first + actions[i]] = 1;
            first += script.shape().actionCount(i);
        }
        return oneHots;
    }
}
