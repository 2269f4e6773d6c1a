package dev.macenv.server.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file of the file system. */
final class DiskFile implements AppendFile {
    private final RandomAccessFile
            file; // whose writes, unlike a channel's, an interrupt of the thread does not end for good
    private Path path;
    private boolean renamed; // and the directory has not been forced since

    private DiskFile(Path path, RandomAccessFile file) {
        this.path = path;
        this.file = file;
    }

    static AppendFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString()); // which would be made
        }
        RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
        try {
            file.seek(file.length());
        } catch (IOException e) {
            file.close();
            throw e;
        }
        return new DiskFile(path, file);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        byte[] taken = new byte[bytes.remaining()];
        bytes.get(taken);
        file.write(taken);
    }

    @Override
    public void force() throws IOException {
        file.getChannel().force(false);
        if (renamed) {
            forceDirectory(path);
            renamed = false;
        }
    }

    /** Returns when the names of the files beside this one are on the disk. */
    static void forceDirectory(Path file) throws IOException {
        try (FileChannel directory = FileChannel.open(file.toAbsolutePath().getParent())) {
            directory.force(true);
        }
    }

    @Override
    public void truncate(long length) throws IOException {
        file.setLength(length);
        file.seek(length);
    }

    @Override
    public void takeNameOf(Path other) throws IOException {
        Files.move(path, other, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        path = other;
        renamed = true;
    }

    @Override
    public void close(boolean remove) throws IOException {
        file.close();
        if (remove) {
            Files.deleteIfExists(path);
        }
    }
}
