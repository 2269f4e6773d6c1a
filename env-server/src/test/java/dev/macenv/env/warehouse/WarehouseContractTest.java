package dev.macenv.env.warehouse;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.contract.MacDecPomdpContract;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The contract for every scenario, with macro-actions and with one-tick actions, and for the other readings of the latter. */
class WarehouseContractTest {

    abstract static class Contract extends MacDecPomdpContract {

        private final String id;
        private final Map<String, ?> settings;

        Contract(String id) {
            this(id, Map.of());
        }

        Contract(String id, Map<String, ?> settings) {
            this.id = id;
            this.settings = settings;
        }

        @Override
        protected MacDecPomdp newEnvironment() {
            return Deliveries.CATALOG.create(id, settings);
        }
    }

    @Nested
    class S extends Contract {
        S() {
            super("wtd-s");
        }
    }

    @Nested
    class SPrimitive extends Contract {
        SPrimitive() {
            super("wtd-s-prim");
        }
    }

    @Nested
    class D extends Contract {
        D() {
            super("wtd-d");
        }
    }

    @Nested
    class DPrimitive extends Contract {
        DPrimitive() {
            super("wtd-d-prim");
        }
    }

    @Nested
    class T extends Contract {
        T() {
            super("wtd-t");
        }
    }

    @Nested
    class TPrimitive extends Contract {
        TPrimitive() {
            super("wtd-t-prim");
        }
    }

    @Nested
    class T1 extends Contract {
        T1() {
            super("wtd-t1");
        }
    }

    @Nested
    class T1Primitive extends Contract {
        T1Primitive() {
            super("wtd-t1-prim");
        }
    }

    @Nested
    class B extends Contract {
        B() {
            super("wtd-b");
        }
    }

    @Nested
    class BPrimitive extends Contract {
        BPrimitive() {
            super("wtd-b-prim");
        }
    }

    @Nested
    class E extends Contract {
        E() {
            super("wtd-e");
        }
    }

    @Nested
    class EPrimitive extends Contract {
        EPrimitive() {
            super("wtd-e-prim");
        }
    }

    @Nested
    class F extends Contract {
        F() {
            super("wtd-f");
        }
    }

    @Nested
    class FPrimitive extends Contract {
        FPrimitive() {
            super("wtd-f-prim");
        }
    }

    @Nested
    class DurativeManipulator extends Contract {
        DurativeManipulator() {
            super("wtd-s-prim", Map.of("primitiveManipulator", "durative"));
        }
    }

    @Nested
    class InstantManipulator extends Contract {
        InstantManipulator() {
            super("wtd-s-prim", Map.of("primitiveManipulator", "instant"));
        }
    }

    @Nested
    class SymmetricPassCheck extends Contract {
        SymmetricPassCheck() {
            super("wtd-t1", Map.of("symmetricPassCheck", true));
        }
    }

    @Nested
    class VeryFast extends Contract {
        VeryFast() {
            super("wtd-d", Map.of("speed", 10, "passTicks", 1, "searchTicks", 1, "waitTicks", 1));
        }
    }

    @Nested
    class VerySlow extends Contract {
        VerySlow() {
            super("wtd-s", Map.of("speed", 0.01));
        }
    }
}
