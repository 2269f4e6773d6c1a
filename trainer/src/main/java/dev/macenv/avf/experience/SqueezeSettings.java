package dev.macenv.avf.experience;

/**
 * The options of {@link Squeeze} (section {@code squeeze}); what each means stands there.
 *
 * @param rewards over which ticks a row's reward is accumulated
 * @param discounting how duration enters the reward and the bootstrap factor
 * @param recurrence what the recurrent networks are fed with
 * @param burnIn what is in the recurrent networks' memory where a window begins
 * @param closeOnTerminal whether a true terminal ends every agent's macro-action
 * @param timeoutIsTerminal whether reaching the horizon counts as terminal
 */
public record SqueezeSettings(
        Rewards rewards,
        Discounting discounting,
        Recurrence recurrence,
        BurnIn burnIn,
        boolean closeOnTerminal,
        boolean timeoutIsTerminal) {
    /** Over which ticks a row's reward is accumulated. */
    public enum Rewards {
        /** Since the last termination of any agent (section 2.2 and Algorithm 1 of the paper). */
        JOINT,
        /** Since the earliest start among the macro-actions that end in the row (section 3.2 of the paper, read literally). */
        MACRO_START,
        /**
         * The smallest of the agents' own: agent i accumulates R^i over its own tau^i, the ticks since the start of its
         * macro-action, whether that ends in the row or goes on; R is the least R^i and tau, on its own, the least tau^i.
         * One of three schemes that the paper says it tried and rejected; like {@link #MACRO_START} they count rewards
         * several times.
         */
        MINIMUM,
        /** The largest R^i and the largest tau^i. */
        MAXIMUM,
        /** The means of the R^i and of the tau^i; gamma^tau with a tau that need not be whole. */
        AVERAGE
    }

    /** How duration enters the reward and the bootstrap factor. */
    public enum Discounting {
        /** Rewards discounted tick by tick; bootstrap factor gamma^tau (eq. 5 and 14). */
        GAMMA_TAU,
        /** Rewards summed undiscounted; one factor gamma per row however long it took. */
        PER_DECISION
    }

    /** What the recurrent networks are fed with. */
    public enum Recurrence {
        /** Each agent's own decisions; ongoing agents hold their history. */
        HOLD,
        /** Every joint row, with held macro-observations repeated. For ablation: such histories never occur when acting. */
        REPEAT
    }

    /** What is in the recurrent networks' memory where a window begins. */
    public enum BurnIn {
        /** Nothing: zeros, as at the start of an episode. */
        NONE,
        /** What the episode has left there: its earlier decisions are run through, without gradient. */
        EPISODE_START
    }
}
