package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;

/**
 * What {@link CenMaddrqn} is configured by; the components are top-level sections.
 *
 * @param engine what computes
 * @param discount gamma, 0..1
 * @param replay the buffer and how it is sampled
 * @param squeeze how ticks become rows; recurrence must be REPEAT, since the controller also acts at every joint decision
 * @param rewardScale what rewards are multiplied by before anything is learnt from them, more than 0
 * @param network the controller's network
 * @param loss how a row's error counts
 * @param optimizer the gradient step
 * @param hysteresis how much rows with y &lt; Q count
 * @param target how the target network follows
 * @param exploration epsilon; its length is also that of the hysteresis schedule's first part
 * @param explorers who explores together
 */
public record CenMaddrqnSettings(
        EngineType engine,
        double discount,
        ReplaySettings replay,
        SqueezeSettings squeeze,
        double rewardScale,
        NetworkSettings network,
        Loss loss,
        OptimizerSettings optimizer,
        HysteresisSettings hysteresis,
        TargetSettings target,
        ExplorationSettings exploration,
        Explorers explorers) {
    /** Who explores together. */
    public enum Explorers {
        /** Epsilon is drawn for each pending agent; one that does not explore does its part of the greedy joint macro-action. */
        EACH_AGENT,
        /** Epsilon is drawn once for all pending agents. */
        WHOLE_TEAM
    }

    /** Checks the discount and what the histories consist of. */
    public CenMaddrqnSettings {
        Checks checks = new Checks();
        checks.range("discount", discount, 0, 1);
        checks.positive("rewardScale", rewardScale);
        if (squeeze.recurrence() != SqueezeSettings.Recurrence.REPEAT) {
            checks.complain(
                    "squeeze.recurrence: %s (expected: REPEAT, as the controller's history advances at every joint decision)"
                            .formatted(squeeze.recurrence()));
        }
        if (squeeze.burnIn() != SqueezeSettings.BurnIn.NONE) {
            checks.complain("squeeze.burnIn: %s (expected: NONE, the controller's windows begin with an empty memory)"
                    .formatted(squeeze.burnIn()));
        }
        checks.report();
    }
}
