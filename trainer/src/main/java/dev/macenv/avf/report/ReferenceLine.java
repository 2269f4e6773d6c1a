package dev.macenv.avf.report;

/**
 * A return that a curve is to be compared with.
 *
 * @param name what it is, for example {@code optimum}
 * @param value undiscounted return
 */
public record ReferenceLine(String name, double value) {}
