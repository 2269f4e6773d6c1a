package dev.macenv.avf.mixer;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.nn.Adam;
import dev.macenv.avf.nn.Node;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import dev.macenv.avf.nn.Tape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * The one-step game of two agents with three actions each that tells mixers apart: the best joint action (A, A) is surrounded by penalties. One constant
 * state, tabular utilities, uniform data over the nine joint actions.
 */
final class MatrixGame {
    static final double[] PAYOFF = {8, -12, -12, -12, 0, 0, -12, 0, 0};
    static final MixerShape SHAPE = new MixerShape(List.of(3, 3), 1);
    private static final int CELLS = 9;

    /** The joint actions, row by row of the payoff. */
    private static final int[] FIRST = {0, 0, 0, 1, 1, 1, 2, 2, 2};

    private static final int[] SECOND = {0, 1, 2, 0, 1, 2, 0, 1, 2};

    private final Parameters parameters;
    private final Mixer mixer;
    private final Parameter first;
    private final Parameter second;
    private final Parameter values;
    private final Tape tape;
    private final Adam adam;
    private final Matrix state;
    private final Matrix actions;
    private final Matrix weights;
    private final Matrix targets;
    private boolean utilitiesFrozen;

    /** Utilities start uniform in [-scale, scale). */
    MatrixGame(String name, Record settings, double scale, double learningRate, long seed) {
        RandomGenerator init = new SplittableRandom(seed);
        parameters = new Parameters(EngineType.VECTOR.create());
        mixer = MixerProvider.named(name).createFrom(SHAPE, settings, parameters, init);
        first = parameters.add("first", 1, 3, scale, init);
        second = parameters.add("second", 1, 3, scale, init);
        values = parameters.add("values", 1, 2, scale, init);
        tape = Tape.differentiating(parameters.engine());
        adam = new Adam(parameters, learningRate, 0, 0.9, 0.999, 1e-8);
        state = parameters.engine().matrix(CELLS, 1);
        actions = parameters.engine().matrix(CELLS, 6);
        weights = parameters.engine().matrix(CELLS, 1);
        targets = parameters.engine().matrix(CELLS, 1);
        parameters.engine().fill(state, 1);
        for (int k = 0; k < CELLS; k++) {
            actions.set(k, FIRST[k], 1);
            actions.set(k, 3 + SECOND[k], 1);
            targets.set(k, 0, PAYOFF[k]);
        }
    }

    /** Fixes both agents' utilities to those given; only the mixer learns from now on. */
    MatrixGame freezeUtilities(double... q) {
        for (int m = 0; m < 3; m++) {
            first.value().set(0, m, q[m]);
            second.value().set(0, m, q[m]);
        }
        utilitiesFrozen = true;
        return this;
    }

    /** Gradient steps on all nine cells. */
    MatrixGame fit(int steps) {
        parameters.engine().fill(weights, 1);
        for (int i = 0; i < steps; i++) {
            step(CELLS);
        }
        return this;
    }

    /** Gradient steps on {@code batch} cells drawn uniformly each time. */
    MatrixGame fit(int steps, int batch, RandomGenerator replay) {
        for (int i = 0; i < steps; i++) {
            parameters.engine().fill(weights, 0);
            for (int b = 0; b < batch; b++) {
                int cell = replay.nextInt(CELLS);
                weights.set(cell, 0, weights.get(cell, 0) + 1);
            }
            step(batch);
        }
        return this;
    }

    private void step(double divisor) {
        tape.reset();
        parameters.zeroGradients();
        Node error = tape.subtract(total(), tape.constant(targets));
        tape.backward(tape.weightedSquares(error, tape.constant(weights), divisor));
        adam.step(1);
    }

    private Node total() {
        Node q = tape.join(column(first, FIRST), column(second, SECOND));
        Node references = mixer.references() == Mixer.References.VALUE_HEAD
                ? tape.linear(tape.constant(state), tape.parameter(values), zeros(2), Activation.IDENTITY)
                : greedyValues();
        return mixer.mix(tape, new MixerInput(q, references, tape.constant(state), tape.constant(actions)));
    }

    /** Each agent's utilities at its actions in the nine cells, {@code [9, 1]}. */
    private Node column(Parameter utilities, int[] actionsOfCells) {
        Node row = utilitiesFrozen ? tape.constant(utilities.value()) : tape.parameter(utilities);
        return tape.pick(row, new int[CELLS], actionsOfCells, CELLS);
    }

    private Node greedyValues() {
        Node v = tape.constant(CELLS, 2);
        for (int k = 0; k < CELLS; k++) {
            v.value().set(k, 0, first.value().get(0, greedy(first)));
            v.value().set(k, 1, second.value().get(0, greedy(second)));
        }
        return v;
    }

    private Node zeros(int columns) {
        Node zeros = tape.constant(1, columns);
        parameters.engine().fill(zeros.value(), 0);
        return zeros;
    }

    /** The learned table, row by row. */
    double[] table() {
        tape.reset();
        Matrix total = total().value();
        double[] table = new double[CELLS];
        for (int k = 0; k < CELLS; k++) {
            table[k] = total.get(k, 0);
        }
        return table;
    }

    double meanSquaredError() {
        double sum = 0;
        double[] table = table();
        for (int k = 0; k < CELLS; k++) {
            sum += (table[k] - PAYOFF[k]) * (table[k] - PAYOFF[k]);
        }
        return sum / CELLS;
    }

    double largestError() {
        double largest = 0;
        double[] table = table();
        for (int k = 0; k < CELLS; k++) {
            largest = Math.max(largest, Math.abs(table[k] - PAYOFF[k]));
        }
        return largest;
    }

    /** The cell that the agents choose, each greedily by its own utilities. */
    int ownChoice() {
        return 3 * greedy(first) + greedy(second);
    }

    /** The cell with the largest learned joint value. */
    int jointChoice() {
        double[] table = table();
        int best = 0;
        for (int k = 1; k < CELLS; k++) {
            best = table[k] > table[best] ? k : best;
        }
        return best;
    }

    private static int greedy(Parameter utilities) {
        Matrix q = utilities.value();
        int best = 0;
        for (int m = 1; m < 3; m++) {
            best = q.get(0, m) > q.get(0, best) ? m : best;
        }
        return best;
    }
}
