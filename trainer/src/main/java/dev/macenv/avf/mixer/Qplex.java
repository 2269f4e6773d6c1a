package dev.macenv.avf.mixer;

import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Mlp;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Duplex dueling mixing (Wang et al. 2021), in the form that stays consistent while agents are in the middle of macro-actions.
 *
 * <p>With q_i the utility in force, v_i its reference, x the state and a the joint one-hot:
 *
 * <pre>
 *   w = |weight(x)| + 1e-10,   b = bias(x)                                     [n] each
 *   Qt_i = w_i q_i + b_i,   Vt_i = w_i v_i + b_i,   At_i = Qt_i - Vt_i = w_i (q_i - v_i)
 *   lambda_i = sum_k (|key_k(x)| + 1e-10) sigmoid(agent_k(x))_i sigmoid(act_k(x, a))_i   &gt; 0
 *   Q_tot = sum_i Vt_i + sum_i lambda_i At_i = sum_i Qt_i + sum_i (lambda_i - 1) At_i
 * </pre>
 *
 * The last form is the one computed. With {@code stopGrad} no gradient passes the At_i in its second sum, as in the original code: then
 * {@code dQ_tot/dq_i = w_i}, {@code dQ_tot/dv_i = 0} and {@code dQ_tot/dlambda_i = At_i}.
 *
 * <p>Why v_i matters. The joint greedy choice agrees with the agents' own (Mac-IGM) if every At_i is at most 0 and is 0 at the agent's greedy
 * macro-action: then Q_tot reaches its bound sum Vt_i exactly there, whatever the positive lambda. An ongoing agent cannot choose; its only admissible
 * macro-action is the one in force, so its v_i must be its q_i. That is {@link Adv#COND_MAX}. With the original's maximum over all its macro-actions
 * ({@link Adv#FULL_MAX}) its At_j is a negative constant, multiplied by a lambda_j that the free agents' choice changes, and the agreement is lost;
 * likewise with free-sign advantages ({@link Adv#FREE}), the AVF paper's literal wording.
 */
public final class Qplex implements Mixer {
    private static final double TINY = 1e-10;

    /** Where the references v_i come from, and what the attention weights see. */
    public enum Adv {
        /** Maximum over what the agent could choose; the default of this project, consistent for any parameters. */
        COND_MAX,
        /** Maximum over all macro-actions: the original QPLEX; inconsistent while an agent is ongoing. */
        FULL_MAX,
        /** The value head, advantages of any sign: the AVF paper's wording; inconsistent. */
        FREE,
        /** The value head, and lambda_i(x) that does not see the macro-actions: consistent, but a state-weighted sum only. */
        STATE_LAMBDA
    }

    private final Settings settings;
    private final Mlp weight;
    private final Mlp bias;
    private final List<Head> heads = new ArrayList<>();

    Qplex(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
        this.settings = settings;
        int n = shape.agents();
        int x = shape.stateSize();
        weight = new Mlp("qplex/weight", x, settings.hypernetEmbed(), n, 2, parameters, init);
        bias = new Mlp("qplex/bias", x, settings.hypernetEmbed(), n, 2, parameters, init);
        for (int k = 0; k < settings.heads(); k++) {
            heads.add(new Head("qplex/head" + k, shape, settings, parameters, init));
        }
    }

    /** One attention head: key_k, agent_k and, unless lambda sees the state only, act_k. */
    private static final class Head {
        private final Mlp key;
        private final Mlp agent;
        private final List<Mlp> act = new ArrayList<>(1);

        Head(String name, MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
            int n = shape.agents();
            int x = shape.stateSize();
            int width = settings.attentionEmbed();
            int layers = settings.attentionLayers();
            key = new Mlp(name + "/key", x, width, 1, layers, parameters, init);
            agent = new Mlp(name + "/agent", x, width, n, layers, parameters, init);
            if (settings.adv() != Adv.STATE_LAMBDA) {
                act.add(new Mlp(name + "/act", x + shape.jointActionSize(), width, n, layers, parameters, init));
            }
        }

        /** {@code (|key| + 1e-10) sigmoid(agent) sigmoid(act)}, {@code [N, n]}. */
        Node lambda(Tape tape, Node x, Node xa) {
            Node attention = tape.sigmoid(agent.forward(tape, x));
            for (Mlp net : act) {
                attention = tape.multiply(attention, tape.sigmoid(net.forward(tape, xa)));
            }
            return tape.multiply(attention, tape.plus(tape.abs(key.forward(tape, x)), TINY));
        }
    }

    @Override
    public References references() {
        return switch (settings.adv()) {
            case COND_MAX -> References.CONDITIONAL_MAX;
            case FULL_MAX -> References.FULL_MAX;
            case FREE, STATE_LAMBDA -> References.VALUE_HEAD;
        };
    }

    @Override
    public Node mix(Tape tape, MixerInput in) {
        Node w = weights(tape, in);
        Node b = biases(tape, in);
        Node lambda = attention(tape, in);
        return combine(tape, in.utilities(), in.references(), w, b, lambda, settings.stopGrad());
    }

    /** w {@code [N, n]}, above 0. */
    Node weights(Tape tape, MixerInput in) {
        return tape.plus(tape.abs(weight.forward(tape, in.state())), TINY);
    }

    /** b {@code [N, n]}. */
    Node biases(Tape tape, MixerInput in) {
        return bias.forward(tape, in.state());
    }

    /** lambda {@code [N, n]}, above 0. */
    Node attention(Tape tape, MixerInput in) {
        Node x = in.state();
        Node xa = settings.adv() == Adv.STATE_LAMBDA ? x : tape.join(x, in.actions());
        Node lambda = heads.get(0).lambda(tape, x, xa);
        for (Head head : heads.subList(1, heads.size())) {
            lambda = tape.add(lambda, head.lambda(tape, x, xa));
        }
        return lambda;
    }

    /** {@code sum_i Qt_i + sum_i (lambda_i - 1) At_i}; all {@code [N, n]}. */
    static Node combine(Tape tape, Node q, Node v, Node w, Node b, Node lambda, boolean stopGrad) {
        Node qt = tape.add(tape.multiply(q, w), b);
        Node at = tape.multiply(tape.subtract(q, v), w);
        Node advantage = stopGrad ? tape.detach(at) : at;
        return tape.add(tape.sumColumns(qt), tape.rowDot(tape.plus(lambda, -1), advantage));
    }

    /**
     * Sizes and switches.
     *
     * @param hypernetEmbed H, hidden width of the nets for w and b
     * @param attentionEmbed hidden width of the attention nets
     * @param attentionLayers linear layers of each attention net
     * @param heads K, number of attention heads
     * @param adv where the references come from
     * @param stopGrad whether the advantages in the second sum pass no gradient
     */
    public record Settings(
            int hypernetEmbed, int attentionEmbed, int attentionLayers, int heads, Adv adv, boolean stopGrad) {
        public Settings {
            new InvalidSettings.Check()
                    .atLeast("hypernetEmbed", hypernetEmbed, 1)
                    .atLeast("attentionEmbed", attentionEmbed, 1)
                    .atLeast("attentionLayers", attentionLayers, 1)
                    .atLeast("heads", heads, 1)
                    .done();
        }
    }

    /** The mixer {@code qplex}. */
    public static final class Provider implements MixerProvider<Settings> {
        @Override
        public String name() {
            return "qplex";
        }

        @Override
        public Class<Settings> settingsType() {
            return Settings.class;
        }

        @Override
        public Mixer create(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
            return new Qplex(shape, settings, parameters, init);
        }
    }
}
