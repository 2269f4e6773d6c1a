package dev.macenv.avf.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TapeTest {
    @ParameterizedTest
    @EnumSource(EngineType.class)
    void aTapeThatIsReusedGivesTheSameBitsAsANewOne(EngineType type) {
        Network shared = new Network(type);
        Network fresh = new Network(type);
        // shapes grow, shrink and grow again
        for (int[] lengths : new int[][] {{3, 1}, {5, 5, 2, 1}, {1}, {6, 2, 2}}) {
            fresh.tape = Tape.differentiating(fresh.parameters.engine());
            assertThat(shared.update(lengths)).isEqualTo(fresh.update(lengths));
            assertThat(shared.update(lengths)).as("once more").isEqualTo(fresh.update(lengths));
        }
    }

    /** A network with a tape; an update returns the loss and all gradients. */
    private static final class Network {
        private final Parameters parameters;
        private final AgentNetwork network;
        private Tape tape;

        Network(EngineType type) {
            parameters = new Parameters(type.create());
            NetworkSettings settings = new NetworkSettings(
                    List.of(9), 8, List.of(7), Dueling.MEAN, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);
            network = new AgentNetwork("agent", 4, 3, settings, parameters, new SplittableRandom(1));
            tape = Tape.differentiating(parameters.engine());
        }

        double[] update(int[] lengths) {
            tape.reset();
            parameters.zeroGradients();
            PackedSequences sequences = PackedSequences.ofLengths(lengths);
            Matrix observations = Toy.random(parameters, sequences.rows(), 4, new SplittableRandom(sequences.rows()));
            Node loss = Toy.scalar(
                    tape,
                    network.forward(tape, tape.constant(observations), sequences)
                            .q());
            tape.backward(loss);
            double[] result = new double[parameters.size() + 1];
            for (int i = 0; i < parameters.size(); i++) {
                result[i] = parameters.gradients().get(0, i);
            }
            result[parameters.size()] = loss.value().get(0, 0);
            return result;
        }
    }

    @Test
    void gradientsAreKeptOnlyWhereTheyAreNeeded() {
        Parameters parameters = new Parameters(EngineType.REFERENCE.create());
        Parameter w = parameters.add("w", 1, 1, 1, new SplittableRandom(1));
        Matrix one = Toy.matrix(parameters, 1, 1, 1);
        Tape tape = Tape.differentiating(parameters.engine());
        Node x = tape.constant(one);
        Node variable = tape.variable(one);
        Node y = tape.multiply(tape.add(x, variable), tape.parameter(w));
        tape.backward(tape.sumColumns(y));
        assertThat(variable.gradient().get(0, 0)).isEqualTo(w.value().get(0, 0));
        assertThat(w.gradient().get(0, 0)).isEqualTo(2);
        assertThatThrownBy(x::gradient).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> tape.backward(x))
                .hasMessageContaining("expected: a result that depends on a parameter");
    }

    @Test
    void anEvaluatingTapeComputesTheSameValuesAndNothingElse() {
        Parameters parameters = new Parameters(EngineType.VECTOR.create());
        Linear layer = new Linear("l", 3, 4, Activation.ELU, Initialization.TORCH, parameters, new SplittableRandom(1));
        Matrix x = Toy.random(parameters, 5, 3, new SplittableRandom(2));
        Tape evaluating = Tape.evaluating(parameters.engine());
        Tape differentiating = Tape.differentiating(parameters.engine());
        Node value = Toy.scalar(evaluating, layer.forward(evaluating, evaluating.constant(x)));
        Node same = Toy.scalar(differentiating, layer.forward(differentiating, differentiating.constant(x)));
        assertThat(value.value().get(0, 0)).isEqualTo(same.value().get(0, 0));
        assertThatThrownBy(() -> evaluating.backward(value)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        Parameters parameters = new Parameters(EngineType.VECTOR.create());
        Tape tape = Tape.evaluating(parameters.engine());
        Node a = tape.constant(3, 4);
        assertThatThrownBy(() -> tape.add(a, tape.constant(3, 2)))
                .hasMessage("b: Matrix[3 x 2] (expected: the shape of a, Matrix[3 x 4], or a column of as many rows)");
        assertThatThrownBy(() -> tape.linear(a, tape.constant(3, 4), tape.constant(1, 4), Activation.RELU))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> tape.backward(a)).hasMessageContaining("expected: 1 x 1");
        assertThatThrownBy(() -> PackedSequences.ofLengths(1, 2))
                .hasMessage("lengths[1]: 2 (expected: at least 1, longest sequence first)");
        assertThatThrownBy(() -> PackedSequences.ofCounts(2, 0)).hasMessageContaining("counts[1]: 0");
    }

    @Test
    void packedSequencesLieStepByStep() {
        PackedSequences sequences = PackedSequences.ofLengths(3, 2, 2);
        assertThat(sequences.steps()).isEqualTo(3);
        assertThat(sequences.sequences()).isEqualTo(3);
        assertThat(sequences.rows()).isEqualTo(7);
        assertThat(sequences.row(1, 2)).isEqualTo(5);
        assertThat(sequences.row(2, 0)).isEqualTo(6);
        assertThat(PackedSequences.ofCounts(3, 3, 1).row(2, 0)).isEqualTo(6);
        PackedSequences first = PackedSequences.ofCounts(new int[] {3, 2, 1, 0}, 2);
        assertThat(first.rows()).isEqualTo(5);
        assertThat(first.row(1, 1)).isEqualTo(4);
        assertThatThrownBy(() -> sequences.row(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(PackedSequences.ofLengths().rows()).isZero();
    }
}
