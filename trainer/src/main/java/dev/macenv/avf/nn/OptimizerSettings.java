package dev.macenv.avf.nn;

/**
 * How parameters follow their gradients.
 *
 * @param name which rule
 * @param learningRate step size, above 0
 * @param clipNorm bound on the L2 norm of the whole gradient, 0 for none
 */
public record OptimizerSettings(Name name, double learningRate, double clipNorm) {
    /** The rules there are. */
    public enum Name {
        /** {@link Adam} with decays 0.9 and 0.999, epsilon 1e-8. */
        ADAM,
        /** {@link RmsProp} with decay 0.99, epsilon 1e-5, as pymarl has it. */
        RMSPROP
    }

    public OptimizerSettings {
        new InvalidSettings.Check()
                .that(learningRate > 0 && learningRate <= 1, "learningRate", learningRate, "above 0, at most 1")
                .that(clipNorm >= 0, "clipNorm", clipNorm, "0 (no clipping) or more")
                .done();
    }

    /** A new optimiser of {@code parameters}, which must be complete. */
    public Optimizer create(Parameters parameters) {
        return switch (name) {
            case ADAM -> new Adam(parameters, learningRate, clipNorm, 0.9, 0.999, 1e-8);
            case RMSPROP -> new RmsProp(parameters, learningRate, clipNorm, 0.99, 1e-5);
        };
    }
}
