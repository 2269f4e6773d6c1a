package dev.macenv.server.session;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte slabs, as they travel. */
final class LittleEndian {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle FLOATS =
            MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private LittleEndian() {}

    static void putInt(byte[] bytes, int offset, int value) {
        INTS.set(bytes, offset, value);
    }

    static void putDouble(byte[] bytes, int offset, double value) {
        DOUBLES.set(bytes, offset, value);
    }

    /** Narrows {@code count} numbers to float32. */
    static void putFloats(byte[] bytes, int offset, double[] values, int from, int count) {
        for (int i = 0; i < count; i++) {
            FLOATS.set(bytes, offset + Float.BYTES * i, (float) values[from + i]);
        }
    }
}
