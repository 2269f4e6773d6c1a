/**
 * The client's way over gRPC: channels, calls that are tried again, the stream of steps, and translation between
 * messages and the types of {@code dev.macenv.client}. The only package of this module that knows gRPC and protobuf.
 *
 * <p>Start at {@code GrpcSession}: it numbers the steps; {@code Persistence} repeats what was cut; {@code StepStream}
 * carries it.
 */
@NullMarked
package dev.macenv.client.rpc;

import org.jspecify.annotations.NullMarked;
