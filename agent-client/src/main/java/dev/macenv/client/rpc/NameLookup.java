package dev.macenv.client.rpc;

import dev.macenv.client.ErrorCode;
import dev.macenv.client.MacenvException;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.SynchronizationContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks gRPC's own name resolver, once, which addresses a name has. */
final class NameLookup extends NameResolver.Listener2 {

    private static final long SECONDS = 10;
    private static final int DEFAULT_PORT = 50051;

    private final CompletableFuture<List<String>> addresses = new CompletableFuture<>();

    private NameLookup() {}

    /**
     * Resolves a target of the form {@code dns:///name:port}.
     *
     * @return host:port of each address, in the resolver's order
     * @throws MacenvException if that fails
     */
    static List<String> addresses(String target) {
        NameLookup lookup = new NameLookup();
        NameResolver resolver = resolver(target);
        resolver.start(lookup);
        try {
            return lookup.addresses.get(SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw unavailable(target, e);
        } catch (TimeoutException e) {
            throw unavailable(target, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Persistence.interrupted(e);
        } finally {
            resolver.shutdown();
        }
    }

    private static NameResolver resolver(String target) {
        SynchronizationContext context = new SynchronizationContext((thread, failure) -> {
            throw new AssertionError("looking up " + target, failure);
        });
        NameResolver.Args args = NameResolver.Args.newBuilder()
                .setDefaultPort(DEFAULT_PORT)
                .setProxyDetector(address -> null)
                .setSynchronizationContext(context)
                .setServiceConfigParser(new NoServiceConfig())
                .build();
        NameResolver resolver =
                NameResolverRegistry.getDefaultRegistry().asFactory().newNameResolver(URI.create(target), args);
        if (resolver == null) {
            throw new IllegalArgumentException("target: " + target + " (expected: dns:///name:port)");
        }
        return resolver;
    }

    @Override
    public void onResult(NameResolver.ResolutionResult result) {
        List<String> found = new ArrayList<>();
        if (!result.getAddressesOrError().hasValue()) {
            onError(result.getAddressesOrError().getStatus());
            return;
        }
        for (EquivalentAddressGroup group : result.getAddressesOrError().getValue()) {
            for (SocketAddress address : group.getAddresses()) {
                if (address instanceof InetSocketAddress inet) {
                    found.add(text(inet));
                }
            }
        }
        addresses.complete(found);
    }

    @Override
    public void onError(Status error) {
        addresses.completeExceptionally(error.asRuntimeException());
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    private static MacenvException unavailable(String target, Throwable cause) {
        return MacenvException.of(
                MacenvException.Failure.of(ErrorCode.UNAVAILABLE, target + " cannot be resolved: " + cause), cause);
    }

    /** A name's service configuration is for channels that spread calls; sessions are not spread. */
    private static final class NoServiceConfig extends NameResolver.ServiceConfigParser {
        @Override
        public ConfigOrError parseServiceConfig(Map<String, ?> rawServiceConfig) {
            return ConfigOrError.fromConfig(rawServiceConfig);
        }
    }
}
