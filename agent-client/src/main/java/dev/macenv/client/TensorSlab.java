package dev.macenv.client;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Equal vectors of numbers, one after the other, as they came off the wire: little-endian, without padding. Reads go
 * straight to the received bytes; nothing is copied before it is asked for.
 */
final class TensorSlab {

    private final ElementType type;
    private final int vectorSize;
    private final ByteBuffer bytes;

    TensorSlab(ElementType type, int vectorSize, ByteBuffer bytes) {
        this.type = type;
        this.vectorSize = vectorSize;
        this.bytes = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean isEmpty() {
        return bytes.capacity() == 0;
    }

    /** Throws if the slab is neither empty nor of this many vectors. */
    void requireVectors(String name, int count) {
        long expected = (long) count * vectorSize * type.bytes();
        if (bytes.capacity() != expected && bytes.capacity() != 0) {
            throw new IllegalArgumentException(name + ": " + bytes.capacity() + " bytes (expected: " + expected + ")");
        }
    }

    int vectorSize() {
        return vectorSize;
    }

    void read(int vector, float[] out, int offset) {
        int element = vector * vectorSize;
        switch (type) {
            case FLOAT32 -> {
                for (int i = 0; i < vectorSize; i++) {
                    out[offset + i] = bytes.getFloat((element + i) * Float.BYTES);
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < vectorSize; i++) {
                    out[offset + i] = (float) bytes.getDouble((element + i) * Double.BYTES);
                }
            }
            case INT32 -> {
                for (int i = 0; i < vectorSize; i++) {
                    out[offset + i] = bytes.getInt((element + i) * Integer.BYTES);
                }
            }
            case INT64 -> {
                for (int i = 0; i < vectorSize; i++) {
                    out[offset + i] = bytes.getLong((element + i) * Long.BYTES);
                }
            }
            case UINT8, BOOL -> {
                for (int i = 0; i < vectorSize; i++) {
                    out[offset + i] = bytes.get(element + i) & 0xff;
                }
            }
        }
    }
}
