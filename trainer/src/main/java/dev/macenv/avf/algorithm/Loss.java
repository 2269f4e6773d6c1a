package dev.macenv.avf.algorithm;

/** How a row's error delta = Q_tot - y counts (key {@code loss}). */
public enum Loss {
    /** delta^2. */
    SQUARED,
    /** Huber's with delta 1: delta^2 / 2 up to an error of 1, |delta| - 1/2 beyond. */
    HUBER
}
