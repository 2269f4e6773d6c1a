package dev.macenv.server.catalog;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.ChoiceSetting;
import dev.macenv.env.SettingSpec.FlagSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what somebody chose against what an environment declares: collects every problem, and fills in what was left open. */
final class SettingsCheck {

    private final EnvironmentDescription description;
    private final Map<String, SettingSpec> declared = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Object> accepted = new TreeMap<>();

    SettingsCheck(EnvironmentDescription description, Map<String, ?> chosen) {
        this.description = description;
        description.settings().forEach(setting -> declared.put(setting.name(), setting));
        chosen.forEach(this::accept);
        problems.sort(Comparator.comparing(Problem::field));
    }

    /** In the order of the names. */
    List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** The chosen values and, for the rest, the defaults. */
    Settings complete() {
        if (!problems.isEmpty()) {
            throw new InvalidSettingsException(problems);
        }
        Map<String, Object> values = new TreeMap<>(accepted);
        for (SettingSpec setting : description.settings()) {
            values.computeIfAbsent(setting.name(), name -> standard(setting));
        }
        return Settings.of(values);
    }

    /** The default, which for a number may follow a choice. */
    private Object standard(SettingSpec setting) {
        if (setting instanceof NumberSetting number && number.preset().isPresent()) {
            SettingSpec.Preset preset = number.preset().get();
            SettingSpec choice = declared.get(preset.choice());
            Object word = accepted.get(preset.choice());
            if (word == null && choice != null) {
                word = choice.defaultValue();
            }
            Double value = word == null ? null : preset.defaults().get(word.toString());
            return value == null ? number.standard() : value;
        }
        return setting.defaultValue();
    }

    private void accept(String name, @Nullable Object value) {
        SettingSpec setting = declared.get(name);
        if (setting == null) {
            problems.add(new Problem(name, unknown(name)));
            return;
        }
        Optional<Object> typed = typed(setting, value);
        if (typed.isPresent()) {
            accepted.put(name, typed.get());
        } else {
            problems.add(new Problem(name, shown(value) + " (expected: " + setting.range() + ")"));
        }
    }

    private String unknown(String name) {
        String known = declared.isEmpty()
                ? "it has no settings"
                : "its settings are "
                        + String.join(
                                ", ",
                                description.settings().stream()
                                        .map(SettingSpec::name)
                                        .toList());
        String hint = NearMiss.of(name, declared.keySet())
                .map(near -> "did you mean " + near + "?")
                .orElse(known);
        return description.id() + " has no such setting (" + hint + ")";
    }

    /** The value in the type of the setting, if it is allowed. Whole numbers may come as doubles: JSON and protobuf know no others. */
    private static Optional<Object> typed(SettingSpec setting, @Nullable Object value) {
        if (setting instanceof IntegerSetting integer) {
            return whole(value).filter(integer::allows).map(Object.class::cast);
        }
        if (setting instanceof NumberSetting number) {
            return value instanceof Number given && number.allows(given.doubleValue())
                    ? Optional.of(plusZero(given.doubleValue()))
                    : Optional.empty();
        }
        if (setting instanceof FlagSetting) {
            return value instanceof Boolean ? Optional.of(value) : Optional.empty();
        }
        if (setting instanceof ChoiceSetting choice) {
            return value instanceof String word && choice.choices().contains(word)
                    ? Optional.of(word)
                    : Optional.empty();
        }
        throw new AssertionError("a kind of setting that is not checked: " + setting);
    }

    private static Optional<Long> whole(@Nullable Object value) {
        if (value instanceof Long || value instanceof Integer) {
            return Optional.of(((Number) value).longValue());
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) <= 0x1p53) {
            return Optional.of(number.longValue());
        }
        return Optional.empty();
    }

    /** One zero: -0.0 would give the same environment another fingerprint. */
    private static double plusZero(double value) {
        return value + 0.0;
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof String text) {
            return '"' + text + '"';
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Long.toString(number.longValue());
        }
        return String.valueOf(value);
    }
}
