/**
 * The command {@code macenv}, and the door through which programs start a server inside their own process. Wires the
 * catalog to {@code dev.macenv.server.rpc}; start reading at {@link dev.macenv.server.cli.Macenv Macenv}.
 */
@NullMarked
package dev.macenv.server.cli;

import org.jspecify.annotations.NullMarked;
