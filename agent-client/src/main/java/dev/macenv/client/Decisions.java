package dev.macenv.client;

import java.util.Arrays;
import java.util.Objects;

/**
 * Macro-actions for pending agents, and how far to go. Columns that grow and are used again; not thread-safe.
 *
 * <pre>{@code
 * decisions.clear();
 * decisions.add(lane, agent, action);
 * Events events = session.step(decisions);
 * }</pre>
 *
 * <p>Nothing is checked here: the server checks the whole request, and refuses it as a whole.
 */
public final class Decisions {

    private int size;
    private int[] lane = new int[16];
    private int[] seat = new int[16];
    private int[] action = new int[16];
    private int maxTicks;
    private int minReady;

    /** No decision, no limits. */
    public Decisions() {}

    /**
     * Adds a decision.
     *
     * @param action id of a legal macro-action, or -1 to let the seat's fallback decide
     */
    public Decisions add(int lane, int seat, int action) {
        if (size == this.lane.length) {
            this.lane = Arrays.copyOf(this.lane, 2 * size);
            this.seat = Arrays.copyOf(this.seat, 2 * size);
            this.action = Arrays.copyOf(this.action, 2 * size);
        }
        this.lane[size] = lane;
        this.seat[size] = seat;
        this.action[size] = action;
        size++;
        return this;
    }

    /** Stops each lane after at most this many ticks since its previous row; 0, the default, runs to the next event. */
    public Decisions maxTicks(int ticks) {
        this.maxTicks = ticks;
        return this;
    }

    /** Answers as soon as this many lanes have rows; 0, the default, waits for all that are under way. */
    public Decisions minReady(int lanes) {
        this.minReady = lanes;
        return this;
    }

    /** Forgets the decisions; the two limits stay. */
    public Decisions clear() {
        size = 0;
        return this;
    }

    /** The number of decisions, m. */
    public int size() {
        return size;
    }

    /** Lane of decision i, 0..m-1. */
    public int lane(int i) {
        return lane[Objects.checkIndex(i, size)];
    }

    /** Seat of decision i, 0..m-1. */
    public int seat(int i) {
        return seat[Objects.checkIndex(i, size)];
    }

    /** Macro-action of decision i, 0..m-1. */
    public int action(int i) {
        return action[Objects.checkIndex(i, size)];
    }

    /** The limit set by {@link #maxTicks(int)}. */
    public int maxTicks() {
        return maxTicks;
    }

    /** The number set by {@link #minReady(int)}. */
    public int minReady() {
        return minReady;
    }
}
