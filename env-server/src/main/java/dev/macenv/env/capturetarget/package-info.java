/**
 * Capture Target: a team on a torus that must stand on a wandering, flickering target all at once.
 *
 * <p>{@link dev.macenv.env.capturetarget.CaptureTarget} is the world in ticks, {@link dev.macenv.env.capturetarget.MoveToTarget} the macro-action that is more than one primitive action,
 * {@link dev.macenv.env.capturetarget.CaptureTargetProvider} declares the ids and settings.
 * Section numbers in comments are those of docs/environments/capture-target.md.
 */
@NullMarked
package dev.macenv.env.capturetarget;

import org.jspecify.annotations.NullMarked;
