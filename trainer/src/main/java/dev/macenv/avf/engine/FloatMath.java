package dev.macenv.avf.engine;

/**
 * Exponential functions in single precision from additions, multiplications and one division only, so that they give the same bits on every machine
 * and the JIT compiler can vectorise loops over them.
 */
final class FloatMath {
    /** Beyond this tanh is 1 to within rounding. */
    static final float TANH_BOUND = 7.9053111f;

    // tanh(x) = x P(x^2) / Q(x^2)
    static final float TANH_P13 = -2.76076847742355e-16f;
    static final float TANH_P11 = 2.00018790482477e-13f;
    static final float TANH_P9 = -8.60467152213735e-11f;
    static final float TANH_P7 = 5.12229709037114e-08f;
    static final float TANH_P5 = 1.48572235717979e-05f;
    static final float TANH_P3 = 6.37261928875436e-04f;
    static final float TANH_P1 = 4.89352455891786e-03f;
    static final float TANH_Q6 = 1.19825839466702e-06f;
    static final float TANH_Q4 = 1.18534705686654e-04f;
    static final float TANH_Q2 = 2.26843463243900e-03f;
    static final float TANH_Q0 = 4.89352518554385e-03f;

    /** sigmoid stays at least this large, so that a product of sigmoids never becomes 0. */
    static final float SIGMOID_FLOOR = 1e-8f;

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
        if (x < -87) {
            return 0;
        }
        // exp(x) = 2^n exp(r) with |r| <= ln(2) / 2; ln(2) in two parts keeps r exact
        float n = (float) Math.rint(x * 1.44269504f);
        float r = Math.fma(n, -0.693359375f, x);
        r = Math.fma(n, 2.12194440e-4f, r);
        float p = 1.9875691500e-4f;
        p = Math.fma(p, r, 1.3981999507e-3f);
        p = Math.fma(p, r, 8.3334519073e-3f);
        p = Math.fma(p, r, 4.1665795894e-2f);
        p = Math.fma(p, r, 1.6666665459e-1f);
        p = Math.fma(p, r, 5.0000001201e-1f);
        p = Math.fma(p, r * r, r) + 1;
        return p * Float.intBitsToFloat(((int) n + 127) << 23);
    }

    /** {@code exp(x) - 1} for x at most 0, within 2e-7 absolute. */
    static float expMinusOne(float x) {
        return exp(x) - 1;
    }
}
