package dev.macenv.env;

import java.util.random.RandomGenerator;

/**
 * A macro-action: the option &lt;I, &pi;, &beta;&gt; of R. Sutton, D. Precup and S. Singh, "Between MDPs and semi-MDPs" (1999), over one domain.
 *
 * <p>It holds no memory of its own, so that one object serves all agents and lanes; what an agent must remember from tick to tick belongs to the domain,
 * where {@link DecPomdp#save} finds it.
 *
 * @param <D> the domain that it controls
 */
public interface MacroAction<D extends DecPomdp> {

    /** What its users see. */
    MacroActionSpec spec();

    /** I: whether the agent may start it in the present situation. Not asked again while it is in effect. */
    default boolean canStart(D domain, int agent) {
        return true;
    }

    /**
     * &pi;: the primitive action with which the agent carries on, asked once per tick just before the agent acts.
     *
     * @param execution the team's macro-actions on this tick
     */
    int primitiveAction(D domain, int agent, JointExecution execution, RandomGenerator random);

    /**
     * &beta;: the probability that it ends with this tick, asked once after {@link DecPomdp#endTick}. Exactly 0 and 1 are carried out without drawing a random number.
     */
    double terminationProbability(D domain, int agent, JointExecution execution);

    /** Tells the domain that it ended, for what an agent remembers of that. */
    default void ended(D domain, int agent) {}
}
