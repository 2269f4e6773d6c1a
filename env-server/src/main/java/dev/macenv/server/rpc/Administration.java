package dev.macenv.server.rpc;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a server shows to its operator, apart from its clients. Nothing here asks who is there, so the addresses should be
 * such that only operators reach them.
 *
 * @param metrics where to answer HTTP with Prometheus' text format; port 0 for any free one
 * @param channelz where to serve {@code grpc.channelz.v1}, with health and reflection; port 0 for any free one
 */
public record Administration(Optional<InetSocketAddress> metrics, Optional<InetSocketAddress> channelz) {

    /** Nothing is shown. */
    public static final Administration NONE = new Administration(Optional.empty(), Optional.empty());
}
