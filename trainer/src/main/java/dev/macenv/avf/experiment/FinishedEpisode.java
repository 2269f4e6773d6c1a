package dev.macenv.avf.experiment;

import dev.macenv.avf.experience.Episode;

/**
 * An episode that has ended, with what the run's metrics want to know of it.
 *
 * @param episode what the learner gets
 * @param undiscountedReturn sum of its rewards, in the order of the ticks
 * @param lastReward reward of its last tick
 */
record FinishedEpisode(Episode episode, double undiscountedReturn, double lastReward) {}
