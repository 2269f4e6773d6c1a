package dev.macenv.avf.mixer;

import dev.macenv.avf.nn.Parameters;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.random.RandomGenerator;

/**
 * Offers a mixer under a name. Implementations are listed in {@code META-INF/services/dev.macenv.avf.mixer.MixerProvider}, have a public
 * constructor without arguments, and do not throw from it.
 *
 * @param <S> the mixer's settings: a public record whose components are the keys of its YAML section (integers, numbers, booleans, enums) and whose
 *     constructor refuses unusable values with {@link dev.macenv.avf.nn.InvalidSettings}. No setting has a default in code.
 */
public interface MixerProvider<S extends Record> {
    /** The name by which configurations ask for the mixer, such as {@code qmix}; lower case. */
    String name();

    /** The settings record. */
    Class<S> settingsType();

    /** A mixer whose parameters are added to {@code parameters}, drawn from {@code init}. */
    Mixer create(MixerShape shape, S settings, Parameters parameters, RandomGenerator init);

    /** {@link #create} for settings whose type is known at run time only. */
    default Mixer createFrom(MixerShape shape, Record settings, Parameters parameters, RandomGenerator init) {
        if (!settingsType().isInstance(settings)) {
            throw new IllegalArgumentException("settings: " + settings + " (expected: a "
                    + settingsType().getSimpleName() + " for the mixer " + name() + ")");
        }
        return create(shape, settingsType().cast(settings), parameters, init);
    }

    /** All mixers on the class path, ordered by name. */
    static List<MixerProvider<?>> all() {
        return ServiceLoader.load(MixerProvider.class).stream()
                .<MixerProvider<?>>map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(MixerProvider::name))
                .toList();
    }

    /** The mixer named {@code name}. */
    static MixerProvider<?> named(String name) {
        List<MixerProvider<?>> all = all();
        for (MixerProvider<?> provider : all) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        throw new IllegalArgumentException("mixer: " + name + " (expected: one of "
                + all.stream().map(MixerProvider::name).toList() + ")");
    }
}
