package dev.macenv.bench;

import static java.util.Objects.requireNonNull;

import dev.macenv.avf.algorithm.FactoredSettings;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.nn.Parameter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.api.OutAndGrad;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.Adam;

/**
 * The update of {@link Workload} as a graph of ND4J's SameDiff, built once and fed with batches: for whole batches, in which all windows have the same length, since
 * a graph's shapes are fixed. The recurrent layer is unrolled, because SameDiff's own GRU applies the reset gate before its product. Rows are fed step by step, so
 * that current and next positions are two slices of the same utilities, for SameDiff cannot differentiate its own gather.
 *
 * <p>Losses and gradients are those of the other contenders on bp-10. On wtd-s the gradients of two biases of one agent are not, in some batches (SameDiff 1.0.0-M2.1),
 * while all weights' are; so only the first loss is compared.
 */
final class SameDiffUpdate implements ContenderProgram.Updates {
    private static final float FAR_BELOW = -1e30f;
    private static final double LEAK = 0.01;
    private static final double EPSILON = 1e-8;
    private static final double TINY = 1e-10;

    private final String mixer;
    private final int agents;
    private final int windows;
    private final int steps;
    private final int rows;
    private final double clipNorm;
    private final double keep;
    private final Adam adam;
    private final SameDiff graph = SameDiff.create();
    private final Map<String, INDArray> online = new LinkedHashMap<>();
    private final Map<String, GradientUpdater<?>> optimizers = new HashMap<>();
    private final List<Map<String, INDArray>> inputs = new ArrayList<>();
    /** What no gradient passes, computed first and fed again: SameDiff has no operation that stops gradients. */
    private final List<String> constants = new ArrayList<>(List.of("next"));

    private int updates;

    SameDiffUpdate(Workload workload) {
        FactoredSettings settings = workload.settings(EngineType.VECTOR);
        List<Batch> batches = workload.batches();
        Batch first = batches.get(0);
        mixer = workload.mixer();
        agents = first.agents();
        windows = first.sequences();
        rows = first.rows();
        steps = rows / windows;
        clipNorm = settings.optimizer().clipNorm();
        keep = settings.target().polyak();
        adam = Adam.builder().learningRate(settings.optimizer().learningRate()).build();
        for (Parameter parameter :
                workload.learner(EngineType.VECTOR).onlineParameters().list()) {
            float[] values = new float[parameter.value().size()];
            parameter.value().read(values, 0);
            INDArray array = Nd4j.createFromArray(values);
            if (!parameter.name().toLowerCase(Locale.ROOT).endsWith("bias")) {
                array = array.reshape(
                        parameter.value().rows(), parameter.value().columns());
            }
            online.put(parameter.name(), array);
            graph.var(parameter.name(), array);
            graph.var("target/" + parameter.name(), array.dup());
            INDArray state = Nd4j.zeros(DataType.FLOAT, 1, 2L * values.length);
            optimizers.put(parameter.name(), adam.instantiate(state, true));
        }
        build();
        batches.forEach(batch -> inputs.add(inputs(batch, settings.rewardScale())));
    }

    @Override
    public ContenderProgram.Result make(int index) {
        Map<String, INDArray> fed = new HashMap<>(inputs.get(index));
        Map<String, INDArray> known = graph.output(fed, constants);
        INDArray next = requireNonNull(known.get("next"));
        fed.put("y", next.mul(fed.get("bootstrap")).addi(fed.get("reward")));
        if (known.containsKey("advantage")) {
            fed.put("stopped", known.get("advantage"));
        }
        List<String> names = new ArrayList<>(online.keySet());
        OutAndGrad result = graph.calculateGradientsAndOutputs(fed, List.of("loss"), names);
        Map<String, INDArray> gradients = result.getGradients();
        double loss = requireNonNull(result.getOutputs().get("loss")).getDouble(0);
        double squares = 0;
        for (INDArray gradient : gradients.values()) {
            double norm = gradient.norm2Number().doubleValue();
            squares += norm * norm;
        }
        double norm = Math.sqrt(squares);
        // ND4J adds epsilon to the uncorrected root of the second moment, everybody else to the corrected one
        adam.setEpsilon(EPSILON * Math.sqrt(1 - Math.pow(adam.getBeta2(), updates + 1)));
        double scale = norm > clipNorm ? clipNorm / norm : 1;
        for (String name : names) {
            INDArray gradient = requireNonNull(gradients.get(name)).mul(scale);
            requireNonNull(optimizers.get(name)).applyUpdater(gradient, updates, 0);
            INDArray value = graph.getVariable(name).getArr();
            value.subi(gradient);
            graph.getVariable("target/" + name).getArr().muli(keep).addi(value.mul(1 - keep));
        }
        updates++;
        // what an update leaves lies outside the heap, a gigabyte of it, and goes when the heap, which is hardly used,
        // is collected
        System.gc();
        return new ContenderProgram.Result(loss, norm);
    }

