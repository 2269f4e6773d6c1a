package dev.macenv.avf.mixer;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.nn.Initialization;
import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Linear;
import dev.macenv.avf.nn.Mlp;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.random.RandomGenerator;

/**
 * Monotonic mixing (Rashid et al. 2018): a two-layer network over the utilities q whose weights come from hypernetworks of the state x.
 *
 * <pre>
 *   W1  = |hyper1(x)|  [n, E]        hid   = ELU(q W1 + b1),   b1 = Lin(x)
 *   wf  = |hyperF(x)|  [E]           Q_tot = hid . wf + v,     v  = Lin(ReLU(Lin(x)))
 * </pre>
 *
 * The weights are non-negative, so Q_tot does not fall when any q_i rises; the joint greedy choice is then every agent's own. Biases are free. The
 * hidden layer must be ELU: with ReLU it is dead while all q are negative, as they are at first where steps cost.
 */
public final class Qmix implements Mixer {
    private final Mlp hyper1;
    private final Linear bias1;
    private final Mlp hyperF;
    private final Mlp value;

    Qmix(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
        int n = shape.agents();
        int x = shape.stateSize();
        int e = settings.embed();
        int h = settings.hypernetEmbed();
        hyper1 = new Mlp("qmix/hyper1", x, h, n * e, settings.hypernetLayers(), parameters, init);
        bias1 = new Linear("qmix/bias1", x, e, Activation.IDENTITY, Initialization.TORCH, parameters, init);
        hyperF = new Mlp("qmix/hyperF", x, h, e, settings.hypernetLayers(), parameters, init);
        value = new Mlp("qmix/value", x, e, 1, 2, parameters, init);
    }

    @Override
    public Node mix(Tape tape, MixerInput in) {
        Node q = in.utilities();
        Node x = in.state();
        Node w1 = tape.abs(hyper1.forward(tape, x));
        Node b1 = bias1.forward(tape, x);
        Node wf = tape.abs(hyperF.forward(tape, x));
        Node v = value.forward(tape, x);
        return combine(tape, q, w1, b1, wf, v);
    }

    /** {@code ELU(q W1 + b1) . wf + v}, row by row: q {@code [N, n]}, W1 {@code [N, n E]} agent by agent, b1 and wf {@code [N, E]}, v {@code [N, 1]}. */
    static Node combine(Tape tape, Node q, Node w1, Node b1, Node wf, Node v) {
        Node hid = tape.elu(tape.add(tape.rowTimesMatrix(q, w1), b1));
        return tape.add(tape.rowDot(hid, wf), v);
    }

    /**
     * The sizes.
     *
     * @param embed E, width of the mixing layer
     * @param hypernetEmbed H, width of the hypernetworks' hidden layers
     * @param hypernetLayers linear layers of the two weight hypernetworks
     */
    public record Settings(int embed, int hypernetEmbed, int hypernetLayers) {
        public Settings {
            new InvalidSettings.Check()
                    .atLeast("embed", embed, 1)
                    .atLeast("hypernetEmbed", hypernetEmbed, 1)
                    .atLeast("hypernetLayers", hypernetLayers, 1)
                    .done();
        }
    }

    /** The mixer {@code qmix}. */
    public static final class Provider implements MixerProvider<Settings> {
        @Override
        public String name() {
            return "qmix";
        }

        @Override
        public Class<Settings> settingsType() {
            return Settings.class;
        }

        @Override
        public Mixer create(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
            return new Qmix(shape, settings, parameters, init);
        }
    }
}
