/** Environments made to be observed: asynchronous, random, of unequal shapes, and faulty on demand. */
@NullMarked
package dev.macenv.server.testing;

import org.jspecify.annotations.NullMarked;
