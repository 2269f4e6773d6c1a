/**
 * Learners: what turns episodes into better networks, and the policies that act with them.
 *
 * <p>May use experience, engine, nn, mixer and loss; knows nothing of experiments, files or the protocol. Start at {@link
 * dev.macenv.avf.algorithm.FactoredLearner}, or at {@link dev.macenv.avf.algorithm.MacActorCritic} for what learns
 * on-policy: {@code learn} is the whole algorithm in the order of its equations. To add an algorithm, implement {@link dev.macenv.avf.algorithm.AlgorithmProvider} and {@link
 * dev.macenv.avf.algorithm.Learner}.
 */
@NullMarked
package dev.macenv.avf.algorithm;

import org.jspecify.annotations.NullMarked;
