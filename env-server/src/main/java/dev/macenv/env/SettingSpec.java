package dev.macenv.env;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One thing that can be chosen about an environment: typed, bounded, documented, and always with a default. */
public sealed interface SettingSpec {

    /** In camelCase. */
    String name();

    /** What it means, with its unit. */
    String doc();

    /** The value when nothing at all is chosen: Long, Double, Boolean or String. */
    Object defaultValue();

    /** What values are allowed, for people: {@code "an even integer from 4 to 1000"}. */
    String range();

    /** A whole number from {@code min} to {@code max}, a multiple of {@code multipleOf}. */
    record IntegerSetting(String name, String doc, long standard, long min, long max, long multipleOf)
            implements SettingSpec {

        public IntegerSetting {
            if (multipleOf < 1 || !(min <= standard && standard <= max) || standard % multipleOf != 0) {
                throw new IllegalArgumentException(name + ": default " + standard + " outside its own range");
            }
        }

        public IntegerSetting(String name, String doc, long standard, long min, long max) {
            this(name, doc, standard, min, max, 1);
        }

        public boolean allows(long value) {
            return min <= value && value <= max && value % multipleOf == 0;
        }

        @Override
        public Object defaultValue() {
            return standard;
        }

        @Override
        public String range() {
            String kind = switch ((int) Math.min(multipleOf, 3)) {
                case 1 -> "an integer";
                case 2 -> "an even integer";
                default -> "a multiple of " + multipleOf;
            };
            return kind + " from " + min + " to " + max;
        }
    }

    /**
     * A finite number from {@code min} to {@code max}.
     *
     * @param preset where the default depends on a choice made elsewhere; a value given explicitly always wins over it
     */
    record NumberSetting(String name, String doc, double standard, double min, double max, Optional<Preset> preset)
            implements SettingSpec {

        public NumberSetting {
            if (!(min <= standard && standard <= max)) {
                throw new IllegalArgumentException(name + ": default " + standard + " outside its own range");
            }
        }

        public NumberSetting(String name, String doc, double standard, double min, double max) {
            this(name, doc, standard, min, max, Optional.empty());
        }

        public boolean allows(double value) {
            return min <= value && value <= max;
        }

        @Override
        public Object defaultValue() {
            return standard;
        }

        @Override
        public String range() {
            return "a number from " + plain(min) + " to " + plain(max);
        }

        private static String plain(double value) {
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }

    /** Yes or no. */
    record FlagSetting(String name, String doc, boolean standard) implements SettingSpec {

        @Override
        public Object defaultValue() {
            return standard;
        }

        @Override
        public String range() {
            return "true or false";
        }
    }

    /** One of a few words. */
    record ChoiceSetting(String name, String doc, String standard, List<String> choices) implements SettingSpec {

        public ChoiceSetting {
            choices = List.copyOf(choices);
            if (!choices.contains(standard)) {
                throw new IllegalArgumentException(name + ": default " + standard + " is none of " + choices);
            }
        }

        @Override
        public Object defaultValue() {
            return standard;
        }

        @Override
        public String range() {
            return "one of " + String.join(", ", choices);
        }
    }

    /**
     * Defaults that follow a choice.
     *
     * @param choice name of a {@link ChoiceSetting} of the same environment
     * @param defaults for each of its words
     */
    record Preset(String choice, Map<String, Double> defaults) {

        public Preset {
            defaults = Map.copyOf(defaults);
        }
    }
}
