package dev.macenv.avf.nn;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Moves one set of {@link Parameters} along its gradients. Keeps state from step to step: one optimiser for one set, for its whole life. */
public sealed interface Optimizer permits Adam, RmsProp {
    /**
     * One step. With a clip norm c above 0 the gradient is first multiplied by {@code min(1, c / (norm + 1e-6))}.
     *
     * @param share of the learning rate, 1 for all of it
     * @return the L2 norm of the gradient before clipping
     */
    double step(double share);

    /** Writes the state, bit-exactly. */
    void save(DataOutput out) throws IOException;

    /** Reads what {@link #save} wrote. */
    void load(DataInput in) throws IOException;

    /** Factor that bounds a gradient of L2 norm {@code norm} by {@code clipNorm}; 1 for a clip norm of 0. */
    static double clipScale(double norm, double clipNorm) {
        return clipNorm == 0 ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
    }
}
