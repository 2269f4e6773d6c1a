package dev.macenv.avf.algorithm;

/**
 * How much less a row counts whose target lies below its value (section {@code hysteresis}): its squared error is
 * multiplied by the weight. The weight goes linearly from start to end over {@code exploration.length}, then to 1 over
 * {@code annealEpisodes}; 1 throughout is plain least squares.
 *
 * @param start weight when training starts, 0..1
 * @param end weight when exploration has reached its end, 0..1
 * @param annealEpisodes episodes over which it then goes to 1; 0 to stay at {@code end} for ever
 */
public record HysteresisSettings(double start, double end, int annealEpisodes) {
    /** Checks the ranges. */
    public HysteresisSettings {
        Checks checks = new Checks();
        checks.range("start", start, 0, 1);
        checks.range("end", end, 0, 1);
        checks.atLeast("annealEpisodes", annealEpisodes, 0);
        checks.report();
    }

    /** Returns whether the weight is 1 throughout. */
    boolean off() {
        return start == 1 && end == 1;
    }

    /**
     * Returns the weight.
     *
     * @param episodesSinceStart episodes since training started
     * @param explorationEpisodes length of the exploration schedule
     */
    public double weight(double episodesSinceStart, int explorationEpisodes) {
        double after = episodesSinceStart - explorationEpisodes;
        if (after <= 0) {
            return start + Math.max(0, episodesSinceStart) / explorationEpisodes * (end - start);
        }
        return annealEpisodes == 0 ? end : end + Math.min(1, after / annealEpisodes) * (1 - end);
    }
}
