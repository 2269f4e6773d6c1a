package dev.macenv.server.cli;

import dev.macenv.client.EmbeddedServer;
import dev.macenv.client.EmbeddedServerProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;

/** Lets a client start this server in its own process; it is spoken to through the protocol all the same. */
public final class InProcessServerProvider implements EmbeddedServerProvider {
    @Override
    public EmbeddedServer start() {
        EnvironmentServer server = EnvironmentServer.inProcess(Catalog.load(), ServerOptions.standard());
        return new EmbeddedServer() {
            @Override
            public String target() {
                return server.target();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }
}
