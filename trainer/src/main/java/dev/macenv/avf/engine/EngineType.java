package dev.macenv.avf.engine;

/** The engines there are. */
public enum EngineType {
    /** Single precision on Java arrays, in loops that the JIT compiler vectorises: the one to train with. */
    VECTOR {
        @Override
        public Engine create() {
            return new VectorEngine();
        }
    },
    /** Single precision on ND4J: several times slower for networks of this size, but on whatever ND4J runs on. */
    ND4J {
        @Override
        public Engine create() {
            return new Nd4jEngine();
        }
    },
    /** Double precision in the simplest loops: the yardstick for the other engines and for gradients. Slow. */
    REFERENCE {
        @Override
        public Engine create() {
            return new ReferenceEngine();
        }
    };

    /** A new engine with scratch memory of its own. An engine serves one thread at a time; give each run its own. */
    public abstract Engine create();
}
