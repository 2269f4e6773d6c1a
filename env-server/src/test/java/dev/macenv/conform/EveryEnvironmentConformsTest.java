package dev.macenv.conform;

import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;

/** So does every environment that comes with it. */
@Tag("slow")
final class EveryEnvironmentConformsTest extends ConformanceContract {
    private static final EnvironmentServer SERVER =
            EnvironmentServer.inProcess(Catalog.load(), ServerOptions.standard());

    @AfterAll
    static void stopServer() {
        SERVER.close();
    }

    @Override
    protected Target target() {
        return Target.plain(SERVER.target());
    }
}
