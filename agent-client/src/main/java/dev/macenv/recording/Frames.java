package dev.macenv.recording;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a recording file: 8 bytes {@code MACENV01}, then records one after the other, each with the length of its
 * payload, the CRC-32C of its payload (both 32 bits, little-endian), and the payload.
 *
 * <p>A record that does not fit was being written when the machine died: reading ends before it, as at the end of the file.
 */
public final class Frames {
    /** The beginning of every file. */
    public static final int MAGIC_BYTES = 8;

    /** Bytes of a record beside its payload. */
    public static final int OVERHEAD = 8;

    private static final byte[] MAGIC = "MACENV01".getBytes(StandardCharsets.US_ASCII);

    /** More than any record has; a longer one is a damaged length. */
    public static final int LONGEST_PAYLOAD = 1 << 28;

    private Frames() {}

    /** The beginning of a file. */
    public static byte[] magic() {
        return MAGIC.clone();
    }

    /** A payload as a record. */
    public static byte[] frame(byte[] payload) {
        return ByteBuffer.allocate(OVERHEAD + payload.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(payload.length)
                .putInt(checksum(payload))
                .put(payload)
                .array();
    }

    private static int checksum(byte[] payload) {
        CRC32C crc = new CRC32C();
        crc.update(payload);
        return (int) crc.getValue();
    }

    /** Reads records one by one. Not thread-safe. */
    public static final class Reader {
        private final DataInputStream in;
        private long sound;

        /**
         * Reads from the beginning of a file.
         *
         * @throws IOException if it is no such file, or cannot be read
         */
        public Reader(InputStream in) throws IOException {
            this.in = new DataInputStream(in);
            byte[] begin = in.readNBytes(MAGIC_BYTES);
            if (!Arrays.equals(begin, MAGIC)) {
                throw new IOException(
                        "no recording: it does not begin with " + new String(MAGIC, StandardCharsets.US_ASCII));
            }
            sound = MAGIC_BYTES;
        }

        /** The next payload; null at the end, or where a record does not fit. */
        public byte @Nullable [] next() throws IOException {
            byte[] head = in.readNBytes(OVERHEAD);
            if (head.length < OVERHEAD) {
                return null;
            }
            ByteBuffer numbers = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
            int length = numbers.getInt();
            int checksum = numbers.getInt();
            if (length < 0 || length > LONGEST_PAYLOAD) {
                return null;
            }
            byte[] payload = in.readNBytes(length);
            if (payload.length < length || checksum(payload) != checksum) {
                return null;
            }
            sound += OVERHEAD + length;
            return payload;
        }

        /** Bytes of the file up to here, all of them sound. */
        public long soundBytes() {
            return sound;
        }
    }
}
