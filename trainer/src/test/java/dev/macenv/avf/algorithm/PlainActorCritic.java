package dev.macenv.avf.algorithm;

import dev.macenv.avf.algorithm.MacActorCriticSettings.CriticInput;
import dev.macenv.avf.algorithm.MacActorCriticSettings.Method;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The losses of the actor-critic family once more, read off what happened tick by tick, one history at a time; shares
 * nothing with the learner but the parameters' names.
 */
final class PlainActorCritic {
    private static final double GAMMA = 0.9;

    private final Method method;
    private final CriticInput input;
    private final int steps;
    private final double epsilon;
    private final double entropyWeight;
    private final boolean conditional;
    private final boolean closeOnTerminal;

    PlainActorCritic(MacActorCriticSettings settings, double epsilon, double entropyWeight) {
        this.method = settings.method();
        this.input = settings.critic().input();
        this.steps = settings.critic().steps();
        this.epsilon = epsilon;
        this.entropyWeight = entropyWeight;
        this.conditional = settings.actor().conditionalLikelihood();
        this.closeOnTerminal = settings.squeeze().closeOnTerminal();
    }

    /** One row of a clock: ticks first..last of an episode, in which choices ended. */
    private record Row(Script script, int first, int last) {
        double reward() {
            double sum = 0;
            for (int t = first; t <= last; t++) {
                sum += Math.pow(GAMMA, t - first) * script.reward(t);
            }
            return sum;
        }

        boolean terminal() {
            return script.ending() == Ending.TERMINATED && last == script.ticks() - 1;
        }
    }

    /** Sum over rows of (G - V)^2 / N, for one critic. */
    double criticLoss(int critic, PlainTeam online, PlainTeam target, List<Script> scripts) {
        double sum = 0;
        int count = 0;
        for (Script script : scripts) {
            List<Row> rows = criticRows(critic, script);
            for (int k = 0; k < rows.size(); k++) {
                double error = returned(critic, target, rows, k)
                        - value(critic, online, script, rows.get(k).first());
                sum += error * error;
                count++;
            }
        }
        return sum / count;
    }

    int criticRowCount(int critic, List<Script> scripts) {
        return scripts.stream().mapToInt(s -> criticRows(critic, s).size()).sum();
    }

    /** The actor's loss, its advantages being those of an updated critic. */
    double actorLoss(int actor, PlainTeam policy, PlainTeam updated, PlainTeam target, List<Script> scripts) {
        int critic = method == Method.NAIVE_IACC ? 0 : actor;
        double sum = 0;
        int count = 0;
        for (Script script : scripts) {
            List<Row> judged = criticRows(critic, script);
            for (Row row : method == Method.CAC ? jointRows(script) : ownRows(actor, script)) {
                int k = 0;
                while (judged.get(k).last() != row.last()) {
                    k++;
                }
                double advantage = returned(critic, target, judged, k)
                        - value(critic, updated, script, judged.get(k).first());
                double[] pi = policy(actor, policy, script, row.first());
                boolean[] admissible = admissible(actor, script, row.first());
                double entropy = 0;
                double chosen = 0;
                double admitted = 0;
                for (int m = 0; m < pi.length; m++) {
                    admitted += admissible[m] || !conditional ? pi[m] : 0;
                }
                for (int m = 0; m < pi.length; m++) {
                    if (admissible[m] || !conditional) {
                        entropy -= pi[m] / admitted * Math.log(pi[m] / admitted);
                    }
                    chosen = m == action(actor, script, row.first()) ? Math.log(pi[m] / admitted) : chosen;
                }
                sum -= Math.pow(GAMMA, row.last()) * (chosen * advantage + entropyWeight * entropy);
                count++;
            }
        }
        return sum / count;
    }

    // ---- rows

    private List<Row> criticRows(int critic, Script script) {
        return method == Method.CAC || method == Method.NAIVE_IACC ? jointRows(script) : ownRows(critic, script);
    }

    private List<Row> ownRows(int i, Script script) {
        List<Row> rows = new ArrayList<>();
        int first = 0;
        for (int t = 0; t < script.ticks(); t++) {
            if (ends(script, t, i)) {
                rows.add(new Row(script, first, t));
                first = t + 1;
            }
        }
        return rows;
    }

    private List<Row> jointRows(Script script) {
        List<Row> rows = new ArrayList<>();
        int first = 0;
        for (int t = 0; t < script.ticks(); t++) {
            boolean any = false;
            for (int i = 0; i < script.shape().agents(); i++) {
                any |= ends(script, t, i);
            }
            if (any) {
                rows.add(new Row(script, first, t));
                first = t + 1;
            }
        }
        return rows;
    }

