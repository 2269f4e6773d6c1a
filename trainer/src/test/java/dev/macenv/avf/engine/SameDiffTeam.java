package dev.macenv.avf.engine;

import static java.util.Objects.requireNonNull;

import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The loss of asynchronous value factorization on one squeezed batch as graphs of SameDiff, in double precision: networks out of elementary operations, step by
 * step, gradients by SameDiff's own differentiation. It knows the names of the parameters, and nothing of the engine, the tape or the networks' code.
 *
 * <p>Two graphs: the first computes what no gradient passes (targets, references, and advantages where they are stopped), the second the loss from it.
 */
public final class SameDiffTeam {
    private static final double FAR_BELOW = -1e30;

    private final Batch batch;
    private final boolean stopGradient;
    private final Map<String, INDArray> online;
    private final Map<String, INDArray> target;
    private final String mixer;
    private SameDiff graph = SameDiff.create();
    private Map<String, INDArray> values = Map.of();
    private boolean differentiating;

    /** The batch, all online and all target parameters, the mixer's name (vdn, qmix or qplex), and whether its advantages pass no gradient. */
    public SameDiffTeam(Batch batch, Parameters online, Parameters target, String mixer, boolean stopGradient) {
        this.batch = batch;
        this.online = copy(online);
        this.target = copy(target);
        this.mixer = mixer;
        this.stopGradient = stopGradient;
    }

    /** The loss and, by parameter, the gradient row by row. */
    public record Result(double loss, Map<String, double[]> gradients) {}

    /** Computes the loss, rows with y < Q_tot weighted with {@code pessimism}, and its gradients. */
    public Result compute(double pessimism) {
        double[] next = successors();
        List<double[]> references = references();
        INDArray y = column(batch.rows());
        for (int k = 0; k < batch.rows(); k++) {
            double bootstrap = batch.terminal()[k] ? 0 : batch.discount()[k] * next[k];
            y.putScalar(k, 0, batch.reward()[k] + bootstrap);
        }
        begin(online, false);
        double[] value = evaluate(mix(current(utilities()), references, batch.state(), actions()));
        INDArray weights = column(batch.rows());
        for (int k = 0; k < batch.rows(); k++) {
            weights.putScalar(k, 0, y.getDouble(k, 0) < value[k] ? pessimism : 1);
        }
        begin(online, true);
        SDVariable error =
                mix(current(utilities()), references, batch.state(), actions()).sub(graph.constant(y));
        SDVariable loss = error.mul(error).mul(graph.constant(weights)).sum().div(batch.rows());
        graph.setLossVariables(loss);
        double lossValue = loss.eval().getDouble(0);
        Map<String, double[]> gradients = new HashMap<>();
        List<String> names = new ArrayList<>();
        for (SDVariable variable : graph.variables()) {
            if (online.containsKey(variable.name())) {
                names.add(variable.name());
            }
        }
        graph.calculateGradients(Map.of(), names)
                .forEach((name, gradient) ->
                        gradients.put(name, gradient.dup('c').reshape(-1).toDoubleVector()));
        return new Result(lossValue, gradients);
    }

