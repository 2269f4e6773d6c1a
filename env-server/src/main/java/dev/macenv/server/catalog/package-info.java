/**
 * Which environments there are, and whether what somebody asks of one makes sense.
 *
 * <p>Uses {@code dev.macenv.env}; knows nothing of sessions or gRPC. Start reading at {@link dev.macenv.server.catalog.Catalog}.
 */
@NullMarked
package dev.macenv.server.catalog;

import org.jspecify.annotations.NullMarked;
