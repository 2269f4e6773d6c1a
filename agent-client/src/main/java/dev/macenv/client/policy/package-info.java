/**
 * Ways to choose macro-actions that need no learning. Start at {@link dev.macenv.client.policy.Policy}. May use {@code
 * dev.macenv.client} only.
 */
@NullMarked
package dev.macenv.client.policy;

import org.jspecify.annotations.NullMarked;
