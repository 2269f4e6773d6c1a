package dev.macenv.server.cli;

import dev.macenv.client.EmbeddedServer;
import dev.macenv.client.EmbeddedServerProvider;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.rpc.EnvironmentServer;
import dev.macenv.server.rpc.ServerOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a client start this server in its own process; it is spoken to through the protocol all the same. */
public final class InProcessServerProvider implements EmbeddedServerProvider {
    private static final Logger log = LoggerFactory.getLogger(InProcessServerProvider.class);

    @Override
    public EmbeddedServer start() {
        Catalog catalog = Catalog.load(Macenv.standardPlugins());
        catalog.pluginProblems().forEach(problem -> log.warn("{}", problem));
        EnvironmentServer server = EnvironmentServer.inProcess(catalog, ServerOptions.standard());
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
