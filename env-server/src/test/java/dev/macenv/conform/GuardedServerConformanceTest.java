package dev.macenv.conform;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.journal.StateDirectory;
import dev.macenv.server.rpc.Durability;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.Protection;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.testing.RelayProvider;
import io.grpc.InsecureChannelCredentials;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Nothing is otherwise on a server that knows its callers by name and keeps journals. */
final class GuardedServerConformanceTest extends ConformanceContract {
    private static final String TOKEN = "0123456789abcdef0123456789abcdef";

    @TempDir
    private static Path directory = Path.of("");

    private static Optional<EnvironmentServer> server = Optional.empty();

    @BeforeAll
    static void startServer() throws IOException {
        Path tokens = Files.writeString(directory.resolve("tokens"), "alice " + TOKEN);
        Durability durability = new Durability(
                directory.resolve("state"), Duration.ZERO, 4 << 10, 64 << 20, StateDirectory.Opener.FILES);
        server = Optional.of(EnvironmentServer.tcp(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Catalog.of(new RelayProvider()),
                ServerOptions.standard()
                        .withProtection(new Protection(Optional.empty(), Optional.of(tokens)))
                        .withDurability(durability)));
    }

    @AfterAll
    static void stopServer() {
        server.ifPresent(EnvironmentServer::close);
    }

    @Override
    protected Target target() {
        return new Target(
                server.orElseThrow().target(),
                InsecureChannelCredentials.create(),
                false,
                Optional.empty(),
                Optional.of(TOKEN));
    }

    @Override
    protected List<String> environments() {
        return List.of("relay");
    }
}
