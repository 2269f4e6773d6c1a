package dev.macenv.avf.engine;

/** The element-wise functions of the networks and mixers. */
public enum Activation {
    /** {@code x}. */
    IDENTITY,
    /** {@code x} for x > 0, {@code 0.01 x} otherwise; the derivative at 0 is 0.01. */
    LEAKY_RELU,
    /** {@code max(x, 0)}; the derivative at 0 is 0. */
    RELU,
    /** {@code x} for x > 0, {@code exp(x) - 1} otherwise. */
    ELU,
    /** {@code |x|}; the derivative is the sign, 0 at 0. */
    ABS,
    /** {@code 1 / (1 + exp(-x))}. */
    SIGMOID,
    /** The hyperbolic tangent. */
    TANH,
    /** {@code exp(x)}; for x at most 88, where single precision ends. */
    EXP,
    /** The natural logarithm, of positive numbers only; the derivative is {@code 1 / x}. */
    LOG;

    /** Slope of {@link #LEAKY_RELU} on the negative side. */
    public static final double LEAK = 0.01;

    /** Whether the derivative can be computed from the function's value alone, so that the argument need not be kept. */
    public boolean derivativeFromValue() {
        return this != ABS && this != LOG;
    }
}
