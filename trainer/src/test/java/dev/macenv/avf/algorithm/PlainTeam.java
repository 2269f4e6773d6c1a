package dev.macenv.avf.algorithm;

import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * The networks and mixers once more, in plain loops over one vector of numbers, one history and one row at a time: what
 * learners are compared with. Written from the equations, sharing nothing with the engine but the parameters' names.
 */
@SuppressWarnings("UnnecessaryLambda") // activations read best as constants
final class PlainTeam {
    private static final DoubleUnaryOperator LEAKY = x -> x > 0 ? x : 0.01 * x;
    private static final DoubleUnaryOperator RELU = x -> Math.max(0, x);
    private static final DoubleUnaryOperator IDENTITY = x -> x;

    private DoubleUnaryOperator between = LEAKY;
    final double[] values; // all parameters, in the order of their names' appearance
    private final Map<String, int[]> places = new HashMap<>(); // name -> offset, rows, columns

    PlainTeam(Parameters parameters) {
        values = new double[parameters.size()];
        int offset = 0;
        for (Parameter parameter : parameters.list()) {
            int rows = parameter.value().rows();
            int columns = parameter.value().columns();
            places.put(parameter.name(), new int[] {offset, rows, columns});
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    values[offset++] = parameter.value().get(r, c);
                }
            }
        }
    }

    private PlainTeam(PlainTeam other) {
        values = other.values.clone();
        between = other.between;
        places.putAll(other.places);
    }

    PlainTeam copy() {
        return new PlainTeam(this);
    }

    /** What an agent says in one history: utilities, and the value head where there is one. */
    static final class Utilities {
        final double[] q;
        final double v;

        Utilities(double[] q, double v) {
            this.q = q;
            this.v = v;
        }
    }

    /** The same with ReLU in place of LeakyReLU in the agents' networks. */
    PlainTeam withRelu() {
        between = RELU;
        return this;
    }

    /** Evaluates agent i, by a network of its own or the shared one, along one sequence of inputs, its memory empty at the start. */
    Utilities[] agent(int i, double[][] observations) {
        return network(name(i), observations);
    }

    /** The same with this in its memory at the start. */
    Utilities[] agent(int i, double[] memory, double[][] observations) {
        return network(name(i), memory, observations);
    }

    /** What agent i's network has in its memory after a sequence of inputs. */
    double[] memory(int i, double[][] observations) {
        double[] memory = empty(name(i));
        for (double[] x : observations) {
            memory = gru(name(i) + "/gru", before(name(i), x), memory);
        }
        return memory;
    }

    private String name(int i) {
        boolean shared = places.keySet().stream().anyMatch(place -> place.startsWith("agents/"));
        return shared ? "agents" : "agent" + i;
    }

    private double[] empty(String name) {
        return new double[places.getOrDefault(name + "/gru/weight", new int[3])[1]];
    }

    private double[] before(String name, double[] input) {
        double[] x = input;
        for (int l = 0; has(name + "/before" + l + "/weight"); l++) {
            x = linear(name + "/before" + l, x, between);
        }
        return x;
    }

    /** Evaluates the network of this name along one sequence of inputs, its memory empty at the start. */
    Utilities[] network(String name, double[][] observations) {
        return network(name, empty(name), observations);
    }

    private Utilities[] network(String name, double[] memory, double[][] observations) {
        Utilities[] utilities = new Utilities[observations.length];
        double[] hidden = memory;
        for (int s = 0; s < observations.length; s++) {
            double[] x = before(name, observations[s]);
            if (hidden.length > 0) {
                hidden = gru(name + "/gru", x, hidden);
                x = hidden;
            }
            for (int l = 0; has(name + "/after" + l + "/weight"); l++) {
                x = linear(name + "/after" + l, x, between);
            }
            utilities[s] = head(name, x);
        }
        return utilities;
    }

    /** A plain head, or a dueling one with the mean advantage subtracted. */
    private Utilities head(String name, double[] x) {
        if (has(name + "/q/weight")) {
            return new Utilities(linear(name + "/q", x, IDENTITY), Double.NaN);
        }
        double v = linear(name + "/v", x, IDENTITY)[0];
        double[] q = linear(name + "/advantage", x, IDENTITY);
        double mean = Arrays.stream(q).average().orElseThrow();
        for (int m = 0; m < q.length; m++) {
            q[m] += v - mean;
        }
        return new Utilities(q, v);
    }

    private double[] gru(String name, double[] x, double[] h) {
        int width = h.length;
        double[] input = linear(name + "/inputWeight", name + "/inputBias", x);
        double[] state = linear(name + "/weight", name + "/bias", h);
        double[] next = new double[width];
        for (int j = 0; j < width; j++) {
            double r = sigmoid(input[j] + state[j]);
            double z = sigmoid(input[width + j] + state[width + j]);
            double g = Math.tanh(input[2 * width + j] + r * state[2 * width + j]);
            next[j] = (1 - z) * g + z * h[j];
        }
        return next;
    }

    double qmix(double[] q, double[] x) {
        double[] w1 = mlp("qmix/hyper1", x);
        double[] b1 = linear("qmix/bias1", x, IDENTITY);
        double[] wf = mlp("qmix/hyperF", x);
        double sum = mlp("qmix/value", x)[0];
        int embed = b1.length;
        for (int e = 0; e < embed; e++) {
            double pre = b1[e];
            for (int i = 0; i < q.length; i++) {
                pre += q[i] * Math.abs(w1[i * embed + e]);
            }
            sum += Math.abs(wf[e]) * (pre > 0 ? pre : Math.exp(pre) - 1);
        }
        return sum;
    }

    /**
     * QPLEX as sum Vt + sum lambda At.
     *
     * @param frozen the transformed advantages to put into the part that passes no gradient, or empty to compute them
     */
    double qplex(double[] q, double[] v, double[] x, double[] actions, double[] frozen) {
        double[] lambda = lambda(x, actions, q.length);
        double[] w = mlp("qplex/weight", x);
        double[] b = mlp("qplex/bias", x);
        double[] at = transformedAdvantages(q, v, x);
        double sum = 0;
        for (int i = 0; i < q.length; i++) {
            double weight = Math.abs(w[i]) + 1e-10;
            if (frozen.length == 0) {
                sum += weight * v[i] + b[i] + lambda[i] * at[i];
            } else {
                sum += weight * q[i] + b[i] + (lambda[i] - 1) * frozen[i];
            }
        }
        return sum;
    }

    double[] transformedAdvantages(double[] q, double[] v, double[] x) {
        double[] w = mlp("qplex/weight", x);
        double[] at = new double[q.length];
        for (int i = 0; i < q.length; i++) {
            at[i] = (Math.abs(w[i]) + 1e-10) * (q[i] - v[i]);
        }
        return at;
    }

    private double[] lambda(double[] x, double[] actions, int agents) {
        double[] xa = Arrays.copyOf(x, x.length + actions.length);
        System.arraycopy(actions, 0, xa, x.length, actions.length);
        double[] lambda = new double[agents];
        for (int k = 0; has("qplex/head" + k + "/key/0/weight"); k++) {
            String head = "qplex/head" + k;
            double key = Math.abs(mlp(head + "/key", x)[0]) + 1e-10;
            double[] agent = mlp(head + "/agent", x);
            boolean seesActions = has(head + "/act/0/weight");
            double[] act = seesActions ? mlp(head + "/act", xa) : new double[agents];
            for (int i = 0; i < agents; i++) {
                lambda[i] += key * sigmoid(agent[i]) * (seesActions ? sigmoid(act[i]) : 1);
            }
        }
        return lambda;
    }

    private double[] mlp(String name, double[] x) {
        double[] y = x;
        for (int l = 0; has(name + "/" + l + "/weight"); l++) {
            y = linear(name + "/" + l, y, has(name + "/" + (l + 1) + "/weight") ? RELU : IDENTITY);
        }
        return y;
    }

    private double[] linear(String name, double[] x, DoubleUnaryOperator activation) {
        double[] y = linear(name + "/weight", name + "/bias", x);
        Arrays.setAll(y, j -> activation.applyAsDouble(y[j]));
        return y;
    }

    private double[] linear(String weight, String bias, double[] x) {
        int[] w = place(weight);
        int[] b = place(bias);
        double[] y = new double[w[2]];
        for (int j = 0; j < y.length; j++) {
            y[j] = values[b[0] + j];
            for (int i = 0; i < x.length; i++) {
                y[j] += x[i] * values[w[0] + i * w[2] + j];
            }
        }
        return y;
    }

    private int[] place(String name) {
        int[] place = places.get(name);
        if (place == null) {
            throw new AssertionError("no parameter " + name + " among " + places.keySet());
        }
        return place;
    }

    private boolean has(String name) {
        return places.containsKey(name);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }
}