    /** Q_tot' of every row's successor: who ended chooses by the online networks, is valued by the target ones. */
    private double[] successors() {
        begin(online, false);
        List<double[]> choices = new ArrayList<>();
        List<SDVariable> utilities = utilities();
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            choices.add(choose(i, evaluate(best(i, utilities.get(i))), agent.next(), agent.done()));
        }
        begin(target, false);
        utilities = utilities();
        List<SDVariable> q = new ArrayList<>();
        List<double[]> references = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            q.add(at(utilities.get(i), agent.next(), choices.get(i)));
            double[] own = choose(i, evaluate(best(i, utilities.get(i))), agent.next(), agent.done());
            references.add(evaluate(at(utilities.get(i), agent.next(), own)));
        }
        return evaluate(mix(q, references, batch.nextState(), choices));
    }

    /** The largest utility among those that each agent could have chosen in each row. */
    private List<double[]> references() {
        begin(online, false);
        List<SDVariable> utilities = utilities();
        List<double[]> references = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            double[] own = choose(i, evaluate(best(i, utilities.get(i))), agent.current(), agent.free());
            references.add(evaluate(at(utilities.get(i), agent.current(), own)));
        }
        return references;
    }

    private List<SDVariable> current(List<SDVariable> utilities) {
        List<SDVariable> q = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            q.add(at(utilities.get(i), batch.agent(i).current(), actions().get(i)));
        }
        return q;
    }

    private List<double[]> actions() {
        List<double[]> actions = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            actions.add(Arrays.stream(batch.agent(i).action(), 0, batch.rows())
                    .asDoubleStream()
                    .toArray());
        }
        return actions;
    }

    /** The legal macro-action of largest utility at every packed position. */
    private SDVariable best(int i, SDVariable utilities) {
        AgentBatch agent = batch.agent(i);
        INDArray mask = Nd4j.zeros(DataType.DOUBLE, agent.positions(), agent.actionCount());
        for (int p = 0; p < mask.length(); p++) {
            mask.putScalar(p, agent.legal()[p] ? 0 : FAR_BELOW);
        }
        return graph.argmax(utilities.add(graph.constant(mask)), 1).castTo(DataType.DOUBLE);
    }

    private double[] choose(int i, double[] best, int[] positions, boolean[] free) {
        double[] choices = new double[batch.rows()];
        for (int k = 0; k < batch.rows(); k++) {
            choices[k] = free[k] ? best[positions[k]] : batch.agent(i).action()[k];
        }
        return choices;
    }

    /** {@code utilities[positions[k], actions[k]]} for every row k, {@code [N, 1]}. */
    private SDVariable at(SDVariable utilities, int[] positions, double[] actions) {
        int rows = batch.rows();
        // a product with one-hot rows: SameDiff cannot differentiate its own gather
        INDArray selection = Nd4j.zeros(DataType.DOUBLE, rows, utilities.eval().size(0));
        for (int k = 0; k < rows; k++) {
            selection.putScalar(k, positions[k], 1);
        }
        SDVariable picked = graph.constant(selection).mmul(utilities);
        INDArray oneHots = Nd4j.zeros(DataType.DOUBLE, rows, utilities.eval().size(1));
        for (int k = 0; k < rows; k++) {
            oneHots.putScalar(k, (int) actions[k], 1);
        }
        return picked.mul(graph.constant(oneHots)).sum(true, 1);
    }

    // ---- the networks

    private List<SDVariable> utilities() {
        List<SDVariable> utilities = new ArrayList<>();
        for (int i = 0; i < batch.agents(); i++) {
            utilities.add(utilities(i));
        }
        return utilities;
    }

    private SDVariable utilities(int i) {
        AgentBatch agent = batch.agent(i);
        String name = "agent" + i;
        SDVariable x = constant(agent.observations(), agent.positions(), agent.observationSize());
        for (int layer = 0; values.containsKey(name + "/before" + layer + "/weight"); layer++) {
            x = leakyRelu(linear(name + "/before" + layer, x));
        }
        x = recurrent(agent, name + "/gru", x);
        for (int layer = 0; values.containsKey(name + "/after" + layer + "/weight"); layer++) {
            x = leakyRelu(linear(name + "/after" + layer, x));
        }
        if (values.containsKey(name + "/q/weight")) {
            return linear(name + "/q", x);
        }
        SDVariable advantage = linear(name + "/advantage", x);
        return advantage.sub(advantage.mean(true, 1)).add(linear(name + "/v", x));
    }

    private SDVariable recurrent(AgentBatch agent, String name, SDVariable x) {
        SDVariable projected = x.mmul(parameter(name + "/inputWeight")).add(parameter(name + "/inputBias"));
        int width = (int) value(name + "/weight").size(0);
        SDVariable hidden = graph.constant(Nd4j.zeros(DataType.DOUBLE, agent.stepCounts()[0], width));
        SDVariable[] steps = new SDVariable[agent.steps()];
        int start = 0;
        for (int s = 0; s < steps.length; s++) {
            int n = agent.stepCounts()[s];
            SDVariable old = block(hidden, 0, n, 0, width);
            SDVariable a = old.mmul(parameter(name + "/weight")).add(parameter(name + "/bias"));
            SDVariable r =
                    graph.nn().sigmoid(block(projected, start, n, 0, width).add(block(a, 0, n, 0, width)));
            SDVariable z =
                    graph.nn().sigmoid(block(projected, start, n, width, width).add(block(a, 0, n, width, width)));
            SDVariable u = block(a, 0, n, 2 * width, width);
            SDVariable g = graph.math()
                    .tanh(block(projected, start, n, 2 * width, width).add(r.mul(u)));
            hidden = g.add(z.mul(old.sub(g)));
            steps[s] = hidden;
            start += n;
        }
        return steps.length == 1 ? steps[0] : graph.concat(0, steps);
    }

    private SDVariable block(SDVariable x, int row, int rows, int column, int columns) {
        return graph.slice(x, new int[] {row, column}, rows, columns);
    }

    private SDVariable leakyRelu(SDVariable x) {
        return graph.nn().leakyRelu(x, 0.01);
    }

    // ---- the mixers

    private SDVariable mix(
            List<SDVariable> utilities, List<double[]> references, float[] state, List<double[]> actions) {
        SDVariable q = graph.concat(1, utilities.toArray(new SDVariable[0]));
        if (mixer.equals("vdn")) {
            return q.sum(true, 1);
        }
        SDVariable x = constant(state, batch.rows(), batch.stateSize());
        return mixer.equals("qmix") ? qmix(q, x) : qplex(q, references, x, actions);
    }

    private SDVariable qmix(SDVariable q, SDVariable x) {
        int n = batch.agents();
        SDVariable w1 = graph.math().abs(twoLayers("qmix/hyper1", x));
        SDVariable hidden = linear("qmix/bias1", x);
        int e = (int) value("qmix/bias1/weight").size(1);
        for (int i = 0; i < n; i++) {
            hidden = hidden.add(block(w1, 0, batch.rows(), i * e, e).mul(block(q, 0, batch.rows(), i, 1)));
        }
        SDVariable wf = graph.math().abs(twoLayers("qmix/hyperF", x));
        return graph.nn().elu(hidden).mul(wf).sum(true, 1).add(twoLayers("qmix/value", x));
    }

    private SDVariable qplex(SDVariable q, List<double[]> references, SDVariable x, List<double[]> actions) {
        int rows = batch.rows();
        int n = batch.agents();
        INDArray v = Nd4j.zeros(DataType.DOUBLE, rows, n);
        int joint = 0;
        for (int i = 0; i < n; i++) {
            joint += batch.agent(i).actionCount();
        }
        INDArray oneHots = Nd4j.zeros(DataType.DOUBLE, rows, joint);
        for (int k = 0; k < rows; k++) {
            int first = 0;
            for (int i = 0; i < n; i++) {
                v.putScalar(k, i, references.get(i)[k]);
                oneHots.putScalar(k, first + (int) actions.get(i)[k], 1);
                first += batch.agent(i).actionCount();
            }
        }
        SDVariable xa = graph.concat(1, x, graph.constant(oneHots));
        SDVariable w = graph.math().abs(twoLayers("qplex/weight", x)).add(1e-10);
        SDVariable b = twoLayers("qplex/bias", x);
        SDVariable lambda = graph.constant(Nd4j.zeros(DataType.DOUBLE, rows, n));
        for (int k = 0; values.containsKey("qplex/head" + k + "/key/0/weight"); k++) {
            String head = "qplex/head" + k;
            SDVariable key = graph.math().abs(twoLayers(head + "/key", x)).add(1e-10);
            SDVariable agent = graph.nn().sigmoid(twoLayers(head + "/agent", x));
            SDVariable act = graph.nn().sigmoid(twoLayers(head + "/act", xa));
            lambda = lambda.add(agent.mul(act).mul(key));
        }
        SDVariable advantage = q.sub(graph.constant(v)).mul(w);
        if (stopGradient) {
            advantage = graph.constant(advantage.eval().dup());
        }
        return q.mul(w).add(b).add(lambda.sub(1.0).mul(advantage)).sum(true, 1);
    }

    private SDVariable twoLayers(String name, SDVariable x) {
        return linear(name + "/1", graph.nn().relu(linear(name + "/0", x), 0));
    }

    private SDVariable linear(String name, SDVariable x) {
        return x.mmul(parameter(name + "/weight")).add(parameter(name + "/bias"));
    }

    // ---- graphs

    private void begin(Map<String, INDArray> parameters, boolean differentiate) {
        graph = SameDiff.create();
        values = parameters;
        differentiating = differentiate;
    }

    private SDVariable parameter(String name) {
        if (graph.hasVariable(name)) {
            return graph.getVariable(name);
        }
        INDArray value = value(name).dup();
        return differentiating ? graph.var(name, value) : graph.constant(name, value);
    }

    private INDArray value(String name) {
        return requireNonNull(values.get(name), name);
    }

    private static double[] evaluate(SDVariable x) {
        return x.eval().dup('c').reshape(-1).toDoubleVector();
    }

    private SDVariable constant(float[] data, int rows, int columns) {
        INDArray array = Nd4j.zeros(DataType.DOUBLE, rows, columns);
        for (int p = 0; p < rows * columns; p++) {
            array.putScalar(p, data[p]);
        }
        return graph.constant(array);
    }

    private static INDArray column(int rows) {
        return Nd4j.zeros(DataType.DOUBLE, rows, 1);
    }

    private static Map<String, INDArray> copy(Parameters parameters) {
        Map<String, INDArray> copy = new HashMap<>();
        for (Parameter parameter : parameters.list()) {
            Matrix value = parameter.value();
            INDArray array = Nd4j.zeros(DataType.DOUBLE, value.rows(), value.columns());
            for (int r = 0; r < value.rows(); r++) {
                for (int c = 0; c < value.columns(); c++) {
                    array.putScalar(r, c, value.get(r, c));
                }
            }
            copy.put(parameter.name(), array);
        }
        return copy;
    }
}
