package dev.macenv.env;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** The complete, checked settings of one environment: every declared name has a value of its declared type. Immutable. */
public final class Settings {

    private static final Settings NONE = new Settings(Map.of());

    private final SortedMap<String, Object> values;

    private Settings(Map<String, ?> values) {
        this.values = new TreeMap<>(values);
        this.values.forEach((name, value) -> {
            if (!(value instanceof Long
                    || value instanceof Double
                    || value instanceof Boolean
                    || value instanceof String)) {
                throw new IllegalArgumentException(name + ": "
                        + value.getClass().getSimpleName() + " (expected: Long, Double, Boolean or String)");
            }
        });
    }

    public static Settings none() {
        return NONE;
    }

    /** The given values, each a Long, Double, Boolean or String. */
    public static Settings of(Map<String, ?> values) {
        return new Settings(values);
    }

    /** The defaults of every setting of the description. */
    public static Settings defaults(EnvironmentDescription description) {
        Map<String, Object> values = new TreeMap<>();
        for (SettingSpec setting : description.settings()) {
            values.put(setting.name(), setting.defaultValue());
        }
        return new Settings(values);
    }

    public long integer(String name) {
        return get(name, Long.class);
    }

    public double number(String name) {
        return get(name, Double.class);
    }

    public boolean flag(String name) {
        return get(name, Boolean.class);
    }

    public String choice(String name) {
        return get(name, String.class);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** Visits every name and value in the alphabetical order of the names. */
    public void forEach(BiConsumer<String, Object> visitor) {
        values.forEach(visitor);
    }

    private <T> T get(String name, Class<T> type) {
        Object value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: a declared setting of type " + type.getSimpleName() + ")");
        }
        return type.cast(value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings that && values.equals(that.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
