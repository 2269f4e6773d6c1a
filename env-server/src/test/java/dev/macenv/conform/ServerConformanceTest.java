package dev.macenv.conform;

import dev.macenv.env.boxpushing.BoxPushingProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import dev.macenv.server.testing.RelayProvider;
import java.util.List;
import org.junit.jupiter.api.AfterAll;

/** Our server keeps its own protocol: with two groups of agents, with one, and with one-tick actions. */
final class ServerConformanceTest extends ConformanceContract {
    private static final EnvironmentServer SERVER = EnvironmentServer.inProcess(
            Catalog.of(new RelayProvider(), new BoxPushingProvider()), ServerOptions.standard());

    @AfterAll
    static void stopServer() {
        SERVER.close();
    }

    @Override
    protected Target target() {
        return Target.plain(SERVER.target());
    }

    @Override
    protected List<String> environments() {
        return List.of("relay", "bp-6", "bp-4-prim");
    }
}
