package dev.macenv.env.boxpushing;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.contract.MacDecPomdpContract;
import dev.macenv.server.catalog.Catalog;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The contract for both versions, on the grids with a layout of their own and on an ordinary one. */
class BoxPushingContractTest {

    abstract static class Contract extends MacDecPomdpContract {

        private final String id;

        Contract(String id) {
            this.id = id;
        }

        @Override
        protected MacDecPomdp newEnvironment() {
            return Catalog.of(new BoxPushingProvider()).create(id, Map.of());
        }
    }

    @Nested
    class Grid4 extends Contract {
        Grid4() {
            super("bp-4");
        }
    }

    @Nested
    class Grid6 extends Contract {
        Grid6() {
            super("bp-6");
        }
    }

    @Nested
    class Grid10 extends Contract {
        Grid10() {
            super("bp-10");
        }
    }

    @Nested
    class Primitive6 extends Contract {
        Primitive6() {
            super("bp-6-prim");
        }
    }

    @Nested
    class Primitive10 extends Contract {
        Primitive10() {
            super("bp-10-prim");
        }
    }
}
