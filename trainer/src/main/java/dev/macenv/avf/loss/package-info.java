/**
 * What is learned towards: conditional greedy selection, double-Q targets, returns, hysteresis. Pure functions on plain arrays, each with its formula.
 *
 * <p>Uses nothing. Start at {@link dev.macenv.avf.loss.ConditionalGreedy}.
 */
@NullMarked
package dev.macenv.avf.loss;

import org.jspecify.annotations.NullMarked;
