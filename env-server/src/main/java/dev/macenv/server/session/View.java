package dev.macenv.server.session;

/**
 * Which optional columns a grant receives.
 *
 * @param state the environment's state at each event (privileged)
 * @param macroState each agent's state as of its own last decision (privileged)
 * @param currentActions the joint macro-action in force
 * @param rewardTrace the reward of every tick since the lane's previous event
 * @param otherAgents the slots of agents outside the grant (privileged); without it they are zero
 * @param render pictures of lanes (privileged)
 */
public record View(
        boolean state,
        boolean macroState,
        boolean currentActions,
        boolean rewardTrace,
        boolean otherAgents,
        boolean render) {

    /** Nothing beyond the columns that are always sent. */
    public static final View PLAIN = new View(false, false, false, false, false, false);
}
