package dev.macenv.avf.experience;

/**
 * The options of {@link Squeeze} (section {@code squeeze}); what each means stands there.
 *
 * @param rewards over which ticks a row's reward is accumulated
 * @param discounting how duration enters the reward and the bootstrap factor
 * @param recurrence what the recurrent networks are fed with
 * @param closeOnTerminal whether a true terminal ends every agent's macro-action
 * @param timeoutIsTerminal whether reaching the horizon counts as terminal
 */
public record SqueezeSettings(
        Rewards rewards,
        Discounting discounting,
        Recurrence recurrence,
        boolean closeOnTerminal,
        boolean timeoutIsTerminal) {
    /** Over which ticks a row's reward is accumulated. */
    public enum Rewards {
        /** Since the last termination of any agent (section 2.2 and Algorithm 1 of the paper). */
        JOINT,
        /** Since the earliest start among the macro-actions that end in the row (section 3.2 of the paper, read literally). */
        MACRO_START
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
}
