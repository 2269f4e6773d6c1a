package dev.macenv.avf.experiment;

import dev.macenv.avf.report.RunLayout;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run's state in a file: header, whose it is, the parts, checksum. It holds no clock, so that two runs with one seed give the same
 * bytes. Written beside its place and then renamed, the one before being kept, so that at every moment there is a whole one.
 */
final class Checkpoint {

    /** Something that a checkpoint holds. */
    interface Part {

        /** Writes the part, bit-exact. */
        void save(DataOutput out) throws IOException;

        /** Goes back to what {@link #save} wrote. */
        void load(DataInput in) throws IOException;
    }

    /**
     * Whose state it is. One of another run is refused.
     *
     * @param name what is trained
     * @param seed the run's seed
     * @param configuration fingerprint of the resolved configuration
     */
    record Identity(String name, long seed, String configuration) {}

    private static final Logger log = LoggerFactory.getLogger(Checkpoint.class);
    private static final long MAGIC = 0x4156462d43484b50L; // "AVF-CHKP"
    private static final int VERSION = 3;
    private static final int CHECKSUM_BYTES = Long.BYTES;
    private static final int BUFFER = 1 << 16;

    private Checkpoint() {}

    /**
     * Writes a checkpoint at one stroke.
     *
     * @param previous where the one goes that has been there
     */
    static void write(Path file, Path previous, Identity identity, Part... parts) throws IOException {
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        CRC32C checksum = new CRC32C();
        try (DataOutputStream out = new DataOutputStream(
                new CheckedOutputStream(new BufferedOutputStream(Files.newOutputStream(partial), BUFFER), checksum))) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeUTF(identity.name());
            out.writeLong(identity.seed());
            out.writeUTF(identity.configuration());
            for (Part part : parts) {
                part.save(out);
            }
            out.flush();
            out.writeLong(checksum.getValue());
        }
        try (FileChannel channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        if (Files.exists(file)) {
            Files.move(file, previous, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        forceDirectory(file);
    }

    /** So that the renaming, too, survives a power failure; some systems cannot, and need not. */
    private static void forceDirectory(Path file) {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent());
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            log.debug("{} cannot be forced", directory, e);
        }
    }

    /**
     * Reads a checkpoint, or the first parts of it. If it throws, what was read into is to be thrown away.
     *
     * @param parts objects of the same configuration, in the order of writing
     * @throws IOException if the file is cut short, damaged, of another version, or of another run, with the reason
     */
    static void read(Path file, Identity identity, Part... parts) throws IOException {
        check(file);
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            in.readLong();
            int version = in.readInt();
            if (version != VERSION) {
                throw new IOException(
                        "checkpoint: " + file + " has version " + version + " (expected: " + VERSION + ")");
            }
            Identity found = new Identity(in.readUTF(), in.readLong(), in.readUTF());
            if (!found.name().equals(identity.name()) || found.seed() != identity.seed()) {
                throw new IOException("checkpoint: " + file + " is of " + found.name() + " with seed " + found.seed()
                        + " (expected: " + identity.name() + " with seed " + identity.seed() + ")");
            }
            if (!found.configuration().equals(identity.configuration())) {
                throw new IOException("checkpoint: " + file
                        + " is of another configuration (expected: the one in config.yaml beside it, unchanged)");
            }
            for (Part part : parts) {
                part.load(in);
            }
        } catch (RuntimeException e) {
            throw new IOException("checkpoint: " + file + " cannot be read: " + e, e);
        }
    }

    /** Writes a part. */
    interface Saver {
        void save(DataOutput out) throws IOException;
    }

    /** Reads a part. */
    interface Loader {
        void load(DataInput in) throws IOException;
    }

    /** A part of two methods, for what does not know checkpoints. */
    static Part part(Saver saver, Loader loader) {
        return new Part() {
            @Override
            public void save(DataOutput out) throws IOException {
                saver.save(out);
            }

            @Override
            public void load(DataInput in) throws IOException {
                loader.load(in);
            }
        };
    }

    /** Reads something from one file. */
    interface Reader<T> {

        /** Reads it into objects of its own. */
        T read(Path file) throws IOException;
    }

    /**
     * Reads the newest checkpoint of a run that can be read.
     *
     * @return empty if there is none
     * @throws IOException if there are some, but none that can be read, with all reasons
     */
    static <T> Optional<T> newest(RunLayout layout, Reader<T> reader) throws IOException {
        IOException refused = null;
        for (Path file : List.of(layout.checkpoint(), layout.previousCheckpoint())) {
            if (!Files.exists(file)) {
                continue;
            }
            try {
                T read = reader.read(file);
                if (refused != null) {
                    log.warn("{}; going on from the one before it", refused.getMessage());
                }
                return Optional.of(read);
            } catch (IOException e) {
                refused = refused == null ? e : new IOException(refused.getMessage() + "\n" + e.getMessage(), e);
            }
        }
        if (refused != null) {
            throw refused;
        }
        return Optional.empty();
    }

    private static void check(Path file) throws IOException {
        long left = Files.size(file) - CHECKSUM_BYTES;
        CRC32C checksum = new CRC32C();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            if (left < Long.BYTES || !startsWithMagic(file)) {
                throw new IOException("checkpoint: " + file + " (expected: a file that `avf train` wrote)");
            }
            byte[] bytes = new byte[BUFFER];
            while (left > 0) {
                int count = (int) Math.min(left, bytes.length);
                in.readFully(bytes, 0, count);
                checksum.update(bytes, 0, count);
                left -= count;
            }
            if (in.readLong() != checksum.getValue()) {
                throw new IOException("checkpoint: " + file + " is damaged or cut short (its checksum is wrong)");
            }
        }
    }

    private static boolean startsWithMagic(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DataInputStream data = new DataInputStream(in)) {
            return data.readLong() == MAGIC;
        }
    }
}
