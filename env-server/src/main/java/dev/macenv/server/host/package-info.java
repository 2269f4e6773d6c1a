/**
 * Environments that another process works out, an <i>environment host</i>, and the wire to it ({@code macenv.host.v1}). To the rest of the server they are environments like any other.
 *
 * <p>Start at {@link dev.macenv.server.host.EnvironmentHost}, then {@link dev.macenv.server.host.HostedEnvironment}.
 */
@NullMarked
package dev.macenv.server.host;

import org.jspecify.annotations.NullMarked;
