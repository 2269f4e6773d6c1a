package dev.macenv.server.rpc;

import dev.macenv.server.journal.AppendFile;
import dev.macenv.server.journal.StateDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A disk on which a test can look at, hold up or fail whatever is done, and which knows what would outlive a power cut. */
final class WatchedDisk implements StateDirectory.Opener {
    /** What is done to a file. */
    enum Act {
        APPEND,
        FORCE,
        TRUNCATE,
        RENAME
    }

    /** Is told of it, on the thread that does it. */
    interface Watcher {
        void of(Act act, Path file) throws IOException;
    }

    static final Watcher NOBODY = (act, file) -> {};

    volatile Watcher before = NOBODY;
    volatile Watcher after = NOBODY;
    final AtomicInteger renames = new AtomicInteger();
    private final Map<Path, Long> forced = new ConcurrentHashMap<>();

    @Override
    public AppendFile open(Path file) throws IOException {
        // What is there before it is opened has been written whole and forced, except a file that is being written
        // anew.
        forced.put(file, Files.size(file));
        return new Watched(StateDirectory.Opener.FILES.open(file), file);
    }

    /** Whether a journal is being written anew under this name. */
    static boolean isUnfinished(Path file) {
        return file.toString().endsWith(".new");
    }

    /** What is there now, as whoever is started after a {@code kill -9} finds it. */
    static Path afterKill(Path directory, Path copy) {
        try (Stream<Path> files = Files.list(directory)) {
            Files.createDirectory(copy);
            for (Path file : files.toList()) {
                copy(file, copy.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    private static void copy(Path file, Path copy) throws IOException {
        try {
            Files.copy(file, copy);
        } catch (NoSuchFileException renamedMeanwhile) {
            if (!isUnfinished(file)) {
                throw renamedMeanwhile;
            }
        }
    }

    /** As {@link #afterKill}, but the machine has lost its power: of every file there is what was forced. */
    Path afterPowerCut(Path directory, Path copy) {
        afterKill(directory, copy);
        forced.forEach((file, length) -> {
            Path there = copy.resolve(file.getFileName());
            try {
                if (file.startsWith(directory) && Files.exists(there)) {
                    byte[] bytes = Files.readAllBytes(there);
                    Files.write(there, Arrays.copyOf(bytes, (int) Math.min(bytes.length, length)));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return copy;
    }

    private final class Watched implements AppendFile {
        private final AppendFile file;
        private Path path;
        private long length;

        Watched(AppendFile file, Path path) throws IOException {
            this.file = file;
            this.path = path;
            length = Files.size(path);
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            before.of(Act.APPEND, path);
            long count = bytes.remaining();
            file.append(bytes);
            length += count;
            after.of(Act.APPEND, path);
        }

        @Override
        public void force() throws IOException {
            before.of(Act.FORCE, path);
            file.force();
            forced.put(path, length);
            after.of(Act.FORCE, path);
        }

        @Override
        public void truncate(long to) throws IOException {
            before.of(Act.TRUNCATE, path);
            file.truncate(to);
            length = to;
            forced.merge(path, to, Math::min);
            after.of(Act.TRUNCATE, path);
        }

        @Override
        public void takeNameOf(Path other) throws IOException {
            before.of(Act.RENAME, path);
            file.takeNameOf(other);
            Long safe = forced.remove(path);
            forced.put(other, safe == null ? 0 : safe);
            path = other;
            renames.incrementAndGet();
            after.of(Act.RENAME, path);
        }

        @Override
        public void close(boolean remove) throws IOException {
            file.close(remove);
        }
    }
}
