package dev.macenv.avf.algorithm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What the agents of one lane remember of the episode they are in: the hidden states of their networks. */
public interface TeamMemory {
    /** Forgets everything; to be called when an episode starts. */
    void reset();

    /** Writes the memory, bit-exact. */
    void save(DataOutput out) throws IOException;

    /** Goes back to what {@link #save} wrote. */
    void load(DataInput in) throws IOException;
}
