/** The client's values. */
@NullMarked
package dev.macenv.client;

import org.jspecify.annotations.NullMarked;
