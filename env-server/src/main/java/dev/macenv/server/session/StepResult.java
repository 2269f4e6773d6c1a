package dev.macenv.server.session;

/**
 * The answer to one step.
 *
 * @param stepId of the request
 * @param events the rows that were owed, ascending by lane, episode, tick and kind
 * @param lanesRunning lanes still running for this grant
 * @param lanesWaitingForOthers lanes in which only seats of other grants are pending
 */
public record StepResult(long stepId, EventBatch events, int lanesRunning, int lanesWaitingForOthers) {}
