/** The policies that need no learning. */
@NullMarked
package dev.macenv.client.policy;

import org.jspecify.annotations.NullMarked;
