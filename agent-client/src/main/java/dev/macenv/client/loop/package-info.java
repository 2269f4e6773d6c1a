/**
 * Playing whole episodes with a policy. Start at {@link dev.macenv.client.loop.EpisodeLoop}. May use {@code
 * dev.macenv.client} and {@code dev.macenv.client.policy}.
 */
@NullMarked
package dev.macenv.client.loop;

import org.jspecify.annotations.NullMarked;
