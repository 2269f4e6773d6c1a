package dev.macenv.avf.config;

/**
 * How the greedy policy is measured.
 *
 * @param everyEpisodes an evaluation after every so many training episodes
 * @param episodes greedy episodes per evaluation; one is enough where environment and policy are deterministic
 * @param solvedFraction an evaluation counts towards solving from this fraction of the known optimum on, in (0, 1]
 * @param solvedStreak so many evaluations in a row count as solved
 */
public record EvaluationSettings(int everyEpisodes, int episodes, double solvedFraction, int solvedStreak) {

    /** Checks the ranges. */
    public EvaluationSettings {
        Ranges ranges = new Ranges();
        ranges.between("everyEpisodes", everyEpisodes, 1, Integer.MAX_VALUE);
        ranges.between("episodes", episodes, 1, Integer.MAX_VALUE);
        ranges.between("solvedFraction", solvedFraction, 0.01, 1);
        ranges.between("solvedStreak", solvedStreak, 1, Integer.MAX_VALUE);
        ranges.report();
    }
}
