package dev.macenv.avf.metric;

/**
 * Everything that is known about a run at one evaluation point. Means and shares are taken over the episodes or updates since
 * the previous point; {@link Double#NaN} where there were none. Columns of {@code metrics.csv} and keys of
 * {@code metrics.jsonl} are the component names.
 *
 * @param episodes finished training episodes
 * @param ticks primitive steps of training so far, all lanes together
 * @param updates gradient steps so far
 * @param seconds wall-clock seconds since the run began
 * @param evaluationReturn mean undiscounted return of the greedy policy
 * @param evaluationDiscountedReturn the same, discounted by gamma per tick
 * @param evaluationLength mean length of the evaluation episodes, ticks
 * @param evaluationOutcome how the first evaluation episode ended: a name of the scenario's outcomes, or
 *     {@code terminated} or {@code timeout}
 * @param trainingReturn mean undiscounted return of training episodes
 * @param trainingLength mean length of training episodes, ticks
 * @param bestOutcomeShare share of training episodes that ended with the scenario's best outcome (on Box Pushing: the big
 *     box at the goal); it rises long before the greedy policy does
 * @param meanQ mean of the mixed value over the rows of the batches; far above the largest possible return, it announces
 *     a collapse
 * @param maxQ largest mixed value seen
 * @param loss mean loss
 * @param gradientNorm mean global gradient norm before clipping
 * @param epsilon exploration rate now
 * @param hysteresisWeight weight of rows below their estimate now
 * @param ticksPerSecond training ticks per second since the previous point, evaluation included
 * @param updatesPerSecond gradient steps per second since the previous point
 */
public record Measurement(
        long episodes,
        long ticks,
        long updates,
        double seconds,
        double evaluationReturn,
        double evaluationDiscountedReturn,
        double evaluationLength,
        String evaluationOutcome,
        double trainingReturn,
        double trainingLength,
        double bestOutcomeShare,
        double meanQ,
        double maxQ,
        double loss,
        double gradientNorm,
        double epsilon,
        double hysteresisWeight,
        double ticksPerSecond,
        double updatesPerSecond) {

    /** Only the greedy policy's return, with how far the run was; the rest is unknown. */
    public static Measurement evaluation(
            long episodes, long ticks, long updates, double seconds, double evaluationReturn) {
        double unknown = Double.NaN;
        return new Measurement(
                episodes,
                ticks,
                updates,
                seconds,
                evaluationReturn,
                unknown,
                unknown,
                "",
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown,
                unknown);
    }
}
