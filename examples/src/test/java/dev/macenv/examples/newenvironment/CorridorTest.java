package dev.macenv.examples.newenvironment;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.contract.MacDecPomdpContract;
import dev.macenv.server.catalog.Catalog;
import java.util.Map;

final class CorridorTest extends MacDecPomdpContract {

    @Override
    protected MacDecPomdp newEnvironment() {
        return Catalog.load().create("corridor", Map.of());
    }
}
