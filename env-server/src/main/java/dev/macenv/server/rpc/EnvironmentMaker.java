package dev.macenv.server.rpc;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.Settings;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.session.Guard;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Makes environments for clients: those that are trusted as they are, all others under a guard, on whose threads they are
 * constructed as well.
 *
 * @param catalog what there is to make
 * @param trust who is trusted
 * @param guard guards the rest
 * @param pool constructs what is trusted; constructing may take its time, so event loops never do it
 */
record EnvironmentMaker(Catalog catalog, ServerOptions.Trust trust, Guard guard, Executor pool) {

    /** Makes an environment on each call, with settings that are valid and complete. */
    Supplier<MacDecPomdp> maker(String id, Settings settings) {
        Supplier<MacDecPomdp> plain = () -> catalog.create(id, settings);
        return trusted(id) ? plain : guard.over(plain);
    }

    /** Where to construct the environment; also for an id that does not exist. */
    Executor executor(String id) {
        return catalog.find(id).isEmpty() || trusted(id) ? pool : guard.threads();
    }

    private boolean trusted(String id) {
        return switch (trust) {
            case BUILT_IN -> catalog.builtIn(id);
            case CLASS_PATH -> catalog.onClassPath(id);
            case NOBODY -> false;
        };
    }
}
