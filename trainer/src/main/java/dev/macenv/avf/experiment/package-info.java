/**
 * Experiments: the training loop, evaluation, checkpoints, provenance, run directories.
 *
 * <p>{@link dev.macenv.avf.experiment.TrainingLoop} is the algorithm; {@link dev.macenv.avf.experiment.Experiment} wires it to
 * a server, a learner and a run directory. Environments are reached through the client alone. May use everything but
 * {@code cli}. Start reading at {@link dev.macenv.avf.experiment.TrainingLoop}.
 */
@NullMarked
package dev.macenv.avf.experiment;

import org.jspecify.annotations.NullMarked;
