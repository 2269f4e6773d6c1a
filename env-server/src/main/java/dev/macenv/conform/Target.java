package dev.macenv.conform;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The server to judge, and how to reach it.
 *
 * @param address {@code host:port}, {@code unix:/path} or, for a server in this process, {@code inprocess:name}
 * @param credentials plain text or TLS; meaningless in process
 * @param encrypted whether these credentials encrypt
 * @param serverName the name in the server's certificate, if it is not the host of the address
 * @param bearerToken sent with every call
 */
public record Target(
        String address,
        ChannelCredentials credentials,
        boolean encrypted,
        Optional<String> serverName,
        Optional<String> bearerToken) {

    private static final String IN_PROCESS = "inprocess:";
    private static final String UNIX = "unix:";
    private static final Pattern HOST_AND_PORT = Pattern.compile("(\\[[^\\]]+\\]|[^/:]+):(\\d{1,5})");
    private static final int MOST_BYTES = 64 << 20;
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    /**
     * Checks the address.
     *
     * @throws IllegalArgumentException if it is none
     */
    public Target {
        if (!address.startsWith(IN_PROCESS)
                && !address.startsWith(UNIX)
                && !HOST_AND_PORT.matcher(address).matches()) {
            throw new IllegalArgumentException("target: " + address + " (expected: host:port or unix:/path)");
        }
    }

    /** Plain text, and no secret. */
    public static Target plain(String address) {
        return new Target(address, InsecureChannelCredentials.create(), false, Optional.empty(), Optional.empty());
    }

    /** Whether there is something that can be cut. */
    boolean hasConnection() {
        return !address.startsWith(IN_PROCESS);
    }

    /** A channel of its own, straight to the server; it tries nothing twice by itself. */
    ManagedChannel connect() {
        return connect(address);
    }

    /** The same through a relay on this machine, which the server's certificate knows nothing of. */
    ManagedChannel connectThrough(Relay relay) {
        return connect(relay.address());
    }

    /** With another bearer token, or none. */
    Target with(Optional<String> otherToken) {
        return new Target(address, credentials, encrypted, serverName, otherToken);
    }

    /** The same server without encryption. */
    Target unencrypted() {
        return new Target(address, InsecureChannelCredentials.create(), false, Optional.empty(), bearerToken);
    }

    private ManagedChannel connect(String where) {
        ManagedChannelBuilder<?> builder = where.startsWith(IN_PROCESS)
                ? InProcessChannelBuilder.forName(where.substring(IN_PROCESS.length()))
                : Grpc.newChannelBuilder(where, credentials);
        if (encrypted) {
            builder.overrideAuthority(serverName.orElseGet(this::host));
        }
        bearerToken.ifPresent(token -> builder.intercept(bearing(token)));
        return builder.disableRetry().maxInboundMessageSize(MOST_BYTES).build();
    }

    private String host() {
        Matcher matcher = HOST_AND_PORT.matcher(address);
        return matcher.matches() ? matcher.group(1) : "localhost";
    }

    /** Where the server's socket is. Not for servers in this process. */
    SocketAddress socket() {
        if (address.startsWith(UNIX)) {
            return UnixDomainSocketAddress.of(address.substring(UNIX.length()).replaceFirst("^//", ""));
        }
        Matcher matcher = HOST_AND_PORT.matcher(address);
        if (!matcher.matches()) {
            throw new AssertionError("no socket leads to " + address);
        }
        return new InetSocketAddress(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }

    private static ClientInterceptor bearing(String token) {
        Metadata headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + token);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return address + (encrypted ? " (TLS)" : "");
    }
}
