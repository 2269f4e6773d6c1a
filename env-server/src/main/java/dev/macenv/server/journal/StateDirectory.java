package dev.macenv.server.journal;

import dev.macenv.recording.Frames;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a server keeps across its lives: a lock, the key from which it draws secrets, and one journal for each
 * session. Only the server's user may read any of it. Belongs to one server at a time.
 */
public final class StateDirectory implements AutoCloseable {
    private static final int KEY_BYTES = 32;
    private static final int COPIED_AT_ONCE = 1 << 16;
    private static final String SUFFIX = ".journal";
    private static final String UNFINISHED = ".new";
    // In place of a recording's, so that nobody takes a shortened journal whose first sum is damaged for a young one.
    private static final byte[] SHORTENED_MAGIC = "MACSHORT".getBytes(StandardCharsets.US_ASCII);
    private static final FileAttribute<Set<PosixFilePermission>> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final FileAttribute<Set<PosixFilePermission>> OUR_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private final Path directory;
    private final Opener opener;
    private final FileChannel lockFile;
    private final byte[] key;

    /** Opens files for writing at their ends. */
    public interface Opener {
        /** The usual way. */
        Opener FILES = DiskFile::open;

        /** Opens a file that is there. */
        AppendFile open(Path file) throws IOException;
    }

    private StateDirectory(Path directory, Opener opener, FileChannel lockFile, byte[] key) {
        this.directory = directory;
        this.opener = opener;
        this.lockFile = lockFile;
        this.key = key;
    }

    /**
     * Takes the directory, which is made if it is not there.
     *
     * @throws IOException if another server has it, or it cannot be used
     */
    public static StateDirectory open(Path directory, Opener opener) throws IOException {
        Files.createDirectories(directory.toAbsolutePath().getParent());
        try {
            Files.createDirectory(directory, OUR_DIRECTORY);
        } catch (FileAlreadyExistsException there) {
            if (!Files.isDirectory(directory)) {
                throw new IOException(directory + ": is no directory (choose another)", there);
            }
        }
        FileChannel lockFile = FileChannel.open(
                directory.resolve("lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OURS_ALONE);
        try {
            lock(directory, lockFile);
            removeUnfinished(directory);
            return new StateDirectory(directory, opener, lockFile, key(directory.resolve("key")));
        } catch (IOException e) {
            lockFile.close();
            throw e;
        }
    }

    private static void lock(Path directory, FileChannel lockFile) throws IOException {
        FileLock lock;
        try {
            lock = lockFile.tryLock();
        } catch (OverlappingFileLockException ofThisProcess) {
            lock = null;
        }
        if (lock == null) {
            throw new IOException(directory + ": another server keeps its sessions there (stop it, or choose another)");
        }
    }

    private static void removeUnfinished(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(UNFINISHED)).toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] key(Path file) throws IOException {
        if (!Files.exists(file)) {
            byte[] fresh = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(fresh);
            write(file, fresh);
        }
        byte[] key = Files.readAllBytes(file);
        if (key.length != KEY_BYTES) {
            throw new IOException(
                    file + ": " + key.length + " bytes (expected: " + KEY_BYTES + "; bring back the one there was)");
        }
        return key;
    }

    /** Writes a file that is there whole or not at all. */
    private static void write(Path file, byte[] content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        try (FileChannel out = FileChannel.open(
                unfinished, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OURS_ALONE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(unfinished);
            throw e;
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DiskFile.forceDirectory(file);
    }

    /** 256 random bits that nobody else knows. */
    public byte[] key() {
        return key.clone();
    }

    /** The sessions that have journals. */
    public List<String> sessions() throws IOException {
        List<String> sessions = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(SUFFIX))
                    .sorted()
                    .forEach(file -> sessions.add(file.substring(0, file.length() - SUFFIX.length())));
        }
        return sessions;
    }

    private Path file(String session) {
        return directory.resolve(session + SUFFIX);
    }

    /**
     * Begins the journal of a session with these records, which are on the disk when this returns.
     *
     * @throws IOException if it cannot be written; there is no journal then
     */
    public Journal create(JournalWriter writer, String session, List<byte[]> records) throws IOException {
        long length = Frames.MAGIC_BYTES;
        for (byte[] record : records) {
            length += Frames.OVERHEAD + record.length;
        }
        ByteBuffer content = ByteBuffer.allocate((int) length);
        content.put(Frames.magic());
        records.forEach(record -> content.put(Frames.frame(record)));
        write(file(session), content.array());
        try {
            return writer.journal(session, opener.open(file(session)), length, shortening(session, length));
        } catch (IOException e) {
            Files.deleteIfExists(file(session));
            throw e;
        }
    }

    /**
     * A journal as it was found.
     *
     * @param shortened whether its second part is a sum of what has been left out
     * @param soundBytes up to the first record that does not fit
     */
    public record Found(List<byte[]> records, boolean shortened, long soundBytes, long bytes) {}

    /**
     * Reads the journal of a session, up to the first record that does not fit.
     *
     * @throws IOException if it is none, or cannot be read
     */
    public Found read(String session) throws IOException {
        Path file = file(session);
        List<byte[]> records = new ArrayList<>();
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(Frames.MAGIC_BYTES);
            boolean shortened = Arrays.equals(in.readNBytes(Frames.MAGIC_BYTES), SHORTENED_MAGIC);
            in.reset();
            Frames.Reader reader = new Frames.Reader(shortened ? asUsual(in) : in);
            for (byte @Nullable [] record = reader.next(); record != null; record = reader.next()) {
                records.add(record);
            }
            return new Found(records, shortened, reader.soundBytes(), Files.size(file));
        }
    }

