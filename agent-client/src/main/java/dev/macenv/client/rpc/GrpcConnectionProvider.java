package dev.macenv.client.rpc;

import dev.macenv.client.Access;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Connection;
import dev.macenv.client.ConnectionProvider;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/** Connections over gRPC: TCP, Unix domain sockets, and in this process. */
public final class GrpcConnectionProvider implements ConnectionProvider {

    private static final String IN_PROCESS = "inprocess:";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]+\\]|[^/:]+):\\d{1,5}");

    /** The server promises smaller answers; this is a guard against garbage. */
    private static final int MAX_MESSAGE_BYTES = 64 << 20;

    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /** Held, so that its level stays. */
    private static final Logger NETTY_BOOTSTRAP = Logger.getLogger("io.grpc.netty.shaded.io.netty.bootstrap");

    /** For {@link java.util.ServiceLoader}. */
    public GrpcConnectionProvider() {}

    @Override
    public boolean supports(String target) {
        return target.startsWith(IN_PROCESS)
                || target.startsWith("unix:")
                || target.startsWith("dns:")
                || HOST_AND_PORT.matcher(target).matches();
    }

    @Override
    public List<String> servers(String target) {
        return target.startsWith("dns:") ? NameLookup.addresses(target) : List.of(target);
    }

    @Override
    public Connection connect(String target, ClientOptions options) {
        return over(channel(target, options.access()), options);
    }

    /** A connection over a channel that the caller has made; closing the connection shuts it down. */
    public static Connection over(ManagedChannel channel, ClientOptions options) {
        return new GrpcConnection(channel, options);
    }

    /** Steps are short and answers are handed over at once, so the transport's own thread delivers them. */
    private static ManagedChannel channel(String target, Access access) {
        if (target.startsWith("unix:")) {
            // gRPC sets a TCP option on every socket, and Netty warns that a Unix socket has none such.
            NETTY_BOOTSTRAP.setLevel(Level.SEVERE);
        }
        ManagedChannelBuilder<?> builder = target.startsWith(IN_PROCESS)
                ? InProcessChannelBuilder.forName(target.substring(IN_PROCESS.length()))
                : Grpc.newChannelBuilder(target, credentials(access))
                        .keepAliveTime(30, TimeUnit.SECONDS)
                        .keepAliveTimeout(10, TimeUnit.SECONDS);
        access.tls().flatMap(Access.Tls::serverName).ifPresent(builder::overrideAuthority);
        access.bearerToken().ifPresent(token -> builder.intercept(bearing(token)));
        return builder.directExecutor().maxInboundMessageSize(MAX_MESSAGE_BYTES).build();
    }

    private static ChannelCredentials credentials(Access access) {
        if (access.tls().isEmpty()) {
            return InsecureChannelCredentials.create();
        }
        Access.Tls tls = access.tls().orElseThrow();
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        try {
            if (tls.trust().isPresent()) {
                credentials.trustManager(tls.trust().orElseThrow().toFile());
            }
            if (tls.identity().isPresent()) {
                Access.Identity identity = tls.identity().orElseThrow();
                credentials.keyManager(
                        identity.certificate().toFile(), identity.key().toFile());
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "access: " + e.getMessage() + " (expected: PEM files that can be read)", e);
        }
        return credentials.build();
    }

    private static ClientInterceptor bearing(String token) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }
}
