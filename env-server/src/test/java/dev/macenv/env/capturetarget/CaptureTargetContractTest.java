package dev.macenv.env.capturetarget;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.contract.MacDecPomdpContract;
import dev.macenv.server.catalog.Catalog;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The contract for both versions: as in the paper; with extreme settings; and where captures are frequent, since on ten agents at random they are rare. */
class CaptureTargetContractTest {

    abstract static class Contract extends MacDecPomdpContract {

        private final String id;
        private final Map<String, ?> settings;

        Contract(String id, Map<String, ?> settings) {
            this.id = id;
            this.settings = settings;
        }

        @Override
        protected MacDecPomdp newEnvironment() {
            return Catalog.of(new CaptureTargetProvider()).create(id, settings);
        }
    }

    @Nested
    class Ct10 extends Contract {
        Ct10() {
            super("ct-10", Map.of());
        }
    }

    @Nested
    class Ct10Primitive extends Contract {
        Ct10Primitive() {
            super("ct-10-prim", Map.of());
        }
    }

    @Nested
    class Frequent extends Contract {
        Frequent() {
            super("capture-target", Map.of("agents", 2, "grid", 3));
        }
    }

    @Nested
    class FrequentPrimitive extends Contract {
        FrequentPrimitive() {
            super("capture-target-primitive", Map.of("agents", 1, "grid", 2));
        }
    }

    @Nested
    class Unseen extends Contract {
        Unseen() {
            super("capture-target", Map.of("agents", 3, "grid", 2, "flicker", 1, "agentNoise", 1));
        }
    }

    @Nested
    class Plain extends Contract {
        Plain() {
            super("capture-target", Map.of("agents", 40, "grid", 37, "flicker", 0, "agentNoise", 0));
        }
    }
}
