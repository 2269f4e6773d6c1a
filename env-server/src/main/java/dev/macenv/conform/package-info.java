/**
 * Whether a server keeps the protocol {@code macenv.v1}, seen from outside: nothing but its answers on the wire, specifications and
 * legal masks. Speaks through the generated stubs alone and knows no server, no client library and no environment, so that it
 * judges any of them. Start reading at {@link dev.macenv.conform.Conformance Conformance}; each {@link dev.macenv.conform.Group Group}
 * has a file of its own.
 */
@NullMarked
package dev.macenv.conform;

import org.jspecify.annotations.NullMarked;
