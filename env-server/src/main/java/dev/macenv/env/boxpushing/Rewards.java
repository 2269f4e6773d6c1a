package dev.macenv.env.boxpushing;

/**
 * What the team is paid (&sect;1.7).
 *
 * @param bigBox for the big box in the goal row
 * @param smallBox for each small box in the goal row
 * @param penalty for each push against something that does not give way
 * @param tick on every tick
 */
record Rewards(double bigBox, double smallBox, double penalty, double tick) {}
