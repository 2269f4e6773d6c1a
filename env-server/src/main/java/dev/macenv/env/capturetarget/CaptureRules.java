package dev.macenv.env.capturetarget;

/**
 * What can be chosen about the world.
 *
 * @param agents at least 1
 * @param grid cells per side, at least 2
 * @param agentNoise probability that a noise turns an agent's move, half of it to each side
 * @param flicker probability that an agent does not see the target on a tick
 * @param captureReward for standing on the target all at once
 */
record CaptureRules(int agents, int grid, double agentNoise, double flicker, double captureReward) {}
