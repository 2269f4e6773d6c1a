package dev.macenv.avf.algorithm;

import dev.macenv.avf.nn.Parameters;

/**
 * How the target networks follow (section {@code target}): after every update, target = polyak * target + (1 - polyak) *
 * online; and, every so many updates, target = online.
 *
 * @param polyak 0..1; 1 leaves the target alone between copies
 * @param copyEvery updates between hard copies; 0 for none
 */
public record TargetSettings(double polyak, int copyEvery) {
    /** Checks the ranges. */
    public TargetSettings {
        Checks checks = new Checks();
        checks.range("polyak", polyak, 0, 1);
        checks.atLeast("copyEvery", copyEvery, 0);
        if (polyak == 1 && copyEvery == 0) {
            checks.complain("copyEvery: 0 with polyak 1 (expected: a target that moves)");
        }
        checks.report();
    }

    /** Makes a target follow, after the online networks' update of this number: 1, 2, .. . */
    void follow(Parameters target, Parameters online, long update) {
        if (polyak < 1) {
            target.follow(online, polyak);
        }
        if (copyEvery > 0 && update % copyEvery == 0) {
            target.copyFrom(online);
        }
    }
}
