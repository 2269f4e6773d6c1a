package dev.macenv.server.session;

import dev.macenv.env.SplitMix64;
import java.time.Duration;
import java.util.Optional;

/**
 * What happens while a pending seat stays silent: nobody holds it, its grant has lapsed, or its holder has not decided in
 * time.
 *
 * @param kind how the server decides
 * @param action the macro-action of {@link Kind#FALLBACK_ACTION}; not used by the others
 * @param patience how long a held seat may be pending, in real time, from when its holder was told; empty: as long as the
 *     grant has not lapsed. Not used by {@link Kind#WAIT}
 */
public record AbsencePolicy(Kind kind, int action, Optional<Duration> patience) {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    /** The lane stands still, however long it takes. */
    public static final AbsencePolicy WAIT = new AbsencePolicy(Kind.WAIT, 0, Optional.empty());

    /** Ways to decide for somebody who is not there. */
    public enum Kind {
        /** The lane stands still. */
        WAIT,
        /** A given macro-action; where it is illegal, the legal one with the smallest id. */
        FALLBACK_ACTION,
        /** A legal macro-action by lot, from the lane's own seeds, so that it is the same whenever it is drawn. */
        RANDOM_LEGAL,
        /** The episode is cut short. */
        TRUNCATE
    }

    /** Whether it names a macro-action, for players who leave the choice to it as well. */
    boolean choosesActions() {
        return kind == Kind.FALLBACK_ACTION || kind == Kind.RANDOM_LEGAL;
    }

    /** The macro-action for a pending seat of a standing lane, if this policy {@link #choosesActions}. */
    int choose(Lane lane, int seat) {
        return kind == Kind.RANDOM_LEGAL ? byLot(lane, seat) : fallback(lane, seat);
    }

    private int fallback(Lane lane, int seat) {
        return lane.legal(seat, action) ? action : nthLegal(lane.legalMask(seat), 0);
    }

    /**
     * The published lot: with {@code u = splitmix64(splitmix64(episode_seed + (seat+1)*G) + (tick+1)*G)} and c legal
     * macro-actions in ascending order, number {@code ((u>>32) * c) >> 32} of them.
     */
    private static int byLot(Lane lane, int seat) {
        byte[] mask = lane.legalMask(seat);
        int count = 0;
        for (byte may : mask) {
            count += may;
        }
        long seatSeed = SplitMix64.mix(lane.episodeSeed() + (seat + 1) * GOLDEN_GAMMA);
        long u = SplitMix64.mix(seatSeed + (lane.tick() + 1) * GOLDEN_GAMMA);
        return nthLegal(mask, (int) (((u >>> 32) * count) >>> 32));
    }

    private static int nthLegal(byte[] mask, int n) {
        int left = n;
        for (int action = 0; action < mask.length; action++) {
            if (mask[action] != 0 && left-- == 0) {
                return action;
            }
        }
        throw new AssertionError("a pending agent always has a legal macro-action, see Lane");
    }
}
