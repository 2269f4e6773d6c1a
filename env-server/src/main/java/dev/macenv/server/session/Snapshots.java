package dev.macenv.server.session;

import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Lanes as bytes, and lanes made from bytes.
 *
 * <p>The bytes, big-endian: magic number, format, fingerprint of the spec, what {@link Lane#save} writes, CRC-32C of all
 * before it. They say nothing about the session: any lane of any session with that fingerprint goes on from them.
 *
 * <p>A lane is restored into a second lane of the same number, which then takes the place of the first; so bytes that turn
 * out to be bad half-way have changed nothing. The first is kept for the next time, since making environments costs more
 * than restoring them.
 *
 * <p>Touched by the mailbox of the session only, except {@link #stored}.
 */
final class Snapshots {
    private static final int MAGIC = 0x4D4C414E; // "MLAN"
    private static final int FORMAT = 1;
    private static final int FINGERPRINT_BYTES = 32;
    private static final int HEADER_BYTES = 2 * Integer.BYTES + FINGERPRINT_BYTES;

    private final EnvironmentSpec spec;
    private final byte[] fingerprint;
    private final Lane[] lanes;
    private final @Nullable Lane[] spares;
    private final IntFunction<Lane> makeLane;
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private int storedEver;

    /**
     * @param lanes the lanes of the session; elements are replaced
     * @param makeLane makes another lane of that number
     */
    Snapshots(EnvironmentSpec spec, Lane[] lanes, IntFunction<Lane> makeLane) {
        this.spec = spec;
        this.lanes = lanes;
        this.makeLane = makeLane;
        fingerprint = HexFormat.of().parseHex(spec.fingerprint());
        spares = new Lane[lanes.length];
    }

    // ------------------------------------------------------------------------------------------------ saving

    /**
     * The lane as it stands, faulted ones included.
     *
     * @throws RefusedException if the environment cannot be saved
     */
    byte[] take(Lane lane) {
        SnapshotWriter out = new SnapshotWriter();
        out.putInt(MAGIC);
        out.putInt(FORMAT);
        out.putBytes(fingerprint);
        try {
            lane.save(out);
        } catch (RuntimeException | Error e) {
            throw EnvironmentFailure.refusal("snapshot", "saved", e);
        }
        out.putInt(checksum(out.toBytes(), out.size()));
        return out.toBytes();
    }

    private static int checksum(byte[] bytes, int end) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        return (int) crc.getValue();
    }

    // ------------------------------------------------------------------------------------------------ restoring

    /**
     * The lane of this number, put where the bytes say. From now on it is the session's; nobody has been told yet.
     *
     * @throws RefusedException if the bytes are damaged, or of another environment; nothing has changed then
     */
    Lane restore(int index, byte[] bytes) {
        SnapshotReader in = open(bytes);
        Lane spare = spares[index];
        spares[index] = null;
        Lane made;
        try {
            made = spare == null ? makeLane.apply(index) : spare;
            load(made, in);
        } catch (RefusedException refused) {
            throw refused;
        } catch (SnapshotException damaged) {
            throw corrupt(String.valueOf(damaged.getMessage()));
        } catch (RuntimeException | Error e) {
            throw EnvironmentFailure.refusal("snapshot", "restored", e);
        }
        spares[index] = lanes[index];
        lanes[index] = made;
        return made;
    }

    private static void load(Lane made, SnapshotReader in) {
        try {
            made.load(in);
        } catch (RuntimeException | Error e) {
            made.release();
            throw e;
        }
    }

    private SnapshotReader open(byte[] bytes) {
        int end = bytes.length - Integer.BYTES;
        if (end < HEADER_BYTES || new SnapshotReader(bytes, end, bytes.length).getInt() != checksum(bytes, end)) {
            throw corrupt("snapshot: " + bytes.length + " bytes that are damaged");
        }
        SnapshotReader in = new SnapshotReader(bytes, 0, end);
        if (in.getInt() != MAGIC) {
            throw corrupt("snapshot: bytes of another kind");
        }
        int format = in.getInt();
        if (format != FORMAT) {
            throw mismatch("format " + FORMAT, "format " + format, "from a server of another version");
        }
        byte[] there = new byte[FINGERPRINT_BYTES];
        in.getBytes(there);
        if (!Arrays.equals(there, fingerprint)) {
            throw mismatch(
                    spec.fingerprint(),
                    HexFormat.of().formatHex(there),
                    "of another environment, version or settings than this " + spec.id());
        }
        return in;
    }

    private static RefusedException corrupt(String why) {
        return new RefusedException(
                Reason.SNAPSHOT_CORRUPT, why + " (expected: the bytes that Snapshot gave, unchanged)");
    }

    private static RefusedException mismatch(String expected, String actual, String why) {
        return new RefusedException(
                        Reason.SNAPSHOT_MISMATCH,
                        "snapshot: " + why + " (expected: " + expected + ", but it says " + actual + ")")
                .with("expected", expected)
                .with("actual", actual);
    }

    /** Lets go of the environments that wait for the next time. */
    void release() {
        for (Lane spare : spares) {
            if (spare != null) {
                spare.release();
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ keeping

    /**
     * Keeps a snapshot as long as the session lives.
     *
     * @param session its name, which makes the id unique in the server
     * @return the id
     */
    String keep(String session, byte[] bytes) {
        String id = session + "/" + ++storedEver;
        stored.put(id, bytes);
        return id;
    }

    /** How many are kept. */
    int kept() {
        return stored.size();
    }

    /** The snapshot with this id; null if there is none. May be called from anywhere. */
    byte @Nullable [] stored(String id) {
        return stored.get(id);
    }
}
