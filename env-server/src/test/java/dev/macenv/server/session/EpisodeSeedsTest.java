package dev.macenv.server.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test vectors that the protocol publishes. */
final class EpisodeSeedsTest {
    @ParameterizedTest
    @CsvSource({
        "0,                e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f",
        "1,                910a2dec89025cc1, beeb8da1658eec67, f893a2eefb32555e",
        "2a,               bdd732262feb6e95, 28efe333b266f103, 47526757130f9f52",
        "ffffffffffffffff, e4d971771b652c20, e99ff867dbf682c9, 382ff84cb27281e9"
    })
    void episodeSeedsOfALane(String laneSeed, String first, String second, String third) {
        long seed = Long.parseUnsignedLong(laneSeed, 16);
        assertThat(new String[] {hex(seed, 0), hex(seed, 1), hex(seed, 2)}).containsExactly(first, second, third);
        SplittableRandom stream = new SplittableRandom(seed);
        for (int episode = 0; episode < 100; episode++) {
            assertThat(EpisodeSeeds.episodeSeed(seed, episode)).isEqualTo(stream.nextLong());
        }
    }

    private static String hex(long laneSeed, int episode) {
        return "%016x".formatted(EpisodeSeeds.episodeSeed(laneSeed, episode));
    }

    @Test
    void laneSeedsAreGivenOrDerivedFromTheOnlyOne() {
        assertThat(EpisodeSeeds.laneSeeds(new long[] {0}, 4))
                .containsExactly(0, 0x6e789e6aa1b965f4L, 0x06c45d188009454fL, 0xf88bb8a8724c81ecL);
        assertThat(EpisodeSeeds.laneSeeds(new long[] {7}, 4))
                .containsExactly(7, 0x044c3cd7f43c661cL, 0xe6984080bab12a02L, 0x953aeb70673e29cbL);
        assertThat(EpisodeSeeds.laneSeeds(new long[] {5, 5}, 2)).containsExactly(5, 5);
        assertThat(EpisodeSeeds.laneSeeds(new long[] {5}, 1)).containsExactly(5);
    }
}