    // ---- what is fed, step by step: row (tick, window) at tick * windows + window

    private Map<String, INDArray> inputs(Batch batch, double rewardScale) {
        Map<String, INDArray> fed = new HashMap<>();
        float[] reward = new float[rows];
        float[] bootstrap = new float[rows];
        float[] state = new float[rows * batch.stateSize()];
        float[] nextState = new float[rows * batch.stateSize()];
        int[] seen = new int[windows];
        int[] place = new int[rows];
        for (int k = 0; k < rows; k++) {
            int window = batch.window()[k];
            place[k] = seen[window]++ * windows + window;
            reward[place[k]] = (float) (rewardScale * batch.reward()[k]);
            bootstrap[place[k]] = batch.terminal()[k] ? 0 : (float) batch.discount()[k];
            copyRow(batch.state(), k, state, place[k], batch.stateSize());
            copyRow(batch.nextState(), k, nextState, place[k], batch.stateSize());
        }
        fed.put("reward", Nd4j.createFromArray(reward).reshape(rows, 1));
        fed.put("bootstrap", Nd4j.createFromArray(bootstrap).reshape(rows, 1));
        if (!mixer.equals("vdn")) {
            fed.put("state", Nd4j.createFromArray(state).reshape(rows, batch.stateSize()));
            fed.put("nextState", Nd4j.createFromArray(nextState).reshape(rows, batch.stateSize()));
        }
        for (int i = 0; i < agents; i++) {
            AgentBatch agent = batch.agent(i);
            int positions = rows + windows;
            float[] observations = new float[positions * agent.observationSize()];
            float[] legal = new float[positions * agent.actionCount()];
            float[] chosen = new float[rows * agent.actionCount()];
            for (int k = 0; k < rows; k++) {
                fillPosition(agent, agent.current()[k], place[k], observations, legal);
                if (!batch.terminal()[k]) {
                    fillPosition(agent, agent.next()[k], place[k] + windows, observations, legal);
                }
                chosen[place[k] * agent.actionCount() + agent.action()[k]] = 1;
            }
            fed.put("observations" + i, Nd4j.createFromArray(observations).reshape(positions, agent.observationSize()));
            fed.put("legal" + i, Nd4j.createFromArray(legal).reshape(positions, agent.actionCount()));
            fed.put("chosen" + i, Nd4j.createFromArray(chosen).reshape(rows, agent.actionCount()));
        }
        return fed;
    }

    private static void fillPosition(AgentBatch agent, int from, int to, float[] observations, float[] legal) {
        copyRow(agent.observations(), from, observations, to, agent.observationSize());
        for (int m = 0; m < agent.actionCount(); m++) {
            boolean may = agent.legal()[from * agent.actionCount() + m];
            legal[to * agent.actionCount() + m] = may ? 0 : FAR_BELOW;
        }
    }

    private static void copyRow(float[] from, int row, float[] to, int place, int n) {
        System.arraycopy(from, row * n, to, place * n, n);
    }

    // ---- the graph

