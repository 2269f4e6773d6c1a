/**
 * Box Pushing: two agents, two small boxes that one agent can push, and a big box that takes both.
 *
 * <p>{@link dev.macenv.env.boxpushing.BoxPushing} is the world in ticks, {@link dev.macenv.env.boxpushing.GoTo} and {@link dev.macenv.env.boxpushing.Push} are the
 * macro-actions that are more than one primitive action, {@link dev.macenv.env.boxpushing.BoxPushingProvider} declares the ids and settings.
 * Section numbers in comments are those of docs/environments/box-pushing.md.
 */
@NullMarked
package dev.macenv.env.boxpushing;

import org.jspecify.annotations.NullMarked;
