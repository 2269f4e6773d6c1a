package dev.macenv.examples.newmixer;

import dev.macenv.avf.mixer.Mixer;
import dev.macenv.avf.mixer.MixerInput;
import dev.macenv.avf.mixer.MixerProvider;
import dev.macenv.avf.mixer.MixerShape;
import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Mlp;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.random.RandomGenerator;

/**
 * A sum of utilities, weighted by the state: {@code Q_tot = sum_i |w_i(x)| q_i + c(x)}.
 *
 * <p>The weights are not negative, so Q_tot does not fall when a q_i rises, and every agent's own greedy choice is the team's.
 */
public final class WeightedSum implements Mixer {
    private final Mlp weights;
    private final Mlp constant;

    WeightedSum(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
        int x = shape.stateSize();
        weights = new Mlp("weightedSum/weights", x, settings.embed(), shape.agents(), 2, parameters, init);
        constant = new Mlp("weightedSum/constant", x, settings.embed(), 1, 2, parameters, init);
    }

    @Override
    public Node mix(Tape tape, MixerInput in) {
        Node w = tape.abs(weights.forward(tape, in.state())); // [N, n]
        Node c = constant.forward(tape, in.state()); // [N, 1]
        return tape.add(tape.rowDot(w, in.utilities()), c); // [N, 1]
    }

    /**
     * The section {@code mixer} of a configuration, apart from {@code name} and {@code state}.
     *
     * @param embed width of the hidden layers
     */
    public record Settings(int embed) {
        public Settings {
            new InvalidSettings.Check().atLeast("embed", embed, 1).done();
        }
    }

    /** Offers the mixer as {@code weighted-sum}. */
    public static final class Provider implements MixerProvider<Settings> {
        @Override
        public String name() {
            return "weighted-sum";
        }

        @Override
        public Class<Settings> settingsType() {
            return Settings.class;
        }

        @Override
        public Mixer create(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
            return new WeightedSum(shape, settings, parameters, init);
        }
    }
}
