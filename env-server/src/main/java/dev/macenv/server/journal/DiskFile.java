package dev.macenv.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file of the file system. */
final class DiskFile implements AppendFile {
    private final FileChannel channel;
    private Path path;
    private boolean renamed; // and the directory has not been forced since

    private DiskFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static AppendFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return new DiskFile(path, channel);
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void force() throws IOException {
        channel.force(false);
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
        channel.truncate(length);
        channel.position(length);
    }

    @Override
    public void takeNameOf(Path other) throws IOException {
        Files.move(path, other, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        path = other;
        renamed = true;
    }

    @Override
    public void close(boolean remove) throws IOException {
        channel.close();
        if (remove) {
            Files.deleteIfExists(path);
        }
    }
}
