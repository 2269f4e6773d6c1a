package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.Learner;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * A run's state in a file: header, name, seed, counters, random streams, learner, checksum. It holds no clock, so that two runs
 * with one seed give the same bytes. Written beside its place and then renamed, so that there is always a whole one.
 */
final class Checkpoint {

    private static final long MAGIC = 0x4156462d43484b50L; // "AVF-CHKP"
    private static final int VERSION = 1;
    private static final int CHECKSUM_BYTES = Long.BYTES;

    private Checkpoint() {}

    /** Writes a checkpoint, replacing an earlier one at one stroke. */
    static void write(Path file, String name, long seed, Progress progress, RandomStreams streams, Learner learner)
            throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        CRC32C checksum = new CRC32C();
        try (DataOutputStream out = new DataOutputStream(
                new CheckedOutputStream(new BufferedOutputStream(Files.newOutputStream(partial), 1 << 16), checksum))) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeUTF(name);
            out.writeLong(seed);
            progress.save(out);
            streams.save(out);
            learner.save(out);
            out.flush();
            out.writeLong(checksum.getValue());
        }
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads a checkpoint into objects of the same configuration.
     *
     * @throws IOException if the file is cut short, damaged, of another version, or of another experiment, with the reason
     */
    static void read(Path file, String name, long seed, Progress progress, RandomStreams streams, Learner learner)
            throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length - CHECKSUM_BYTES;
        if (length < 0 || ByteBuffer.wrap(bytes).getLong() != MAGIC) {
            throw new IOException("checkpoint: " + file + " (expected: a file that `avf train` wrote)");
        }
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        if (ByteBuffer.wrap(bytes).getLong(length) != checksum.getValue()) {
            throw new IOException("checkpoint: " + file + " is damaged or cut short (its checksum is wrong)");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(Arrays.copyOf(bytes, length)));
        in.readLong();
        int version = in.readInt();
        if (version != VERSION) {
            throw new IOException("checkpoint: version " + version + " (expected: " + VERSION + ")");
        }
        String foundName = in.readUTF();
        long foundSeed = in.readLong();
        if (!foundName.equals(name) || foundSeed != seed) {
            throw new IOException("checkpoint: " + foundName + " with seed " + foundSeed + " (expected: " + name
                    + " with seed " + seed + ")");
        }
        progress.load(in);
        streams.load(in);
        learner.load(in);
    }
}
