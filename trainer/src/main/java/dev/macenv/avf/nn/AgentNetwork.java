package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An agent's recurrent utility network: macro-observations in, one utility per macro-action out, a hidden state that stands for the macro-history.
 *
 * <p>Parameters are added in the order of the forward pass: {@code before0..}, {@code gru}, {@code after0..}, then {@code q}, or {@code v} and
 * {@code advantage} of a dueling head. With {@link NetworkSettings.Start#XAVIER} hidden layers start with Glorot's gain for their activation and heads
 * with gain 1; the recurrent layer starts as {@link Gru} says.
 */
public final class AgentNetwork {
    private final Engine engine;
    private final int observationSize;
    private final int actions;
    private final int hiddenSize;
    private final Dueling dueling;
    private final List<Linear> before = new ArrayList<>();
    private final List<Gru> recurrent = new ArrayList<>(1);
    private final List<Linear> after = new ArrayList<>();
    private final List<Linear> head = new ArrayList<>(2);

    // without a tape
    private final List<Matrix> layerOutputs = new ArrayList<>();
    private final Matrix rowValue;
    private int[] argmax = {};

    /**
     * @param name prefix of the parameters' names, such as {@code agent0}
     * @param observationSize O, length of a macro-observation
     * @param actions A, number of macro-actions
     */
    public AgentNetwork(
            String name,
            int observationSize,
            int actions,
            NetworkSettings settings,
            Parameters parameters,
            RandomGenerator init) {
        engine = parameters.engine();
        this.observationSize = observationSize;
        this.actions = actions;
        hiddenSize = settings.recurrent();
        dueling = settings.dueling();
        int width = addLayers(before, name + "/before", observationSize, settings.before(), settings, parameters, init);
        if (hiddenSize > 0) {
            recurrent.add(new Gru(name + "/gru", width, hiddenSize, parameters, init));
            width = hiddenSize;
        }
        width = addLayers(after, name + "/after", width, settings.after(), settings, parameters, init);
        if (dueling == Dueling.NONE) {
            head.add(output(name + "/q", width, actions, settings, parameters, init));
        } else {
            head.add(output(name + "/v", width, 1, settings, parameters, init));
            head.add(output(name + "/advantage", width, actions, settings, parameters, init));
        }
        for (int i = 0; i < before.size() + after.size() + head.size(); i++) {
            layerOutputs.add(engine.matrix(0, 0));
        }
        rowValue = engine.matrix(0, 0);
    }

    public int observationSize() {
        return observationSize;
    }

    /** Number of macro-actions. */
    public int actions() {
        return actions;
    }

    /** Width of the hidden state; 0 without a recurrent layer. */
    public int hiddenSize() {
        return hiddenSize;
    }

    /**
     * Utilities at every decision of packed sequences, each sequence from a hidden state of zeros.
     *
     * @param observations {@code [M, O]}
     */
    public AgentUtilities forward(Tape tape, Node observations, PackedSequences sequences) {
        return forward(tape, observations, sequences, null);
    }

    /**
     * The same from other hidden states than zeros, such as {@link #histories} leaves.
     *
     * @param initial {@code [sequences, H]} by rank, constants; null for zeros
     */
    public AgentUtilities forward(Tape tape, Node observations, PackedSequences sequences, @Nullable Matrix initial) {
        Node x = histories(tape, observations, sequences, initial);
        for (Linear layer : after) {
            x = layer.forward(tape, x);
        }
        if (dueling == Dueling.NONE) {
            return new AgentUtilities(head.get(0).forward(tape, x), null);
        }
        Node v = head.get(0).forward(tape, x);
        Node advantage = head.get(1).forward(tape, x);
        Node q = switch (dueling) {
            case RAW, NONE -> tape.add(advantage, v);
            case MEAN -> tape.add(tape.subtract(advantage, tape.meanColumns(advantage)), v);
            case MAX -> tape.add(tape.subtract(advantage, tape.maxColumns(advantage)), v);
        };
        return new AgentUtilities(q, v);
    }

    /**
     * The hidden states {@code [M, H]} after every decision of packed sequences, each from a hidden state of zeros; without a
     * recurrent layer, what the layers before it would have been.
     */
    public Node histories(Tape tape, Node observations, PackedSequences sequences) {
        return histories(tape, observations, sequences, null);
    }

    private Node histories(Tape tape, Node observations, PackedSequences sequences, @Nullable Matrix initial) {
        Node x = observations;
        for (Linear layer : before) {
            x = layer.forward(tape, x);
        }
        for (Gru gru : recurrent) {
            x = gru.forward(tape, x, sequences, initial);
        }
        return x;
    }

    /**
     * One decision each of b independent histories, without a tape.
     *
     * @param observations {@code [b, O]}
     * @param hidden {@code [b, H]} the hidden states, advanced in place; zeros for a new (or memoryless) history
     * @param q {@code [b, A]} out
     */
    public void act(Matrix observations, Matrix hidden, Matrix q) {
        Matrix x = observations;
        int layer = 0;
        for (Linear linear : before) {
            x = compute(linear, x, layer++);
        }
        for (Gru gru : recurrent) {
            gru.advance(engine, x, hidden);
            x = hidden;
        }
        for (Linear linear : after) {
            x = compute(linear, x, layer++);
        }
        if (dueling == Dueling.NONE) {
            engine.copy(compute(head.get(0), x, layer), q);
            return;
        }
        Matrix v = compute(head.get(0), x, layer++);
        Matrix advantage = compute(head.get(1), x, layer);
        engine.copy(advantage, q);
        subtractReference(advantage, q);
        engine.addScaledColumn(1, v, q);
    }

    /** The network as it is now, as plain numbers. */
    public NetworkDescription describe() {
        List<NetworkDescription.Layer> layers = new ArrayList<>();
        before.forEach(layer -> layers.add(layer.describe()));
        recurrent.forEach(layer -> layers.add(layer.describe()));
        after.forEach(layer -> layers.add(layer.describe()));
        layers.add(
                dueling == Dueling.NONE
                        ? head.get(0).describe()
                        : new NetworkDescription.Head(
                                "q", head.get(0).describe(), head.get(1).describe(), dueling));
        return new NetworkDescription(observationSize, actions, layers);
    }

    private void subtractReference(Matrix advantage, Matrix q) {
        rowValue.resize(q.rows(), 1);
        if (dueling == Dueling.MEAN) {
            engine.rowSums(1.0 / actions, advantage, rowValue, false);
            engine.addScaledColumn(-1, rowValue, q);
        } else if (dueling == Dueling.MAX) {
            if (argmax.length < q.rows()) {
                argmax = new int[q.rows()];
            }
            engine.rowMax(advantage, rowValue, argmax);
            engine.addScaledColumn(-1, rowValue, q);
        }
    }

    private Matrix compute(Linear linear, Matrix x, int layer) {
        Matrix y = layerOutputs.get(layer);
        linear.compute(engine, x, y);
        return y;
    }

    private static int addLayers(
            List<Linear> layers,
            String name,
            int in,
            List<Integer> widths,
            NetworkSettings settings,
            Parameters parameters,
            RandomGenerator init) {
        int width = in;
        for (int next : widths) {
            String layer = name + layers.size();
            layers.add(new Linear(layer, width, next, settings.activation(), settings.hiddenStart(), parameters, init));
            width = next;
        }
        return width;
    }

    private static Linear output(
            String name, int in, int out, NetworkSettings settings, Parameters parameters, RandomGenerator init) {
        return new Linear(name, in, out, Activation.IDENTITY, settings.headStart(), parameters, init);
    }
}
