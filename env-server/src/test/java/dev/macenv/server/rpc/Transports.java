package dev.macenv.server.rpc;

import dev.macenv.server.catalog.Catalog;
import io.grpc.ManagedChannel;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;

/** The ways to a server. */
enum Transports {
    IN_PROCESS {
        @Override
        EnvironmentServer start(Catalog catalog, ServerOptions options) {
            return EnvironmentServer.inProcess(catalog, options);
        }

        @Override
        ManagedChannel connect(EnvironmentServer server) {
            return InProcessChannelBuilder.forName(server.target().substring("inprocess:".length()))
                    .build();
        }
    },
    TCP {
        @Override
        EnvironmentServer start(Catalog catalog, ServerOptions options) {
            try {
                return EnvironmentServer.tcp(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), catalog, options);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        ManagedChannel connect(EnvironmentServer server) {
            return NettyChannelBuilder.forTarget(server.target()).usePlaintext().build();
        }
    },
    UNIX_SOCKET {
        @Override
        EnvironmentServer start(Catalog catalog, ServerOptions options) {
            try {
                return EnvironmentServer.unixSocket(
                        Files.createTempDirectory("macenv").resolve("socket"), catalog, options);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        ManagedChannel connect(EnvironmentServer server) {
            return NettyChannelBuilder.forAddress(
                            new DomainSocketAddress(server.target().substring("unix:".length())))
                    .channelType(EpollDomainSocketChannel.class)
                    .eventLoopGroup(CLIENT_LOOPS)
                    .usePlaintext()
                    .build();
        }
    };

    private static final MultiThreadIoEventLoopGroup CLIENT_LOOPS = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("test-client", true), EpollIoHandler.newFactory());

    abstract EnvironmentServer start(Catalog catalog, ServerOptions options);

    abstract ManagedChannel connect(EnvironmentServer server);
}
