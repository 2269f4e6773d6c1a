package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.mixer.EncodedState;
import dev.macenv.avf.mixer.Mixer;
import dev.macenv.avf.mixer.MixerProvider;
import dev.macenv.avf.mixer.MixerShape;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.InvalidSettings;
import dev.macenv.avf.nn.Parameters;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which mixer (section {@code mixer}): {@code name} chooses it among the {@link MixerProvider}s on the class path, {@code
 * state} what it is conditioned on, {@code stateEncoder} whether that is compressed before, and all other keys are its own
 * settings, of which every one must be there.
 *
 * @param provider the mixer's provider
 * @param state what the mixer is conditioned on
 * @param stateEncoder width of the learned layer that compresses the state before the mixer, 0 for none; see {@link
 *     EncodedState}
 * @param settings the mixer's own settings
 */
public record MixerSettings(MixerProvider<?> provider, MixerState state, int stateEncoder, Record settings) {
    private static final String NAME = "name";
    private static final String STATE = "state";
    private static final String ENCODER = "stateEncoder";
    private static final RandomGenerator ZEROS = () -> 0;

    /** Reads a section, whose values are {@link Long}, {@link Double}, {@link Boolean} or {@link String}. */
    static MixerSettings from(Map<String, Object> section) {
        Checks checks = new Checks();
        Optional<MixerSettings> read = read(section, checks);
        checks.report();
        return read.orElseThrow();
    }

    /** Notes everything that is wrong with a section. */
    static void check(Map<String, Object> section, Dueling dueling, boolean recordEveryTick, Checks checks) {
        read(section, checks).ifPresent(mixer -> {
            if (mixer.state() == MixerState.REAL && !recordEveryTick) {
                checks.complain("mixer.state: REAL with recordEveryTick: false (expected: recordEveryTick: true, as the"
                        + " state before a row's last tick is wanted; or mixer.state: JOINT_MACRO)");
            }
            if (mixer.stateEncoder() > 0 && mixer.state() == MixerState.NONE) {
                checks.complain(
                        "mixer.stateEncoder: %d with mixer.state: NONE (expected: 0, there is no state to compress)"
                                .formatted(mixer.stateEncoder()));
            }
            if (mixer.references() == Mixer.References.VALUE_HEAD && dueling == Dueling.NONE) {
                checks.complain("mixer: %s compares utilities with the value head, but network.dueling is NONE"
                                .formatted(mixer.settings())
                        + " (expected: network.dueling RAW, MEAN or MAX)");
            }
        });
    }

    /** Makes the mixer, for a team of these sizes. */
    Mixer create(MixerShape shape, Parameters parameters, RandomGenerator init) {
        if (stateEncoder == 0) {
            return provider.createFrom(shape, settings, parameters, init);
        }
        return EncodedState.create(shape, stateEncoder, provider, settings, parameters, init);
    }

    /** A mixer says what references it wants only once it is made: a tiny one is. */
    private Mixer.References references() {
        Parameters scratch = new Parameters(EngineType.REFERENCE.create());
        return create(new MixerShape(List.of(1), 1), scratch, ZEROS).references();
    }

    private static Optional<MixerSettings> read(Map<String, Object> section, Checks checks) {
        Optional<Object> state = value(section, STATE, MixerState.class, checks);
        Optional<Object> encoder = value(section, ENCODER, int.class, checks);
        if (encoder.isPresent() && (int) encoder.get() < 0) {
            complain(checks, ENCODER, encoder.get(), "0 for none, or a width");
            encoder = Optional.empty();
        }
        Optional<MixerProvider<?>> provider = provider(section, checks);
        if (provider.isEmpty()) {
            return Optional.empty();
        }
        Optional<Record> settings = settings(section, provider.get().settingsType(), checks);
        return state.isEmpty() || encoder.isEmpty() || settings.isEmpty()
                ? Optional.empty()
                : Optional.of(new MixerSettings(
                        provider.get(), (MixerState) state.get(), (int) encoder.get(), settings.get()));
    }

    private static Optional<MixerProvider<?>> provider(Map<String, Object> section, Checks checks) {
        List<MixerProvider<?>> all = MixerProvider.all();
        Object name = section.get(NAME);
        for (MixerProvider<?> provider : all) {
            if (provider.name().equals(name)) {
                return Optional.of(provider);
            }
        }
        complain(checks, NAME, name, all.stream().map(MixerProvider::name).toList());
        return Optional.empty();
    }

    private static Optional<Record> settings(Map<String, Object> section, Class<? extends Record> type, Checks checks) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        Set<String> unknown = new HashSet<>(section.keySet());
        unknown.removeAll(Set.of(NAME, STATE, ENCODER));
        boolean complete = true;
        for (int c = 0; c < components.length; c++) {
            unknown.remove(components[c].getName());
            types[c] = components[c].getType();
            Optional<Object> value = value(section, components[c].getName(), types[c], checks);
            complete &= value.isPresent();
            values[c] = value.orElse(0);
        }
        List<String> known = new ArrayList<>(List.of(NAME, STATE, ENCODER));
        Arrays.stream(components).map(RecordComponent::getName).forEach(known::add);
        unknown.stream()
                .sorted()
                .forEach(key -> checks.complain("mixer.%s: unknown key (expected: %s)".formatted(key, known)));
        return complete && unknown.isEmpty() ? construct(type, types, values, checks) : Optional.empty();
    }

    private static Optional<Record> construct(
            Class<? extends Record> type, Class<?>[] types, Object[] values, Checks checks) {
        try {
            return Optional.of(type.getConstructor(types).newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidSettings invalid) {
                invalid.problems().forEach(problem -> checks.complain("mixer." + problem));
                return Optional.empty();
            }
            throw new AssertionError(type + ": constructor failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + ": expected to be a public record", e);
        }
    }

    private static Optional<Object> value(Map<String, Object> section, String key, Class<?> type, Checks checks) {
        Object value = section.get(key);
        Optional<Object> converted = convert(value, type);
        if (converted.isEmpty()) {
            complain(checks, key, value, type.isEnum() ? Arrays.asList(type.getEnumConstants()) : type.getSimpleName());
        }
        return converted;
    }

    private static Optional<Object> convert(@Nullable Object value, Class<?> type) {
        if (type == int.class && value instanceof Long number && number == number.intValue()) {
            return Optional.of(number.intValue());
        }
        if (type == int.class && value instanceof Integer) {
            return Optional.of(value);
        }
        if (type == double.class && value instanceof Number number) {
            return Optional.of(number.doubleValue());
        }
        if (type == boolean.class && value instanceof Boolean) {
            return Optional.of(value);
        }
        if (type == String.class && value instanceof String) {
            return Optional.of(value);
        }
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(Object.class::cast)
                        .filter(constant -> ((Enum<?>) constant).name().equals(String.valueOf(value)))
                        .findFirst()
                : Optional.empty();
    }

    private static void complain(Checks checks, String key, @Nullable Object value, Object expected) {
        checks.complain("mixer.%s: %s (expected: %s)".formatted(key, value == null ? "missing" : value, expected));
    }
}
