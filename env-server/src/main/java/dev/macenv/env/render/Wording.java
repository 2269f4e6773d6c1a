package dev.macenv.env.render;

import dev.macenv.env.Label;
import dev.macenv.env.VectorSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Observations and rewards in words. */
public final class Wording {

    private static final int DECIMALS = 2;

    private Wording() {}

    /**
     * What a vector says: a flag that is set by its name, other numbers by name and value; what is zero throughout is left out.
     *
     * @param values as many as the layout has
     */
    public static String of(VectorSpec layout, double[] values) {
        List<String> words = new ArrayList<>();
        int next = 0;
        for (Label label : layout.labels()) {
            String word = word(label, values, next);
            if (!word.isEmpty()) {
                words.add(word);
            }
            next += label.size();
        }
        return words.isEmpty() ? "nothing" : String.join(", ", words);
    }

    private static String word(Label label, double[] values, int offset) {
        boolean binary = label.low() == 0 && label.high() == 1;
        int set = 0;
        int last = 0;
        List<String> numbers = new ArrayList<>();
        for (int i = 0; i < label.size(); i++) {
            double value = values[offset + i];
            binary &= value == 0 || value == 1;
            if (value != 0) {
                set++;
                last = i;
            }
            numbers.add(number(value));
        }
        if (set == 0) {
            return "";
        }
        if (binary && label.size() == 1) {
            return label.name();
        }
        if (binary && set == 1) {
            return label.name() + "=" + last;
        }
        return label.name() + "=" + String.join("/", numbers);
    }

    /** At most two decimals, and no more than it takes. */
    public static String number(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal rounded = BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /** With its sign. */
    public static String signed(double value) {
        String text = number(value);
        return value > 0 && !text.equals("0") ? "+" + text : text;
    }
}
