package dev.macenv.avf.nn;

/** How a linear layer's parameters start: uniform in {@code [-bound, bound)}. */
public enum Initialization {
    /** Glorot, for a layer followed by LeakyReLU(0.01): weight bound {@code gain sqrt(6 / (in + out))}, gain {@code sqrt(2 / (1 + 0.01^2))}; bias 0. */
    XAVIER_LEAKY_RELU {
        @Override
        double weightBound(int in, int out) {
            return Math.sqrt(2 / (1 + 0.01 * 0.01)) * Math.sqrt(6.0 / (in + out));
        }

        @Override
        double biasBound(int in) {
            return 0;
        }
    },
    /** Glorot, for a layer followed by ReLU: the same with gain {@code sqrt(2)}. */
    XAVIER_RELU {
        @Override
        double weightBound(int in, int out) {
            return Math.sqrt(2) * Math.sqrt(6.0 / (in + out));
        }

        @Override
        double biasBound(int in) {
            return 0;
        }
    },
    /** Glorot, for an output layer: the same with gain 1. */
    XAVIER_LINEAR {
        @Override
        double weightBound(int in, int out) {
            return Math.sqrt(6.0 / (in + out));
        }

        @Override
        double biasBound(int in) {
            return 0;
        }
    },
    /** Mixers and hypernetworks: weight and bias bound {@code 1 / sqrt(in)}. */
    TORCH {
        @Override
        double weightBound(int in, int out) {
            return 1 / Math.sqrt(in);
        }

        @Override
        double biasBound(int in) {
            return 1 / Math.sqrt(in);
        }
    };

    abstract double weightBound(int in, int out);

    abstract double biasBound(int in);
}
