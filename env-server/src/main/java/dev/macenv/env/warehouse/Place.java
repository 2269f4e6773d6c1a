package dev.macenv.env.warehouse;

/**
 * A point of the warehouse, in metres; x grows to the right, y upwards.
 */
record Place(double x, double y) {}
