package dev.macenv.avf.algorithm;

/**
 * What the agents' networks see besides the macro-observation (section {@code input}), in this order behind it.
 *
 * @param lastMacro a one-hot of the agent's previous macro-action, zeros at its first decision: the macro-history of the
 *     paper holds macro-actions, too
 * @param agentId a one-hot of the agent's number; what tells agents apart that share a network
 */
public record InputSettings(boolean lastMacro, boolean agentId) {}
