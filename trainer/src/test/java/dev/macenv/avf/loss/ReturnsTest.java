package dev.macenv.avf.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Four rows of one sequence and one of another, by hand. */
class ReturnsTest {
    private static final Offset<Double> EXACT = within(1e-12);
    private static final double[] REWARD = {1, 2, 3, 4, 5};
    private static final double[] DISCOUNT = {.9, .5, .8, .6, .7};
    private static final double[] NEXT = {10, 20, 30, 40, 50};
    private static final int[] SEQUENCE = {3, 3, 3, 3, 7};

    @Test
    void oneStepBootstrapsFromTheNextRow() {
        double[] returns = returns(1, false);
        assertThat(returns).containsExactly(new double[] {1 + 9, 2 + 10, 3 + 24, 4 + 24, 5 + 35}, EXACT);
    }

    @Test
    void threeStepsSumThreeRewards() {
        double[] returns = returns(3, false);
        assertThat(returns[0]).isCloseTo(1 + .9 * 2 + .45 * 3 + .36 * 30, EXACT);
        assertThat(returns[1]).isCloseTo(2 + .5 * 3 + .4 * 4 + .24 * 40, EXACT);
    }

    @Test
    void fewerThanThreeRowsLeftEndWithTheLastOneOfTheSequence() {
        double[] returns = returns(3, false);
        assertThat(returns[2]).isCloseTo(3 + .8 * 4 + .48 * 40, EXACT);
        assertThat(returns[3]).isCloseTo(4 + .6 * 40, EXACT);
        assertThat(returns[4]).isCloseTo(5 + .7 * 50, EXACT);
    }

    @Test
    void nothingIsBootstrappedFromATerminalRow() {
        double[] returns = returns(3, true);
        assertThat(returns[0]).isCloseTo(1 + .9 * 2 + .45 * 3 + .36 * 30, EXACT);
        assertThat(returns[1]).isCloseTo(2 + .5 * 3 + .4 * 4, EXACT);
        assertThat(returns[3]).isEqualTo(4);
    }

    @Test
    void manyStepsAreTheDiscountedSumToTheEnd() {
        assertThat(returns(100, true)[0]).isCloseTo(1 + .9 * (2 + .5 * (3 + .8 * 4)), EXACT);
    }

    private static double[] returns(int steps, boolean terminal) {
        double[] next = NEXT.clone();
        next[3] = terminal ? Double.NaN : 40; // not read
        double[] returns = new double[5];
        boolean[] ends = {false, false, false, terminal, false};
        Returns.bootstrapped(steps, REWARD, DISCOUNT, ends, SEQUENCE, next, 5, returns);
        return returns;
    }
}
