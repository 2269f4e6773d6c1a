package dev.macenv.avf.engine;

/**
 * Exponential functions in single precision from additions, multiplications and one division only, so that they give the same bits on every machine
 * and the JIT compiler can vectorise loops over them; and a logarithm that gives the same bits everywhere.
 */
final class FloatMath {
    /** Beyond this tanh is 1 to within rounding. */
    static final float TANH_BOUND = 7.905311f;

    // tanh(x) = x P(x^2) / Q(x^2)
    static final float TANH_P13 = -2.7607684E-16f;
    static final float TANH_P11 = 2.000188E-13f;
    static final float TANH_P9 = -8.604672E-11f;
    static final float TANH_P7 = 5.1222973E-8f;
    static final float TANH_P5 = 0.0000148572235f;
    static final float TANH_P3 = 0.00063726195f;
    static final float TANH_P1 = 0.0048935246f;
    static final float TANH_Q6 = 0.0000011982584f;
    static final float TANH_Q4 = 0.00011853471f;
    static final float TANH_Q2 = 0.0022684347f;
    static final float TANH_Q0 = 0.004893525f;

    /** sigmoid stays at least this large, so that a product of sigmoids never becomes 0. */
    static final float SIGMOID_FLOOR = 1e-8f;

    /** Below this exp is 0. */
    static final float EXP_FLOOR = -87f;

    static final float LOG2_E = 1.442695f;

    /** Added and subtracted again, this rounds to the nearest integer, ties to even; in between, the lowest bits are that integer. */
    static final float ROUND = 0x1.8p23f;

    // -ln(2), in two parts
    static final float LN2_HIGH = -0.6933594f;
    static final float LN2_LOW = 2.12194440e-4f;

    static final float EXP_6 = 0.00019875691f;
    static final float EXP_5 = 0.0013981999f;
    static final float EXP_4 = 0.008333452f;
    static final float EXP_3 = 0.041665796f;
    static final float EXP_2 = 0.16666666f;

    private FloatMath() {}

    /** Hyperbolic tangent, within 4e-7 relative: a rational minimax approximation, odd of degree 13 over even of degree 6. */
    static float tanh(float value) {
        float x = Math.max(-TANH_BOUND, Math.min(TANH_BOUND, value));
        float s = x * x;
        float p = TANH_P13;
        p = Math.fma(p, s, TANH_P11);
        p = Math.fma(p, s, TANH_P9);
        p = Math.fma(p, s, TANH_P7);
        p = Math.fma(p, s, TANH_P5);
        p = Math.fma(p, s, TANH_P3);
        p = Math.fma(p, s, TANH_P1);
        float q = TANH_Q6;
        q = Math.fma(q, s, TANH_Q4);
        q = Math.fma(q, s, TANH_Q2);
        q = Math.fma(q, s, TANH_Q0);
        return x * p / q;
    }

    /** {@code 1 / (1 + exp(-x))}, within 2e-7 absolute, in {@code [1e-8, 1]}. */
    static float sigmoid(float x) {
        return Math.max(SIGMOID_FLOOR, Math.fma(0.5f, tanh(0.5f * x), 0.5f));
    }

    /** {@code exp(x)}, within 2e-7 relative; 0 below -87. For x at most 88. */
    static float exp(float x) {
        if (x < EXP_FLOOR) {
            return 0;
        }
        // exp(x) = 2^n exp(r) with |r| <= ln(2) / 2; ln(2) in two parts keeps r exact
        float n = (x * LOG2_E + ROUND) - ROUND;
        float r = Math.fma(n, LN2_HIGH, x);
        r = Math.fma(n, LN2_LOW, r);
        float p = EXP_6;
        p = Math.fma(p, r, EXP_5);
        p = Math.fma(p, r, EXP_4);
        p = Math.fma(p, r, EXP_3);
        p = Math.fma(p, r, EXP_2);
        p = Math.fma(p, r, 0.5f);
        p = Math.fma(p, r * r, r) + 1;
        return p * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    /** The natural logarithm, rounded from double precision: for the few numbers of a policy, not for whole layers. */
    static float log(float x) {
        return (float) StrictMath.log(x);
    }

    /** {@code exp(x) - 1} for x at most 0, within 2e-7 absolute. */
    static float expMinusOne(float x) {
        return exp(x) - 1;
    }
}
