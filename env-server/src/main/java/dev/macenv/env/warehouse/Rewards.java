package dev.macenv.env.warehouse;

/**
 * What the team is paid (&sect;2.9).
 *
 * @param delivery for each tool delivered
 * @param late on top of it, if the human has already run out of work
 * @param failedPass for each pass to a robot that is not ready
 * @param tick on every tick
 */
record Rewards(double delivery, double late, double failedPass, double tick) {}
