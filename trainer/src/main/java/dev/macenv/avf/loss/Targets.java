package dev.macenv.avf.loss;

/** What a row's joint value is trained towards, and with which weight. */
public final class Targets {
    private Targets() {}

    /**
     * The double-Q target of one row (Eq. 14 of the AVF paper): {@code y = R + gamma^tau (1 - terminal) Q'}.
     *
     * @param reward R, discounted within the row
     * @param discount gamma^tau
     * @param next Q' of the target networks at the macro-actions that the online networks choose
     */
    public static double doubleQ(double reward, double discount, boolean terminal, double next) {
        return terminal ? reward : reward + discount * next;
    }

    /** {@link #doubleQ} of the first {@code rows} rows; {@code next} is not read where {@code terminal}. */
    public static void doubleQ(
            float[] reward, float[] discount, boolean[] terminal, float[] next, int rows, float[] y) {
        for (int k = 0; k < rows; k++) {
            y[k] = (float) doubleQ(reward[k], discount[k], terminal[k], next[k]);
        }
    }

    /**
     * Joint hysteresis (Omidshafiei et al. 2017, on the joint value): the weight of a row's squared error, {@code pessimism} where the target lies
     * below the value and 1 elsewhere. The hysteresis of Dec-MADDRQN, {@code max(beta td, td)} before squaring, is this with pessimism beta^2.
     */
    public static double hysteresis(double q, double y, double pessimism) {
        return y < q ? pessimism : 1;
    }

    /** Huber's loss with delta 1: {@code error^2 / 2} up to an error of 1, {@code |error| - 1/2} beyond. */
    public static double huber(double error) {
        double size = Math.abs(error);
        return size <= 1 ? error * error / 2 : size - 0.5;
    }

    /** The weight w with which {@code w error^2} has, while w is held, the gradient of {@link #huber}. */
    public static double huberWeight(double error) {
        return 0.5 / Math.max(1, Math.abs(error));
    }

    /** {@link #hysteresis} of the first {@code rows} rows. */
    public static void hysteresis(float[] q, float[] y, int rows, double pessimism, float[] weights) {
        for (int k = 0; k < rows; k++) {
            weights[k] = (float) hysteresis(q[k], y[k], pessimism);
        }
    }
}
