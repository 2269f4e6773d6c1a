/** The client against a small server that misbehaves on request. Start at {@code ToyServer}. */
@NullMarked
package dev.macenv.client.rpc;

import org.jspecify.annotations.NullMarked;
