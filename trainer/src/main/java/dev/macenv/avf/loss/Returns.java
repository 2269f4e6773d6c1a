package dev.macenv.avf.loss;

/** What a critic's values are trained towards. */
public final class Returns {
    private Returns() {}

    /**
     * Returns over n macro-actions, bootstrapped: with R_k and gamma^(tau_k) a row's reward and factor, V' the target critic at what a row leads to,
     *
     * <pre>
     *   G_k = sum over j &lt; n of F_j R_{k+j} + F_n V'_{k+n-1},    F_j = gamma^(tau_k) gamma^(tau_{k+1}) .. gamma^(tau_{k+j-1})
     * </pre>
     *
     * (Xiao et al. 2022, with n of their code). Where fewer than n rows are left in the sequence, the sum ends with its last row and bootstraps there;
     * from a terminal row nothing is bootstrapped. The rows of a sequence follow one another without gaps, so F_j is gamma to the ticks that they
     * lasted.
     *
     * @param steps n, at least 1; 1 gives R + gamma^tau V'
     * @param reward R, discounted within the row
     * @param discount gamma^tau
     * @param terminal whether nothing follows; {@code next} is not read there
     * @param sequence which sequence a row belongs to: equal numbers stand together
     * @param next V'
     * @param rows how many of them there are
     * @param returns out: G
     */
    public static void bootstrapped(
            int steps,
            double[] reward,
            double[] discount,
            boolean[] terminal,
            int[] sequence,
            double[] next,
            int rows,
            double[] returns) {
        for (int k = 0; k < rows; k++) {
            double sum = 0;
            double factor = 1;
            int last = k;
            for (int row = k; row < rows && row < k + steps && sequence[row] == sequence[k]; row++) {
                sum += factor * reward[row];
                factor *= discount[row];
                last = row;
            }
            returns[k] = terminal[last] ? sum : sum + factor * next[last];
        }
    }
}
