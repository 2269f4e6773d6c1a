package dev.macenv.server.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that grows at its end. For one thread. */
public interface AppendFile {
    /** Writes all of the bytes, or fails and may have written some. */
    void append(ByteBuffer bytes) throws IOException;

    /** Returns when everything written is on the disk. */
    void force() throws IOException;

    /** Cuts off what is beyond. */
    void truncate(long length) throws IOException;

    /** Closes it, and removes it if nobody needs it any more. */
    void close(boolean remove) throws IOException;
}
