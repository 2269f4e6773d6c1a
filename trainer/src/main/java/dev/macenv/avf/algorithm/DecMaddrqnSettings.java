package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;

/**
 * What {@link DecMaddrqn} is configured by; the components are top-level sections.
 *
 * @param engine what computes
 * @param discount gamma, 0..1
 * @param replay the buffer and how it is sampled; all agents learn from the same windows
 * @param squeeze how ticks become rows; its rule for rewards has no effect, as both rules agree for a single agent
 * @param network each agent's network
 * @param optimizer the gradient step, one for each agent
 * @param hysteresis how negative errors are softened
 * @param target how the target networks follow
 * @param exploration epsilon
 */
public record DecMaddrqnSettings(
        EngineType engine,
        double discount,
        ReplaySettings replay,
        SqueezeSettings squeeze,
        NetworkSettings network,
        OptimizerSettings optimizer,
        Hysteresis hysteresis,
        TargetSettings target,
        ExplorationSettings exploration) {
    /** Checks the discount. */
    public DecMaddrqnSettings {
        Checks checks = new Checks();
        checks.range("discount", discount, 0, 1);
        checks.report();
    }

    /**
     * Hysteresis on each agent's error td = y - Q: beta td replaces a negative td before it is squared.
     *
     * @param start beta when training starts, 0..1
     * @param end beta after {@code episodes} episodes of training, and from there on, 0..1
     * @param episodes episodes over which beta goes linearly from start to end, at least 1
     * @param onGradient whether beta multiplies the gradient, rather than the error before squaring, where it acts as
     *     beta^2
     */
    public record Hysteresis(double start, double end, int episodes, boolean onGradient) {
        /** Checks the ranges. */
        public Hysteresis {
            Checks checks = new Checks();
            checks.range("start", start, 0, 1);
            checks.range("end", end, 0, 1);
            checks.atLeast("episodes", episodes, 1);
            checks.report();
        }

        /** Returns the factor of a negative error's square, so many episodes after training started. */
        public double weight(double episodesSinceStart) {
            double progress = Math.min(1, Math.max(0, episodesSinceStart) / episodes);
            double beta = start + progress * (end - start);
            return onGradient ? beta : beta * beta;
        }
    }
}
