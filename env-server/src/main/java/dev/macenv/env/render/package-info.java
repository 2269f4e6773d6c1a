/**
 * Turns what can be seen of an environment into text for a terminal, pictures and animations. {@link dev.macenv.env.render.Camera} takes {@link dev.macenv.env.render.Frame frames}
 * of any environment; {@link dev.macenv.env.render.TextRenderer} and {@link dev.macenv.env.render.PictureRenderer} draw them.
 *
 * <p>Uses {@code dev.macenv.env} and {@code dev.macenv.env.scene}, and is the only package that draws with {@code java.awt}. No renderer changes an environment, and none is called by a step.
 */
@NullMarked
package dev.macenv.env.render;

import org.jspecify.annotations.NullMarked;
