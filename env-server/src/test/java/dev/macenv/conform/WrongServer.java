package dev.macenv.conform;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.macenv.server.rpc.EnvironmentServer;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** Stands before a right server, passes every call on, and alters what a planted fault says. */
final class WrongServer implements AutoCloseable {
    private final ManagedChannel right;
    private final Server server;
    private final PlantedFault fault;

    WrongServer(EnvironmentServer behind, PlantedFault fault) {
        this.fault = fault;
        right = NettyChannelBuilder.forTarget(behind.target())
                .usePlaintext()
                .directExecutor()
                .maxInboundMessageSize(64 << 20)
                .build();
        try {
            server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .directExecutor()
                    .maxInboundMessageSize(64 << 20) // limits are for the server behind to keep
                    .fallbackHandlerRegistry(new Everything())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Target target() {
        return Target.plain("localhost:" + server.getPort());
    }

    @Override
    public void close() {
        server.shutdownNow();
        right.shutdownNow();
    }

    /** Serves any method, in bytes. */
    private final class Everything extends HandlerRegistry {
        @Override
        public ServerMethodDefinition<byte[], byte[]> lookupMethod(String name, String authority) {
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.<byte[], byte[]>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNKNOWN)
                    .setFullMethodName(name)
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Bytes())
                    .build();
            return ServerMethodDefinition.create(method, new Onward(method));
        }
    }

    private final class Onward implements ServerCallHandler<byte[], byte[]> {
        private final MethodDescriptor<byte[], byte[]> method;

        Onward(MethodDescriptor<byte[], byte[]> method) {
            this.method = method;
        }

        @Override
        public ServerCall.Listener<byte[]> startCall(ServerCall<byte[], byte[]> call, Metadata headers) {
            String name = method.getBareMethodName() == null ? "" : method.getBareMethodName();
            if (fault.absent(method.getFullMethodName())) {
                call.close(Status.UNIMPLEMENTED, new Metadata());
                return new ServerCall.Listener<>() {};
            }
            ClientCall<byte[], byte[]> onward = right.newCall(method, CallOptions.DEFAULT);
            // a caller who has said everything is sent no more than it reads, as it would be without the server between
            AtomicBoolean saidEverything = new AtomicBoolean();
            AtomicBoolean full = new AtomicBoolean();
            onward.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onHeaders(Metadata answered) {
                            call.sendHeaders(answered);
                        }

                        @Override
                        public void onMessage(byte[] message) {
                            call.sendMessage(altered(() -> fault.answer(name, message)));
                            if (saidEverything.get()) {
                                full.set(true);
                                onwardIfReady();
                            }
                        }

                        private void onwardIfReady() {
                            if (call.isReady() && full.compareAndSet(true, false)) {
                                onward.request(1);
                            }
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            call.close(fault.end(name, status, trailers), trailers);
                        }
                    },
                    headers);
            call.request(2);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    onward.sendMessage(altered(() -> fault.request(name, message)));
                    call.request(1);
                    onward.request(1);
                }

                @Override
                public void onHalfClose() {
                    saidEverything.set(true);
                    onward.halfClose();
                    onward.request(1);
                }

                @Override
                public void onReady() {
                    if (full.compareAndSet(true, false)) {
                        onward.request(1);
                    }
                }

                @Override
                public void onCancel() {
                    onward.cancel("the caller has gone", null);
                }
            };
        }
    }

    private interface Altering {
        byte[] bytes() throws InvalidProtocolBufferException;
    }

    private static byte[] altered(Altering altering) {
        try {
            return altering.bytes();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("a right server sends right messages", e);
        }
    }
}
