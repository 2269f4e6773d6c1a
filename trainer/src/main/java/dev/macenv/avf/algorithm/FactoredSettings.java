package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.ReplaySettings;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;
import java.util.Map;

/**
 * What the learners of asynchronous value factorization are configured by; the components are top-level sections.
 *
 * @param engine what computes
 * @param discount gamma, 0..1
 * @param replay the buffer and how it is sampled
 * @param squeeze how ticks become rows
 * @param recordEveryTick whether episodes hold the state after every tick, which the mixer's state REAL needs
 * @param rewardScale what rewards are multiplied by before anything is learnt from them, above 0: values, targets, errors
 *     and their metrics are in this unit, returns are not
 * @param input what the networks see besides macro-observations
 * @param shareAgents whether all agents share one network; their sizes must be equal
 * @param network each agent's network
 * @param mixer the mixer: its name, what state it sees, and its own settings; see {@link MixerSettings}
 * @param update whom a row teaches
 * @param loss how a row's error counts
 * @param optimizer the gradient step
 * @param hysteresis how much rows with y &lt; Q_tot count
 * @param target how the target networks follow
 * @param exploration epsilon; its length is also that of the hysteresis schedule's first part
 */
public record FactoredSettings(
        EngineType engine,
        double discount,
        ReplaySettings replay,
        SqueezeSettings squeeze,
        boolean recordEveryTick,
        double rewardScale,
        InputSettings input,
        boolean shareAgents,
        NetworkSettings network,
        Map<String, Object> mixer,
        UpdateSettings update,
        Loss loss,
        OptimizerSettings optimizer,
        HysteresisSettings hysteresis,
        TargetSettings target,
        ExplorationSettings exploration) {
    /** Checks the discount and the mixer's section. */
    public FactoredSettings {
        mixer = Map.copyOf(mixer);
        Checks checks = new Checks();
        checks.range("discount", discount, 0, 1);
        checks.positive("rewardScale", rewardScale);
        if (exploration.unit() != ProgressUnit.EPISODES && !hysteresis.off()) {
            checks.complain("exploration.unit: " + exploration.unit()
                    + " with hysteresis, whose schedule counts the episodes of exploration (expected: EPISODES)");
        }
        MixerSettings.check(mixer, network.dueling(), recordEveryTick, checks);
        checks.report();
    }

    /** Returns the mixer's section as a record. */
    public MixerSettings mixerSettings() {
        return MixerSettings.from(mixer);
    }
}
