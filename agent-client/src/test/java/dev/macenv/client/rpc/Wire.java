package dev.macenv.client.rpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The ways between a client and a server. */
enum Wire {
    IN_PROCESS {
        @Override
        Running serve(BindableService... services) throws IOException {
            String name = UUID.randomUUID().toString();
            Server server = start(InProcessServerBuilder.forName(name).directExecutor(), services);
            return new Running("inprocess:" + name, server, () -> {});
        }
    },
    TCP {
        @Override
        Running serve(BindableService... services) throws IOException {
            Server server = start(
                    NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
                    services);
            return new Running("localhost:" + server.getPort(), server, () -> {});
        }
    },
    UNIX {
        @Override
        Running serve(BindableService... services) throws IOException {
            Path directory = Files.createTempDirectory("macenv");
            Path socket = directory.resolve("socket");
            EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
            Server server = start(
                    NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                            .channelType(EpollServerDomainSocketChannel.class)
                            .bossEventLoopGroup(loop)
                            .workerEventLoopGroup(loop),
                    services);
            return new Running("unix:" + socket, server, () -> {
                if (!loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS)) {
                    throw new IOException("event loop: still running (expected: stopped)");
                }
                Files.deleteIfExists(socket);
                Files.deleteIfExists(directory);
            });
        }
    };

    abstract Running serve(BindableService... services) throws IOException;

    private static Server start(ServerBuilder<?> builder, BindableService... services) throws IOException {
        for (BindableService service : services) {
            builder.addService(service);
        }
        return builder.build().start();
    }

    /** A server at work. */
    record Running(String target, Server server, Cleaning cleaning) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            server.shutdownNow();
            cleaning.run();
        }
    }

    /** What is left to do after a server. */
    interface Cleaning {
        void run() throws IOException;
    }
}
