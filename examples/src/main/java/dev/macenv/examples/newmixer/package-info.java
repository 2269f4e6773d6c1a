/**
 * A mixer of one's own: a sum of utilities whose weights come from the state. The page {@code docs/adding-a-mixer.md} walks through it.
 *
 * <p>Start at {@link dev.macenv.examples.newmixer.WeightedSum}; the line in {@code META-INF/services} makes it known to the trainer.
 */
@NullMarked
package dev.macenv.examples.newmixer;

import org.jspecify.annotations.NullMarked;
