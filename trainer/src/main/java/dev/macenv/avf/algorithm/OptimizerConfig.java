package dev.macenv.avf.algorithm;

/**
 * The gradient step (section {@code optimizer}).
 *
 * @param name {@code ADAM} or {@code RMSPROP}
 * @param learningRate step size, more than 0
 * @param clipNorm largest L2 norm of the gradient, beyond which it is scaled down; 0 for no clipping
 */
public record OptimizerConfig(Rule name, double learningRate, double clipNorm) {
    /** The rules there are. */
    public enum Rule {
        /** Adam with beta .9 and .999, epsilon 1e-8, bias-corrected. */
        ADAM,
        /** RMSprop with decay .99 and epsilon 1e-5, as pymarl uses it. */
        RMSPROP
    }

    /** Checks the ranges. */
    public OptimizerConfig {
        Checks checks = new Checks();
        checks.positive("learningRate", learningRate);
        checks.range("clipNorm", clipNorm, 0, Double.MAX_VALUE);
        checks.report();
    }
}
