package dev.macenv.avf.experiment;

import dev.macenv.client.EventKind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * What it takes to bring a lane to where it is, on whatever server: its seed, how many episodes it has begun, and what was decided
 * in the running one. By the protocol's determinism law the lane's trajectory follows from that.
 *
 * <p>The seeds are those of the protocol (docs/protocol.md, Seeds): the episodes of lane seed s have the seeds splitmix64(s + e G),
 * e = 0, 1, 2, ..., hence a lane that is to go on with episode e is simply one with the lane seed s + e G.
 */
final class LaneHistory {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long seed;
    private long episodes; // begun with this seed
    private boolean running;
    private int rows; // of the running episode, its START apart
    private int ticks;
    private int[] macroActions = new int[16]; // decided in the running episode, in the order of events and seats
    private int decisions;

    /** A lane that has begun nothing yet. */
    LaneHistory(long seed) {
        this.seed = seed;
    }

    /** The protocol's seed for this lane of a session with one seed. */
    static long laneSeed(long sessionSeed, int lane) {
        return lane == 0 ? sessionSeed : RandomStream.splitMix64(sessionSeed + lane * GOLDEN_GAMMA);
    }

    /** The lane seed with which a new session begins with the episode that runs here, or else with the next one. */
    long seedToGoOn() {
        return seed + (running ? episodes - 1 : episodes) * GOLDEN_GAMMA;
    }

    /** Whether an episode has begun and is neither ended nor abandoned. */
    boolean running() {
        return running;
    }

    /** Events of the running episode, its START apart. */
    int rows() {
        return running ? rows : 0;
    }

    /** Decisions of the running episode. */
    int decisions() {
        return running ? decisions : 0;
    }

    /** Ticks of the running episode. */
    int ticks() {
        return running ? ticks : 0;
    }

    /** One of the running episode's decisions, in the order in which they were made. */
    int macroAction(int decision) {
        return macroActions[decision];
    }

    /** A decision was taken by the server. */
    void decided(int macroAction) {
        if (decisions == macroActions.length) {
            macroActions = Arrays.copyOf(macroActions, 2 * decisions);
        }
        macroActions[decisions++] = macroAction;
    }

    /** An event has come. */
    void saw(EventKind kind, int tau) {
        switch (kind) {
            case START -> {
                episodes++;
                running = true;
                rows = 0;
                ticks = 0;
                decisions = 0;
            }
            case DECISION, TICK_LIMIT -> {
                rows++;
                ticks += tau;
            }
            case END_TERMINATED, END_TRUNCATED, FAULT -> abandon();
        }
    }

    /** The running episode is over: what comes next is a START. */
    void abandon() {
        running = false;
    }

    /** The lane has got another seed: its next episode is the first of that. */
    void reseed(long newSeed) {
        seed = newSeed;
        episodes = 0;
        running = false;
    }

    void save(DataOutput out) throws IOException {
        out.writeLong(seed);
        out.writeLong(episodes);
        out.writeBoolean(running);
        out.writeInt(rows());
        out.writeInt(ticks());
        out.writeInt(decisions());
        for (int d = 0; d < decisions(); d++) {
            out.writeInt(macroActions[d]);
        }
    }

    void load(DataInput in) throws IOException {
        seed = in.readLong();
        episodes = in.readLong();
        running = in.readBoolean();
        rows = in.readInt();
        ticks = in.readInt();
        decisions = 0;
        for (int left = in.readInt(); left > 0; left--) {
            decided(in.readInt());
        }
    }
}
