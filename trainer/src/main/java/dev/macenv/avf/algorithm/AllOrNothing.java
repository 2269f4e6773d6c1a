package dev.macenv.avf.algorithm;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Loading that leaves everything as it was if it fails: what is about to be replaced is kept until it has succeeded. */
final class AllOrNothing {
    private AllOrNothing() {}

    /** Writes everything that {@link Load} reads. */
    interface Save {
        void to(DataOutput out) throws IOException;
    }

    /** Reads what {@link Save} wrote. */
    interface Load {
        void from(DataInput in) throws IOException;
    }

    /**
     * Loads {@code state}, then {@code rest}.
     *
     * @param save writes the state as it is now
     * @param state reads it, and may fail half way
     * @param rest reads what follows; leaves its own part alone if it fails
     */
    static void load(Save save, Load state, Load rest, DataInput in) throws IOException {
        ByteArrayOutputStream before = new ByteArrayOutputStream();
        save.to(new DataOutputStream(before));
        boolean complete = false;
        try {
            state.from(in);
            rest.from(in);
            complete = true;
        } finally {
            if (!complete) {
                restore(state, before.toByteArray());
            }
        }
    }

    private static void restore(Load state, byte[] before) {
        try {
            state.from(new DataInputStream(new ByteArrayInputStream(before)));
        } catch (IOException e) {
            throw new UncheckedIOException("what was saved a moment ago cannot be read", e);
        }
    }
}