    private static InputStream asUsual(InputStream shortened) throws IOException {
        shortened.skipNBytes(Frames.MAGIC_BYTES);
        return new SequenceInputStream(new ByteArrayInputStream(Frames.magic()), shortened);
    }

    /**
     * Goes on with a journal that was found, behind its sound bytes; what was behind them is cut off.
     *
     * @param first how many of its records it was begun with
     */
    public Journal resume(JournalWriter writer, String session, Found found, int first) throws IOException {
        AppendFile file = opener.open(file(session));
        if (found.bytes() > found.soundBytes()) {
            file.truncate(found.soundBytes());
            file.force();
        }
        long head = Frames.MAGIC_BYTES;
        for (byte[] record : found.records().subList(0, first)) {
            head += Frames.OVERHEAD + record.length;
        }
        return writer.journal(session, file, found.soundBytes(), shortening(session, head));
    }

    /** @param head bytes of the records that the journal was begun with */
    private Journal.Shortening shortening(String session, long head) {
        return new Journal.Shortening(head, (from, to) -> shorten(session, head, from, to));
    }

    /**
     * Writes the journal anew, without the bytes between {@code head} and {@code from}, beside the old one, whose name it
     * takes when all of it is on the disk.
     *
     * @throws IOException if that fails; the old one is there then, as it was
     */
    private AppendFile shorten(String session, long head, long from, long to) throws IOException {
        Path file = file(session);
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        Files.deleteIfExists(unfinished);
        Files.createFile(unfinished, OURS_ALONE);
        AppendFile shorter = null;
        try (FileChannel old = FileChannel.open(file, StandardOpenOption.READ)) {
            shorter = opener.open(unfinished);
            shorter.append(ByteBuffer.wrap(SHORTENED_MAGIC));
            copy(old, Frames.MAGIC_BYTES, head, shorter);
            copy(old, from, to, shorter);
            shorter.force();
            shorter.takeNameOf(file);
            return shorter;
        } catch (IOException | RuntimeException e) {
            if (shorter != null) {
                shorter.close(false);
            }
            Files.deleteIfExists(unfinished);
            throw e;
        }
    }

    private static void copy(FileChannel old, long from, long to, AppendFile shorter) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(COPIED_AT_ONCE);
        for (long at = from; at < to; ) {
            piece.clear().limit((int) Math.min(piece.capacity(), to - at));
            int read = old.read(piece, at);
            if (read <= 0) {
                throw new EOFException("the journal ends at byte " + at + " (expected: at " + to + ")");
            }
            at += read;
            shorter.append(piece.flip());
        }
    }

    /** Removes a journal that nobody writes. */
    public void remove(String session) throws IOException {
        Files.deleteIfExists(file(session));
    }

    /** Gives the directory up. */
    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
