/**
 * How an environment describes what there is to see in it, in the words of its domain and without a thought of pixels or letters: a
 * {@link dev.macenv.env.scene.Scene} of {@link dev.macenv.env.scene.SceneItem items}.
 *
 * <p>Plain values; uses nothing. {@code dev.macenv.env.render} turns them into text and pictures.
 */
@NullMarked
package dev.macenv.env.scene;

import org.jspecify.annotations.NullMarked;
