package dev.macenv.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** A file that grows at its end. For one thread. */
public interface AppendFile {
    /** Writes all of the bytes, or fails and may have written some. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when everything written is on the disk. */
    void force() throws IOException;

    /** Cuts off what is beyond. */
    void truncate(long length) throws IOException;

    /**
     * Takes the name of another file, which is gone then: at any moment one of the two has it. On the disk that is so after
     * the next {@link #force}.
     */
    void takeNameOf(Path other) throws IOException;

    /** Closes it, and removes it if nobody needs it any more. */
    void close(boolean remove) throws IOException;
}
