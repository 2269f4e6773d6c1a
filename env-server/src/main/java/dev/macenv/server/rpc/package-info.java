/**
 * The gRPC face of the server: translates between {@code macenv.v1} messages and {@code dev.macenv.server.session}, maps
 * refusals to statuses, listens on TCP, Unix domain sockets and in-process. Nothing is decided here.
 *
 * <p>Start reading at {@link dev.macenv.server.rpc.EnvironmentServer EnvironmentServer} (what runs), then {@code
 * SessionEndpoint} and {@code PlayStream} (the hot path), and {@code Refusals} (the error table).
 */
@NullMarked
package dev.macenv.server.rpc;

import org.jspecify.annotations.NullMarked;
