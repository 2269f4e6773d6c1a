package dev.macenv.server.session;

import java.util.Arrays;

/**
 * One step request: macro-actions for pending seats as parallel columns, and how far to run.
 *
 * <p>The arrays are not copied and must not change afterwards. Column lengths may differ here; {@link Session#step}
 * refuses that.
 */
public final class Decisions {
    private final long stepId;
    private final int[] lane;
    private final int[] seat;
    private final int[] action;
    private final int paramsLength;
    private final int minReady;
    private final int maxTicks;

    /**
     * @param stepId 1, 2, 3, ... per grant
     * @param lane which lane
     * @param seat which agent
     * @param action which macro-action; -1 lets the seat's fallback decide
     * @param paramsLength bytes of parameters that came along
     * @param minReady answer when this many lanes have rows; 0 for all that are owed
     * @param maxTicks the most ticks a lane runs before it reports; 0 for no limit
     */
    public Decisions(long stepId, int[] lane, int[] seat, int[] action, int paramsLength, int minReady, int maxTicks) {
        this.stepId = stepId;
        this.lane = lane;
        this.seat = seat;
        this.action = action;
        this.paramsLength = paramsLength;
        this.minReady = minReady;
        this.maxTicks = maxTicks;
    }

    /** Of the request. */
    public long stepId() {
        return stepId;
    }

    /** Number of lanes mentioned, at most. */
    public int rows() {
        return lane.length;
    }

    int[] lane() {
        return lane;
    }

    int[] seat() {
        return seat;
    }

    int[] action() {
        return action;
    }

    int paramsLength() {
        return paramsLength;
    }

    /** The most ticks a lane runs before it reports; 0 for no limit. */
    public int maxTicks() {
        return maxTicks;
    }

    /** Answer when this many lanes have rows; 0 for all that are owed. */
    public int minReady() {
        return minReady;
    }

    boolean sameContent(Decisions other) {
        return stepId == other.stepId
                && paramsLength == other.paramsLength
                && minReady == other.minReady
                && maxTicks == other.maxTicks
                && Arrays.equals(lane, other.lane)
                && Arrays.equals(seat, other.seat)
                && Arrays.equals(action, other.action);
    }
}
