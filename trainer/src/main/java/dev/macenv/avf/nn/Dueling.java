package dev.macenv.avf.nn;

/** The head of an agent's network: how Q {@code [M, A]} comes from the last layer. */
public enum Dueling {
    /** One linear layer gives Q. */
    NONE,
    /** {@code Q = V + A - mean_m A}. */
    MEAN,
    /** {@code Q = V + A - max_m A}. */
    MAX,
    /** {@code Q = V + A}. */
    RAW
}
