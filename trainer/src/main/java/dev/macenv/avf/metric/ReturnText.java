package dev.macenv.avf.metric;

import java.util.Locale;

/**
 * Returns as text. Tasks differ by the hundred: 98.9 on Box Pushing says enough, while on Capture Target, where 0.52 and 0.54 are
 * different policies, one decimal would hide everything.
 */
public final class ReturnText {

    private ReturnText() {}

    /** One decimal, three for what is smaller than 10; a dash for NaN. */
    public static String of(double value) {
        return of(value, value);
    }

    /** As many decimals as {@code scale} would have, for an error or a distance beside its return. */
    public static String of(double value, double scale) {
        if (Double.isNaN(value)) {
            return "-";
        }
        return String.format(Locale.ROOT, Math.abs(scale) < 10 ? "%.3f" : "%.1f", value);
    }
}
