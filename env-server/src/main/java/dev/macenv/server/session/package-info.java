/**
 * Sessions in plain Java: lanes that run to the next decision, grants, exactly-once steps, seeds, leases.
 *
 * <p>This package knows environments ({@code dev.macenv.env}) and nothing of transport: no gRPC, no protobuf. It
 * answers with {@link dev.macenv.server.session.EventBatch} columns or refuses with {@link
 * dev.macenv.server.session.RefusedException}, and {@code dev.macenv.server.rpc} translates both. Start reading at
 * {@link dev.macenv.server.session.Session#step Session.step}, then {@link dev.macenv.server.session.Lane Lane}, which
 * holds the event algebra.
 */
@NullMarked
package dev.macenv.server.session;

import org.jspecify.annotations.NullMarked;
