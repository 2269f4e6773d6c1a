package dev.macenv.avf.mixer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A mixer behind a compressed state keeps what it keeps without: here QPLEX, which reads everything that there is. */
final class EncodedStateTest extends MixerContract {
    private static final Qplex.Settings SETTINGS = new Qplex.Settings(3, 2, 1, 2, Qplex.Adv.COND_MAX, false);

    @Override
    protected Mixer newMixer(MixerShape shape, Parameters parameters, RandomGenerator init) {
        return EncodedState.create(shape, 4, new Qplex.Provider(), SETTINGS, parameters, init);
    }

    /** The same mixer, told the compressed state, says the same. */
    @Test
    void isTheMixerOfTheCompressedState() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        Mixer encoded = newMixer(new MixerShape(List.of(2, 2), 6), parameters, new SplittableRandom(1));
        Parameters inner = new Parameters(parameters.engine());
        Mixer plain =
                new Qplex.Provider().create(new MixerShape(List.of(2, 2), 4), SETTINGS, inner, new SplittableRandom(2));
        int encoder = parameters.size() - inner.size();
        for (int i = 0; i < inner.size(); i++) {
            inner.values().set(0, i, parameters.values().get(0, encoder + i));
        }
        Tape tape = Tape.evaluating(parameters.engine());
        SplittableRandom random = new SplittableRandom(3);
        Node q = random(tape, 5, 2, random);
        Node v = random(tape, 5, 2, random);
        Node x = random(tape, 5, 6, random);
        Node a = random(tape, 5, 4, random);
        Node compressed = tape.constant(5, 4);
        Matrix weight = parameters.get("stateEncoder/weight").value();
        Matrix bias = parameters.get("stateEncoder/bias").value();
        for (int r = 0; r < 5; r++) {
            for (int c = 0; c < 4; c++) {
                double sum = bias.get(0, c);
                for (int j = 0; j < 6; j++) {
                    sum += x.value().get(r, j) * weight.get(j, c);
                }
                compressed.value().set(r, c, Math.max(0, sum));
            }
        }
        Node expected = plain.mix(tape, new MixerInput(q, v, compressed, a));
        Node found = encoded.mix(tape, new MixerInput(q, v, x, a));
        for (int r = 0; r < 5; r++) {
            assertThat(found.value().get(r, 0)).isEqualTo(expected.value().get(r, 0));
        }
        assertThat(encoded.references()).isEqualTo(plain.references());
    }

    private static Node random(Tape tape, int rows, int columns, RandomGenerator random) {
        Node node = tape.constant(rows, columns);
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                node.value().set(r, c, random.nextGaussian());
            }
        }
        return node;
    }
}
