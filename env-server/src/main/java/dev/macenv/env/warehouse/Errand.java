package dev.macenv.env.warehouse;

import java.util.Arrays;
import java.util.List;

/**
 * One tool for one human, in a {@link Dispatch}'s plan.
 *
 * @param tool its type
 * @param human who is to have it
 * @param robot who brings it
 * @param leave whether the robot leaves with it, or stays at the table for its next errand as well
 */
record Errand(int tool, int human, int robot, boolean leave) {

    /**
     * Reads a plan.
     *
     * @param text in the order of the passes, each errand as the digits of tool, human and robot, with a {@code +} where the robot stays for its next
     */
    static List<Errand> plan(String text) {
        return Arrays.stream(text.split(" "))
                .map(errand -> new Errand(
                        errand.charAt(0) - '0', errand.charAt(1) - '0', errand.charAt(2) - '0', !errand.endsWith("+")))
                .toList();
    }
}
