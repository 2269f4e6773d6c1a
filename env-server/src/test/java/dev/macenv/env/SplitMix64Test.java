package dev.macenv.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

    /** The published test vector. */
    @Test
    void givesTheNumbersOfTheAlgorithm() {
        SplitMix64 random = new SplitMix64(1234567);

        assertThat(random.nextLong()).isEqualTo(6457827717110365317L);
        assertThat(random.nextLong()).isEqualTo(3203168211198807973L);
        assertThat(Long.toUnsignedString(random.nextLong())).isEqualTo("9817491932198370423");
        assertThat(SplitMix64.mix(1234567)).isEqualTo(6457827717110365317L);
    }

    /** Pinned: these draws are part of what a seed means. */
    @Test
    void derivedDrawsStayWhatTheyAre() {
        SplitMix64 random = new SplitMix64(7);

        assertThat(new int[] {random.nextInt(10), random.nextInt(10), random.nextInt(1000), random.nextInt()})
                .containsExactly(3, 0, 900, -1791300752);
        assertThat(random.nextDouble()).isEqualTo(0.45244189501146836);
        assertThat(random.nextBoolean()).isFalse();
    }

    @Test
    void boundedDrawsAreUniform() {
        SplitMix64 random = new SplitMix64(1);
        int[] counts = new int[5];
        for (int i = 0; i < 50_000; i++) {
            counts[random.nextInt(5)]++;
        }

        // 10000 each, standard deviation 89.
        for (int count : counts) {
            assertThat(count).isBetween(10_000 - 4 * 89, 10_000 + 4 * 89);
        }
        assertThatThrownBy(() -> random.nextInt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bound: 0 (expected: > 0)");
    }

    /** With a bound of three eighths of the range, drawing without rejection would give every third number too seldom: 1/4 instead of 1/3. */
    @Test
    void largeBoundsAreUniformToo() {
        SplitMix64 random = new SplitMix64(2);
        int[] counts = new int[3];
        for (int i = 0; i < 30_000; i++) {
            counts[random.nextInt(3 << 29) % 3]++;
        }

        // 10000 each, standard deviation 82.
        for (int count : counts) {
            assertThat(count).isBetween(10_000 - 4 * 82, 10_000 + 4 * 82);
        }
    }

    @Test
    void aStateContinuesTheStream() {
        SplitMix64 random = new SplitMix64(3);
        random.nextLong();
        long state = random.state();
        long next = random.nextLong();
        SplitMix64 other = new SplitMix64(99);

        other.setState(state);

        assertThat(other.nextLong()).isEqualTo(next);
    }

    @Test
    void splitStreamsDiffer() {
        assertThat(new SplitMix64(3).split(0).nextLong())
                .isEqualTo(new SplitMix64(3).split(0).nextLong())
                .isNotEqualTo(new SplitMix64(3).split(1).nextLong())
                .isNotEqualTo(new SplitMix64(4).split(0).nextLong());
    }
}
