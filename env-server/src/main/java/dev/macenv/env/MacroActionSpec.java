package dev.macenv.env;

/**
 * A macro-action as its users see it.
 *
 * @param name unique for its agent
 * @param doc what it does and when it ends
 * @param minTicks the least it can last, in ticks; at least 1
 * @param maxTicks the most it can last, in ticks
 * @param primitive whether it always lasts one tick and stands for one primitive action
 */
public record MacroActionSpec(String name, String doc, int minTicks, int maxTicks, boolean primitive) {

    public MacroActionSpec {
        if (minTicks < 1 || maxTicks < minTicks) {
            throw new IllegalArgumentException(
                    name + ": " + minTicks + ".." + maxTicks + " ticks (expected: 1 <= minTicks <= maxTicks)");
        }
        if (primitive && maxTicks != 1) {
            throw new IllegalArgumentException(name + ": primitive, yet up to " + maxTicks + " ticks (expected: 1)");
        }
    }
}
