package dev.macenv.avf.nn;

/**
 * How parameters follow their gradients.
 *
 * @param name which rule
 * @param learningRate step size, above 0
 * @param clipNorm bound on the L2 norm of the whole gradient, 0 for none
 * @param anneal how the learning rate falls in the course of training
 */
public record OptimizerSettings(Name name, double learningRate, double clipNorm, Anneal anneal) {
    /** The rules there are. */
    public enum Name {
        /** {@link Adam} with decays 0.9 and 0.999, epsilon 1e-8. */
        ADAM,
        /** {@link RmsProp} with decay 0.99, epsilon 1e-5, as pymarl has it. */
        RMSPROP
    }

    /**
     * Lets the learning rate fall linearly. Its noise keeps a policy moving that is already right: here and there a late update
     * makes it wrong for some evaluations.
     *
     * @param after episodes since training started until the rate begins to fall
     * @param episodes episodes over which it falls; 0 for a rate that stays
     * @param to share of the learning rate that is left then, above 0, at most 1
     */
    public record Anneal(int after, int episodes, double to) {
        /** A rate that stays. */
        public static final Anneal NONE = new Anneal(0, 0, 1);

        public Anneal {
            new InvalidSettings.Check()
                    .that(after >= 0, "after", after, "0 or more")
                    .that(episodes >= 0, "episodes", episodes, "0 (the rate stays) or more")
                    .that(to > 0 && to <= 1, "to", to, "above 0, at most 1")
                    .done();
        }

        /** The share of the learning rate that holds so many episodes after training started. */
        public double share(double episodesSinceStart) {
            double fallen = episodes == 0 ? 0 : Math.max(0, Math.min(1, (episodesSinceStart - after) / episodes));
            return 1 - fallen * (1 - to);
        }
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
