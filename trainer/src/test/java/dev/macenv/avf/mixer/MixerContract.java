package dev.macenv.avf.mixer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.GradientCheck;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import dev.macenv.avf.nn.Toy;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * What a learner relies on in every mixer. Extend it for a mixer of your own; the constructor of the subclass takes nothing.
 *
 * <p>It is for mixers whose gradients are those of their value: one that stops gradients on purpose needs a surrogate in its gradient check.
 */
public abstract class MixerContract {
    private static final MixerShape SHAPE = new MixerShape(List.of(2, 3), 4);
    private static final int ROWS = 6;

    /** A mixer with parameters drawn from {@code init}. */
    protected abstract Mixer newMixer(MixerShape shape, Parameters parameters, RandomGenerator init);

    @Test
    final void gradientsAgreeWithDifferences() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        RandomGenerator random = new SplittableRandom(1);
        Mixer mixer = newMixer(SHAPE, parameters, random);
        Rows rows = new Rows(parameters, random);
        GradientCheck.check(parameters, tape -> Toy.scalar(tape, mixer.mix(tape, rows.input(tape, 0, ROWS))));
    }

    @Test
    final void everyRowIsMixedByItself() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        RandomGenerator random = new SplittableRandom(2);
        Mixer mixer = newMixer(SHAPE, parameters, random);
        Rows rows = new Rows(parameters, random);
        Tape tape = Tape.evaluating(parameters.engine());
        Node all = mixer.mix(tape, rows.input(tape, 0, ROWS));
        assertThat(all.rows()).isEqualTo(ROWS);
        assertThat(all.columns()).isEqualTo(1);
        for (int r = 0; r < ROWS; r++) {
            Node alone = mixer.mix(tape, rows.input(tape, r, 1));
            assertThat(alone.value().get(0, 0)).isCloseTo(all.value().get(r, 0), within(1e-12));
        }
    }

    @Test
    final void agentsMayChooseForThemselves() {
        assertThat(MacIgm.of((parameters, random) -> newMixer(MacIgm.SHAPE, parameters, random)))
                .isEqualTo(new MacIgm.Violations(0, 0));
    }

    @Test
    final void sameSeedSameMixer() {
        Parameters one = new Parameters(EngineType.VECTOR.create());
        Parameters other = new Parameters(EngineType.VECTOR.create());
        newMixer(SHAPE, one, new SplittableRandom(3));
        newMixer(SHAPE, other, new SplittableRandom(3));
        assertThat(other.list().stream().map(Parameter::name))
                .isEqualTo(one.list().stream().map(Parameter::name).toList());
        for (int i = 0; i < one.size(); i++) {
            assertThat(other.values().get(0, i)).isEqualTo(one.values().get(0, i));
        }
    }

    /** Random rows; utilities and references are parameters, so that their gradients are checked too. */
    private static final class Rows {
        private final Engine engine;
        private final Parameter q;
        private final Parameter v;
        private final Matrix state;
        private final Matrix actions;

        Rows(Parameters parameters, RandomGenerator random) {
            engine = parameters.engine();
            q = parameters.add("q", ROWS, SHAPE.agents(), 1, random);
            v = parameters.add("v", ROWS, SHAPE.agents(), 1, random);
            state = Toy.random(parameters, ROWS, SHAPE.stateSize(), random);
            actions = engine.matrix(ROWS, SHAPE.jointActionSize());
            for (int r = 0; r < ROWS; r++) {
                actions.set(r, random.nextInt(2), 1);
                actions.set(r, 2 + random.nextInt(3), 1);
            }
        }

        MixerInput input(Tape tape, int first, int count) {
            int[] rows = new int[count];
            for (int k = 0; k < count; k++) {
                rows[k] = first + k;
            }
            return new MixerInput(
                    tape.gatherRows(tape.parameter(q), rows, count),
                    tape.gatherRows(tape.parameter(v), rows, count),
                    tape.constant(state.rowsFrom(first, count)),
                    tape.constant(actions.rowsFrom(first, count)));
        }
    }
}
