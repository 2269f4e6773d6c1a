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
 * @param rewardScale what rewards are multiplied by before anything is learnt from them, above 0: values, targets, errors
 *     and their metrics are in this unit, returns are not
 * @param input what the networks see besides macro-observations
 * @param shareAgents whether all agents share one network, which learns from every agent's rows alike; their sizes must be
 *     equal
 * @param network each agent's network
 * @param loss how a row's error counts
 * @param optimizer the gradient step, one for each network
 * @param hysteresis how negative errors are softened
 * @param target how the target networks follow
 * @param exploration epsilon
 */
public record DecMaddrqnSettings(
        EngineType engine,
        double discount,
        ReplaySettings replay,
        SqueezeSettings squeeze,
        double rewardScale,
        InputSettings input,
        boolean shareAgents,
        NetworkSettings network,
        Loss loss,
        OptimizerSettings optimizer,
        Hysteresis hysteresis,
        TargetSettings target,
        ExplorationSettings exploration) {
    /** Checks the discount. */
    public DecMaddrqnSettings {
        Checks checks = new Checks();
        checks.range("discount", discount, 0, 1);
        checks.positive("rewardScale", rewardScale);
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
