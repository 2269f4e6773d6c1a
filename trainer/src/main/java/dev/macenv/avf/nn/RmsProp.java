package dev.macenv.avf.nn;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.engine.Matrix;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** RMSprop without momentum, epsilon outside the root, as pymarl uses it; the equations stand at {@link Engine#rmsProp}. */
public final class RmsProp implements Optimizer {
    private final Parameters parameters;
    private final double learningRate;
    private final double clipNorm;
    private final double decay;
    private final double epsilon;
    private final Matrix second;

    public RmsProp(Parameters parameters, double learningRate, double clipNorm, double decay, double epsilon) {
        this.parameters = parameters;
        this.learningRate = learningRate;
        this.clipNorm = clipNorm;
        this.decay = decay;
        this.epsilon = epsilon;
        second = parameters.engine().matrix(1, parameters.size());
    }

    @Override
    public double step(double share) {
        Engine engine = parameters.engine();
        double norm = Math.sqrt(engine.sumOfSquares(parameters.gradients()));
        double scale = Optimizer.clipScale(norm, clipNorm);
        engine.rmsProp(
                parameters.values(), parameters.gradients(), second, scale, share * learningRate, decay, epsilon);
        return norm;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        Parameters.writeValues(second, out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        Parameters.readValues(second, in);
    }
}
