/**
 * A learner in one file: tabular Q-learning with macro-actions over the wire, the same in Java as in the clients for other languages.
 * Start at {@link dev.macenv.examples.qlearner.QLearner}.
 */
@NullMarked
package dev.macenv.examples.qlearner;

import org.jspecify.annotations.NullMarked;
