package dev.macenv.avf.algorithm;

/**
 * Whom a row teaches (section {@code update}).
 *
 * @param scheme what happens to agents that are in mid macro-action
 */
public record UpdateSettings(Scheme scheme) {
    /** What happens to ongoing agents: those whose macro-action does not end in the row. */
    public enum Scheme {
        /** D0: every agent's utility is updated in every row. */
        ALL,
        /** D1: no gradient reaches an ongoing agent's utility. */
        STOP_ONGOING,
        /** D2: an ongoing agent's utility counts as 0, in Q_tot and in the target. */
        ZERO_ONGOING
    }
}
