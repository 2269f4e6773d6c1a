/**
 * What the learner has seen, on plain arrays: episodes, their buffer, windows of them, and the squeezed batch.
 *
 * <p>May use the JDK alone; knows nothing of engines, networks or algorithms. The data's way is {@link
 * dev.macenv.avf.experience.EpisodeBuilder} -> {@link dev.macenv.avf.experience.Episode} -> {@link
 * dev.macenv.avf.experience.EpisodeBuffer} -> {@link dev.macenv.avf.experience.WindowSample} -> {@link
 * dev.macenv.avf.experience.Squeeze} -> {@link dev.macenv.avf.experience.Batch}. Start reading at {@link
 * dev.macenv.avf.experience.Squeeze}, whose essay explains the rest.
 */
@NullMarked
package dev.macenv.avf.experience;

import org.jspecify.annotations.NullMarked;