    private void build() {
        List<SDVariable> ours = new ArrayList<>();
        List<SDVariable> theirs = new ArrayList<>();
        List<SDVariable> chosen = new ArrayList<>();
        List<SDVariable> legal = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            long inputSize = value("agent" + i + "/before0/weight").size(0);
            long actions = actions(i);
            SDVariable x = graph.placeHolder("observations" + i, DataType.FLOAT, rows + windows, inputSize);
            legal.add(graph.placeHolder("legal" + i, DataType.FLOAT, rows + windows, actions));
            chosen.add(graph.placeHolder("chosen" + i, DataType.FLOAT, rows, actions));
            ours.add(utilities("agent" + i, x));
            theirs.add(utilities("target/agent" + i, x));
        }
        SDVariable state = mixer.equals("vdn") ? chosen.get(0) : state("state");
        SDVariable nextState = mixer.equals("vdn") ? chosen.get(0) : state("nextState");
        List<SDVariable> greedy = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            greedy.add(best(ours.get(i), legal.get(i), windows));
        }
        List<SDVariable> targetGreedy = new ArrayList<>();
        List<SDVariable> ownGreedy = new ArrayList<>();
        for (int i = 0; i < agents; i++) {
            targetGreedy.add(best(theirs.get(i), legal.get(i), windows));
            ownGreedy.add(best(ours.get(i), legal.get(i), 0));
        }
        mix("target/", theirs, windows, greedy, targetGreedy, nextState).rename("next");
        SDVariable total = mix("", ours, 0, chosen, ownGreedy, state);
        SDVariable y = graph.placeHolder("y", DataType.FLOAT, rows, 1);
        graph.placeHolder("reward", DataType.FLOAT, rows, 1);
        graph.placeHolder("bootstrap", DataType.FLOAT, rows, 1);
        SDVariable error = total.sub(y);
        SDVariable loss = error.mul(error).mean("loss");
        graph.setLossVariables(loss.name());
    }

    private SDVariable state(String name) {
        String weight = mixer.equals("qmix") ? "qmix/bias1/weight" : "qplex/weight/0/weight";
        return graph.placeHolder(name, DataType.FLOAT, rows, value(weight).size(0));
    }

    private long actions(int i) {
        INDArray head = online.get("agent" + i + "/q/weight");
        return (head == null ? value("agent" + i + "/advantage/weight") : head).size(1);
    }

    /** One-hot rows of the legal macro-action of largest utility at the positions from {@code first} on. */
    private SDVariable best(SDVariable utilities, SDVariable legal, int first) {
        int actions = (int) requireNonNull(legal.placeholderShape())[1];
        SDVariable largest = graph.argmax(block(utilities.add(legal), first, rows, 0, actions), 1);
        return graph.oneHot(largest, actions, 1, 1, 0, DataType.FLOAT);
    }

    private SDVariable utilities(String name, SDVariable observations) {
        SDVariable x = observations;
        for (int layer = 0; graph.hasVariable(name + "/before" + layer + "/weight"); layer++) {
            x = graph.nn().leakyRelu(linear(name + "/before" + layer, x), LEAK);
        }
        x = recurrent(name + "/gru", x);
        for (int layer = 0; graph.hasVariable(name + "/after" + layer + "/weight"); layer++) {
            x = graph.nn().leakyRelu(linear(name + "/after" + layer, x), LEAK);
        }
        if (graph.hasVariable(name + "/q/weight")) {
            return linear(name + "/q", x);
        }
        SDVariable advantage = linear(name + "/advantage", x);
        return advantage.sub(advantage.mean(true, 1)).add(linear(name + "/v", x));
    }

    private SDVariable recurrent(String name, SDVariable x) {
        SDVariable projected = affine(x, name + "/inputWeight", name + "/inputBias");
        int width = (int) graph.getVariable(name + "/weight").getArr().size(0);
        SDVariable old = graph.constant(Nd4j.zeros(DataType.FLOAT, windows, width));
        SDVariable[] hidden = new SDVariable[steps + 1];
        for (int s = 0; s <= steps; s++) {
            int at = s * windows;
            SDVariable a = affine(old, name + "/weight", name + "/bias");
            SDVariable gates = graph.nn()
                    .sigmoid(block(projected, at, windows, 0, 2 * width).add(block(a, 0, windows, 0, 2 * width)));
            SDVariable r = block(gates, 0, windows, 0, width);
            SDVariable z = block(gates, 0, windows, width, width);
            SDVariable u = block(a, 0, windows, 2 * width, width);
            SDVariable g = graph.math()
                    .tanh(block(projected, at, windows, 2 * width, width).add(r.mul(u)));
            old = g.add(z.mul(old.sub(g)));
            hidden[s] = old;
        }
        return graph.concat(0, hidden);
    }

    /** Q_tot of the one-hot choices at the positions from {@code first} on; references are choices, too. */
    private SDVariable mix(
            String prefix,
            List<SDVariable> utilities,
            int first,
            List<SDVariable> choices,
            List<SDVariable> references,
            SDVariable x) {
        SDVariable q = picked(utilities, first, choices);
        return switch (mixer) {
            case "vdn" -> q.sum(true, 1);
            case "qmix" -> qmix(prefix, q, x);
            default -> qplex(prefix, q, picked(utilities, first, references), choices, x);
        };
    }

    private SDVariable picked(List<SDVariable> utilities, int first, List<SDVariable> choices) {
        SDVariable[] q = new SDVariable[agents];
        for (int i = 0; i < agents; i++) {
            q[i] = block(utilities.get(i), first, rows, 0, (int) actions(i))
                    .mul(choices.get(i))
                    .sum(true, 1);
        }
        return graph.concat(1, q);
    }

    private SDVariable qmix(String prefix, SDVariable q, SDVariable x) {
        SDVariable w1 = graph.math().abs(twoLayers(prefix + "qmix/hyper1", x));
        SDVariable hidden = linear(prefix + "qmix/bias1", x);
        int e = (int) value("qmix/bias1/weight").size(1);
        for (int i = 0; i < agents; i++) {
            hidden = hidden.add(block(w1, 0, rows, i * e, e).mul(block(q, 0, rows, i, 1)));
        }
        SDVariable wf = graph.math().abs(twoLayers(prefix + "qmix/hyperF", x));
        return graph.nn().elu(hidden).mul(wf).sum(true, 1).add(twoLayers(prefix + "qmix/value", x));
    }

    private SDVariable qplex(String prefix, SDVariable q, SDVariable v, List<SDVariable> choices, SDVariable x) {
        SDVariable[] inputsOfActions = new SDVariable[agents + 1];
        inputsOfActions[0] = x;
        for (int i = 0; i < agents; i++) {
            inputsOfActions[i + 1] = choices.get(i);
        }
        SDVariable xa = graph.concat(1, inputsOfActions);
        SDVariable w = graph.math().abs(twoLayers(prefix + "qplex/weight", x)).add(TINY);
        SDVariable lambda = graph.constant(Nd4j.zeros(DataType.FLOAT, rows, agents));
        for (int k = 0; graph.hasVariable("qplex/head" + k + "/key/0/weight"); k++) {
            String head = prefix + "qplex/head" + k;
            SDVariable key = graph.math().abs(twoLayers(head + "/key", x)).add(TINY);
            SDVariable agent = graph.nn().sigmoid(twoLayers(head + "/agent", x));
            SDVariable act = graph.nn().sigmoid(twoLayers(head + "/act", xa));
            lambda = lambda.add(agent.mul(act).mul(key));
        }
        SDVariable advantage = q.sub(v).mul(w);
        if (prefix.isEmpty()) {
            advantage.rename("advantage");
            constants.add("advantage");
            advantage = graph.placeHolder("stopped", DataType.FLOAT, rows, agents);
        }
        SDVariable bias = twoLayers(prefix + "qplex/bias", x);
        return q.mul(w).add(bias).add(lambda.sub(1.0).mul(advantage)).sum(true, 1);
    }

    private SDVariable twoLayers(String name, SDVariable x) {
        return linear(name + "/1", graph.nn().relu(linear(name + "/0", x), 0));
    }

    private SDVariable linear(String name, SDVariable x) {
        return affine(x, name + "/weight", name + "/bias");
    }

    private SDVariable affine(SDVariable x, String weight, String bias) {
        return graph.nn().biasAdd(x.mmul(graph.getVariable(weight)), graph.getVariable(bias), false);
    }

    private SDVariable block(SDVariable x, int row, int count, int column, int columns) {
        return graph.slice(x, new int[] {row, column}, count, columns);
    }

    private INDArray value(String name) {
        return requireNonNull(online.get(name), name);
    }
}
