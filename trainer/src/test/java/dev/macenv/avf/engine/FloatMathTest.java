package dev.macenv.avf.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class FloatMathTest {
    @Test
    void accuracyIsAsPromised() {
        double tanh = 0;
        double sigmoid = 0;
        double exp = 0;
        double log = 0;
        for (int i = -300_000; i <= 300_000; i++) {
            float x = i * 1e-4f;
            if (i != 0) {
                tanh = Math.max(tanh, Math.abs(FloatMath.tanh(x) / Math.tanh(x) - 1));
            }
            sigmoid = Math.max(sigmoid, Math.abs(FloatMath.sigmoid(x) - 1 / (1 + Math.exp(-x))));
            exp = Math.max(exp, Math.abs(FloatMath.exp(x) / Math.exp(x) - 1));
            if (i > 0) {
                log = Math.max(log, Math.abs(FloatMath.log(x) - Math.log(x)) / (1 + Math.abs(Math.log(x))));
            }
        }
        assertThat(tanh).isLessThan(4e-7);
        assertThat(sigmoid).isLessThan(2e-7);
        assertThat(exp).isLessThan(2e-7);
        assertThat(log).isLessThan(1e-7);
    }

    @Test
    void farAwayTheySaturate() {
        assertThat(FloatMath.tanh(Float.POSITIVE_INFINITY)).isCloseTo(1, within(4e-7f));
        assertThat(FloatMath.tanh(-1e30f)).isCloseTo(-1, within(4e-7f));
        assertThat(FloatMath.sigmoid(-1e30f)).isPositive().isLessThan(2e-7f);
        assertThat(FloatMath.exp(-1e30f)).isZero();
        assertThat(FloatMath.tanh(0)).isZero();
        assertThat(FloatMath.exp(0)).isEqualTo(1);
    }

    @Test
    void notANumberStaysNotANumber() {
        assertThat(FloatMath.tanh(Float.NaN)).isNaN();
        assertThat(FloatMath.sigmoid(Float.NaN)).isNaN();
        assertThat(FloatMath.exp(Float.NaN)).isNaN();
    }
}
