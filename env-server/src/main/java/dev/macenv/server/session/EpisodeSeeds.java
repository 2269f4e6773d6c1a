package dev.macenv.server.session;

import dev.macenv.env.SplitMix64;

/**
 * The published derivation of episode seeds: {@code episode_seed(e) = splitmix64(lane_seed + e * 0x9E3779B97F4A7C15)}.
 *
 * <p>{@code splitmix64(x)} is one output of Vigna's generator in state {@code x}, so the episodes of a lane are seeded by
 * the consecutive outputs of a SplitMix64 generator that was seeded with {@code lane_seed} (in Java: {@code new
 * SplittableRandom(laneSeed).nextLong()}). Zero is a seed like any other.
 */
public final class EpisodeSeeds {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private EpisodeSeeds() {}

    /** The seed of episode {@code episode} (0-based) of a lane. */
    public static long episodeSeed(long laneSeed, long episode) {
        return SplitMix64.mix(laneSeed + episode * GOLDEN_GAMMA);
    }

    /**
     * The seeds of all lanes: {@code seeds} itself when it names one per lane; otherwise its only element for lane 0, and
     * for lane l the value derived from that element and l by the same function. So lane 0 plays the same episodes
     * whatever the number of lanes.
     *
     * @param seeds 1 or {@code lanes} values
     */
    public static long[] laneSeeds(long[] seeds, int lanes) {
        if (seeds.length == lanes) {
            return seeds.clone();
        }
        long[] derived = new long[lanes];
        derived[0] = seeds[0];
        for (int lane = 1; lane < lanes; lane++) {
            derived[lane] = episodeSeed(seeds[0], lane);
        }
        return derived;
    }
}
