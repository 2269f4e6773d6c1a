package dev.macenv.server.rpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.ChannelzService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** The listeners of an {@link Administration}. */
final class OperatorPorts implements AutoCloseable {
    private static final int TRACES = 100;

    private @Nullable HttpServer http;
    private @Nullable ExecutorService httpThread;
    private @Nullable Server channelz;

    private OperatorPorts() {}

    /** @throws IOException if an address cannot be bound; then nothing listens */
    static OperatorPorts open(
            Administration administration, Metrics metrics, BindableService health, ThreadFactory threads)
            throws IOException {
        OperatorPorts ports = new OperatorPorts();
        try {
            if (administration.metrics().isPresent()) {
                ports.serveMetrics(administration.metrics().orElseThrow(), metrics, threads);
            }
            if (administration.channelz().isPresent()) {
                ports.channelz = NettyServerBuilder.forAddress(
                                administration.channelz().orElseThrow(), InsecureServerCredentials.create())
                        .directExecutor()
                        .addService(ChannelzService.newInstance(TRACES))
                        .addService(health)
                        .addService(ProtoReflectionServiceV1.newInstance())
                        .build()
                        .start();
            }
            return ports;
        } catch (IOException | RuntimeException e) {
            ports.close();
            throw e;
        }
    }

    private void serveMetrics(InetSocketAddress address, Metrics metrics, ThreadFactory threads) throws IOException {
        HttpServer server = HttpServer.create(address, 0);
        ExecutorService thread = Executors.newSingleThreadExecutor(threads);
        server.setExecutor(thread);
        server.createContext("/metrics", exchange -> answer(exchange, metrics));
        server.start();
        http = server;
        httpThread = thread;
    }

    private static void answer(HttpExchange exchange, Metrics metrics) throws IOException {
        try (exchange) {
            byte[] body = metrics.text().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", Metrics.CONTENT_TYPE);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** The port that answers HTTP; -1 if there is none. */
    int metricsPort() {
        HttpServer server = http;
        return server == null ? -1 : server.getAddress().getPort();
    }

    /** The port that serves channelz; -1 if there is none. */
    int channelzPort() {
        Server server = channelz;
        return server == null ? -1 : server.getPort();
    }

    @Override
    public void close() {
        HttpServer server = http;
        if (server != null) {
            server.stop(0);
        }
        ExecutorService thread = httpThread;
        if (thread != null) {
            thread.shutdownNow();
        }
        Server other = channelz;
        if (other != null) {
            other.shutdownNow();
        }
    }
}
