package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.SqueezeSettings;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.OptimizerSettings;

/**
 * What {@link MacActorCritic} is configured by; the components are top-level sections.
 *
 * @param engine what computes
 * @param discount gamma, 0..1
 * @param method which of the family
 * @param squeeze how ticks become rows; rewards JOINT and recurrence HOLD, as no other reading is meant
 * @param actor the networks that choose
 * @param critic the networks that judge
 * @param target how the target critics follow, counted in updates
 * @param exploration epsilon, the uniform share of the policies; never memoryless, as the policy that acts is the one that
 *     learns
 */
public record MacActorCriticSettings(
        EngineType engine,
        double discount,
        Method method,
        SqueezeSettings squeeze,
        ActorSettings actor,
        CriticSettings critic,
        TargetSettings target,
        ExplorationSettings exploration) {
    /** Checks what depends on several sections. */
    public MacActorCriticSettings {
        Checks checks = new Checks();
        checks.range("discount", discount, 0, 1);
        if (squeeze.rewards() != Rewards.JOINT) {
            checks.complain("squeeze.rewards: %s (expected: JOINT, as returns follow one another without gaps)"
                    .formatted(squeeze.rewards()));
        }
        if (squeeze.recurrence() != Recurrence.HOLD) {
            checks.complain("squeeze.recurrence: %s (expected: HOLD, as actors see their own decisions only)"
                    .formatted(squeeze.recurrence()));
        }
        if (critic.input() == CriticInput.STATE && method != Method.IAICC) {
            checks.complain(
                    "critic.input: STATE with method %s (expected: HISTORY, or method IAICC)".formatted(method));
        }
        if (exploration.memoryless()) {
            checks.complain(
                    "exploration.memoryless: true (expected: false, as it is the policy that acts which learns)");
        }
        if (exploration.unit() != ProgressUnit.EPISODES) {
            checks.complain("exploration.unit: %s (expected: EPISODES, as epsilon stands still within a batch of them)"
                    .formatted(exploration.unit()));
        }
        checks.report();
    }

    /** The members of the family: what actors and critics see, and on whose clock values are learnt. */
    public enum Method {
        /** Mac-IAC: every agent learns alone, with a critic of its own history. */
        IAC,
        /** Mac-IAICC: every agent has a critic of the joint history, trained on the agent's own macro-actions. */
        IAICC,
        /**
         * Naive Mac-IACC: one critic of the joint history for all, trained on the joint clock; an actor's advantage is the
         * critic's TD error of the joint row in which its macro-action ended, so only of the macro-action's last stretch.
         */
        NAIVE_IACC,
        /**
         * Mac-CAC: one actor chooses joint macro-actions from the joint history, and one critic judges them on the joint
         * clock. It acts whenever anybody's macro-action ends, those of all others kept.
         */
        CAC
    }

    /** What a critic sees. */
    public enum CriticInput {
        /** Macro-observations, as a history: the agent's own for {@link Method#IAC}, everybody's for the others. */
        HISTORY,
        /** The environment's state alone, at the agent's own decisions: "MacIAISC" in its authors' code. */
        STATE
    }

    /**
     * The actors, alike for all agents.
     *
     * @param network the network whose head gives the logits
     * @param optimizer the gradient step, one for each actor
     * @param entropy weight of the entropy of the policy
     * @param conditionalLikelihood whether a choice's likelihood is that among the admissible macro-actions: legal ones and,
     *     for a joint actor, those that keep what is going on; otherwise among all there are, as its authors' code has it
     */
    public record ActorSettings(
            NetworkSettings network, OptimizerSettings optimizer, Entropy entropy, boolean conditionalLikelihood) {
        /** Checks the head. */
        public ActorSettings {
            Checks checks = new Checks();
            plainHead(network, checks);
            checks.report();
        }
    }

    /**
     * The entropy's weight.
     *
     * @param start weight when training starts, at least 0
     * @param end weight after {@code episodes} episodes of training, at least 0
     * @param episodes episodes over which the weight goes linearly from start to end, at least 1
     */
    public record Entropy(double start, double end, int episodes) {
        /** Checks the ranges. */
        public Entropy {
            Checks checks = new Checks();
            checks.range("start", start, 0, Double.MAX_VALUE);
            checks.range("end", end, 0, Double.MAX_VALUE);
            checks.atLeast("episodes", episodes, 1);
            checks.report();
        }

        /** Returns the weight so many episodes after training started. */
        public double weight(double episodesSinceStart) {
            double progress = Math.min(1, Math.max(0, episodesSinceStart) / episodes);
            return start + progress * (end - start);
        }
    }

    /**
     * The critics.
     *
     * @param input what they see
     * @param network the network whose head, of width 1, gives the value
     * @param optimizer the gradient step, one for each critic
     * @param iterations gradient steps per update, towards the same returns
     * @param steps n of the n-step returns, counted in macro-actions (joint ones on the joint clock), at least 1
     */
    public record CriticSettings(
            CriticInput input, NetworkSettings network, OptimizerSettings optimizer, int iterations, int steps) {
        /** Checks the ranges. */
        public CriticSettings {
            Checks checks = new Checks();
            plainHead(network, checks);
            if (input == CriticInput.STATE && network.recurrent() > 0) {
                checks.complain("network.recurrent: %d with input STATE (expected: 0, as a state has no history)"
                        .formatted(network.recurrent()));
            }
            checks.atLeast("iterations", iterations, 1);
            checks.atLeast("steps", steps, 1);
            checks.report();
        }
    }

    private static void plainHead(NetworkSettings network, Checks checks) {
        if (network.dueling() != Dueling.NONE) {
            checks.complain("network.dueling: %s (expected: NONE)".formatted(network.dueling()));
        }
    }
}
