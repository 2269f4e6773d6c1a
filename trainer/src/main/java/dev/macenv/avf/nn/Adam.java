package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Adam (Kingma and Ba 2015) with bias correction and epsilon outside the root; the equations stand at {@link Engine#adam}. */
public final class Adam implements Optimizer {
    private final Parameters parameters;
    private final double learningRate;
    private final double clipNorm;
    private final double firstDecay;
    private final double secondDecay;
    private final double epsilon;
    private final Matrix first;
    private final Matrix second;
    private long steps;

    public Adam(
            Parameters parameters,
            double learningRate,
            double clipNorm,
            double firstDecay,
            double secondDecay,
            double epsilon) {
        this.parameters = parameters;
        this.learningRate = learningRate;
        this.clipNorm = clipNorm;
        this.firstDecay = firstDecay;
        this.secondDecay = secondDecay;
        this.epsilon = epsilon;
        first = parameters.engine().matrix(1, parameters.size());
        second = parameters.engine().matrix(1, parameters.size());
    }

    @Override
    public double step(double share) {
        Engine engine = parameters.engine();
        double norm = Math.sqrt(engine.sumOfSquares(parameters.gradients()));
        steps++;
        engine.adam(
                parameters.values(),
                parameters.gradients(),
                first,
                second,
                Optimizer.clipScale(norm, clipNorm),
                share * learningRate,
                firstDecay,
                secondDecay,
                epsilon,
                steps);
        return norm;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        out.writeLong(steps);
        Parameters.writeValues(first, out);
        Parameters.writeValues(second, out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        steps = in.readLong();
        Parameters.readValues(first, in);
        Parameters.readValues(second, in);
    }
}
