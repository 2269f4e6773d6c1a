/**
 * The Java client of the protocol macenv.v1: what an agent, a trainer or a tool uses to play environments on a server.
 *
 * <p>Start at {@link dev.macenv.client.EnvironmentClient}, then {@link dev.macenv.client.Session}: {@code step} sends
 * {@link dev.macenv.client.Decisions} and returns {@link dev.macenv.client.Events}. This package knows neither gRPC nor
 * protobuf; {@code dev.macenv.client.rpc} does, behind {@link dev.macenv.client.ConnectionProvider}.
 */
@NullMarked
package dev.macenv.client;

import org.jspecify.annotations.NullMarked;