    private boolean ends(Script script, int t, int i) {
        boolean closed = closeOnTerminal && script.ending() == Ending.TERMINATED && t == script.ticks() - 1;
        return closed || script.ended(t, i);
    }

    // ---- values

    /** G of row k, from the definition in absolute ticks. */
    private double returned(int critic, PlainTeam target, List<Row> rows, int k) {
        Row row = rows.get(k);
        double sum = 0;
        int last = Math.min(k + steps, rows.size()) - 1;
        for (int j = k; j <= last; j++) {
            sum += Math.pow(GAMMA, rows.get(j).first() - row.first())
                    * rows.get(j).reward();
        }
        Row end = rows.get(last);
        return end.terminal()
                ? sum
                : sum
                        + Math.pow(GAMMA, end.last() + 1 - row.first())
                                * value(critic, target, row.script(), end.last() + 1);
    }

    /** What a critic says at a tick at which its rows begin or which they lead to. */
    private double value(int critic, PlainTeam team, Script script, int tick) {
        String name = "critic" + critic;
        if (input == CriticInput.STATE) {
            double[] state = new double[script.shape().stateSize()];
            for (int j = 0; j < state.length; j++) {
                state[j] = script.state(tick, j);
            }
            return team.network(name, new double[][] {state})[0].q[0];
        }
        double[][] history = method == Method.IAC ? ownHistory(critic, script, tick) : jointHistory(script, tick);
        return team.network(name, history)[history.length - 1].q[0];
    }

    // ---- policies

    /** The mixed softmax over all macro-actions, at the history that ends with this tick. */
    private double[] policy(int actor, PlainTeam team, Script script, int tick) {
        double[][] history = method == Method.CAC ? jointHistory(script, tick) : ownHistory(actor, script, tick);
        double[] pi = team.network("actor" + actor, history)[history.length - 1].q.clone();
        double sum = 0;
        for (int m = 0; m < pi.length; m++) {
            pi[m] = Math.exp(pi[m]);
            sum += pi[m];
        }
        for (int m = 0; m < pi.length; m++) {
            pi[m] = (1 - epsilon) * pi[m] / sum + epsilon / pi.length;
        }
        return pi;
    }

    private boolean[] admissible(int actor, Script script, int tick) {
        if (method != Method.CAC) {
            boolean[] legal = new boolean[script.shape().actionCount(actor)];
            for (int m = 0; m < legal.length; m++) {
                legal[m] = script.legal(actor, tick, m);
            }
            return legal;
        }
        int first = script.shape().actionCount(0);
        int second = script.shape().actionCount(1); // a team of two
        boolean[] admissible = new boolean[first * second];
        for (int m = 0; m < first; m++) {
            for (int o = 0; o < second; o++) {
                admissible[m * second + o] = admits(script, tick, 0, m) && admits(script, tick, 1, o);
            }
        }
        return admissible;
    }

    private boolean admits(Script script, int tick, int i, int m) {
        return decides(script, tick, i) ? script.legal(i, tick, m) : script.macroAction(tick, i) == m;
    }

    private int action(int actor, Script script, int tick) {
        return method == Method.CAC
                ? script.macroAction(tick, 0) * script.shape().actionCount(1) + script.macroAction(tick, 1)
                : script.macroAction(tick, actor);
    }

    // ---- histories

    private boolean decides(Script script, int tick, int i) {
        return tick == 0 || ends(script, tick - 1, i);
    }

    private double[][] ownHistory(int i, Script script, int tick) {
        List<double[]> history = new ArrayList<>();
        for (int t = 0; t <= tick; t++) {
            if (decides(script, t, i)) {
                history.add(seen(script, i, t));
            }
        }
        return history.toArray(new double[0][]);
    }

    /** Everybody's held macro-observations, at every tick up to this one at which anybody decides. */
    private double[][] jointHistory(Script script, int tick) {
        int agents = script.shape().agents();
        List<double[]> history = new ArrayList<>();
        double[][] held = new double[agents][];
        for (int t = 0; t <= tick; t++) {
            boolean any = false;
            for (int i = 0; i < agents; i++) {
                if (decides(script, t, i)) {
                    held[i] = seen(script, i, t);
                    any = true;
                }
            }
            if (any) {
                history.add(Arrays.stream(held).flatMapToDouble(Arrays::stream).toArray());
            }
        }
        return history.toArray(new double[0][]);
    }

    private static double[] seen(Script script, int i, int t) {
        double[] seen = new double[script.shape().observationSize(i)];
        for (int j = 0; j < seen.length; j++) {
            seen[j] = script.seen(i, t, j);
        }
        return seen;
    }
}
