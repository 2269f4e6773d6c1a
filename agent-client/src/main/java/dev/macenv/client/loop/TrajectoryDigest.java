package dev.macenv.client.loop;

import dev.macenv.client.Events;
import dev.macenv.client.TeamSpec;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * A hash of everything that happened, lane by lane, for telling whether two sessions went through the same
 * trajectories. It does not depend on how rows were divided among answers, nor on how lanes interleave. Give it to
 * {@link EpisodeLoop} as the listener. Not thread-safe.
 */
public final class TrajectoryDigest implements Consumer<Events> {

    private final MessageDigest[] lanes;
    private final boolean[] complete;
    private final int episodes;
    private float[] floats = new float[0];
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    /** A digest of everything in lanes 0..lanes-1. */
    public TrajectoryDigest(int lanes) {
        this(lanes, Integer.MAX_VALUE);
    }

    /** A digest of the episodes 0..episodes-1 of lanes 0..lanes-1; what comes later does not count. */
    public TrajectoryDigest(int lanes, int episodes) {
        this.lanes = new MessageDigest[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            this.lanes[lane] = sha256();
        }
        this.complete = new boolean[lanes];
        this.episodes = episodes;
    }

    /** Adds rows; those of one lane must come in their order. */
    @Override
    public void accept(Events events) {
        for (int r = 0; r < events.rows(); r++) {
            if (events.episode(r) < episodes) {
                add(events, r);
            }
            if (events.episode(r) == episodes - 1 && events.kind(r).isEnd()) {
                complete[events.lane(r)] = true;
            }
        }
    }

    /** True if the last episode that counts has ended in every lane. */
    public boolean isComplete() {
        for (boolean lane : complete) {
            if (!lane) {
                return false;
            }
        }
        return true;
    }

    /** The hash of a lane so far, 64 hexadecimal digits. */
    public String lane(int lane) {
        return HexFormat.of().formatHex(copy(lanes[lane]).digest());
    }

    /** One hash for all lanes together. */
    public String all() {
        MessageDigest all = sha256();
        for (MessageDigest lane : lanes) {
            all.update(copy(lane).digest());
        }
        return HexFormat.of().formatHex(all.digest());
    }

    private void add(Events events, int r) {
        TeamSpec spec = events.spec();
        start(spec);
        bytes.putInt(events.episode(r)).putInt(events.tick(r)).put((byte)
                events.kind(r).code());
        bytes.putDouble(events.jointReward(r)).putInt(events.jointTau(r));
        for (int agent = 0; agent < spec.size(); agent++) {
            bytes.put((byte) events.status(r, agent).code());
            bytes.putDouble(events.agentReward(r, agent)).putInt(events.agentTau(r, agent));
            events.observation(r, agent, floats, 0);
            for (int i = 0; i < spec.observationSize(agent); i++) {
                bytes.putFloat(floats[i]);
            }
            for (int action = 0; action < spec.actionCount(agent); action++) {
                bytes.put((byte) (events.legal(r, agent, action) ? 1 : 0));
            }
        }
        lanes[events.lane(r)].update(bytes.flip());
    }

    private void start(TeamSpec spec) {
        int size = 64;
        int widest = 0;
        for (int agent = 0; agent < spec.size(); agent++) {
            size += 16 + Float.BYTES * spec.observationSize(agent) + spec.actionCount(agent);
            widest = Math.max(widest, spec.observationSize(agent));
        }
        if (bytes.capacity() < size) {
            bytes = ByteBuffer.allocate(size);
            floats = new float[widest];
        }
        bytes.clear();
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
