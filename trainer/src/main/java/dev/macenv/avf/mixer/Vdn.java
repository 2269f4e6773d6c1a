package dev.macenv.avf.mixer;

import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.random.RandomGenerator;

/** Value decomposition (Sunehag et al. 2018): {@code Q_tot = sum_i q_i}. No state, no parameters. */
public final class Vdn implements Mixer {
    @Override
    public Node mix(Tape tape, MixerInput in) {
        return tape.sumColumns(in.utilities());
    }

    /** There is nothing to set. */
    public record Settings() {}

    /** The mixer {@code vdn}. */
    public static final class Provider implements MixerProvider<Settings> {
        @Override
        public String name() {
            return "vdn";
        }

        @Override
        public Class<Settings> settingsType() {
            return Settings.class;
        }

        @Override
        public Mixer create(MixerShape shape, Settings settings, Parameters parameters, RandomGenerator init) {
            return new Vdn();
        }
    }
}
