package dev.macenv.server.catalog;

import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.EnvironmentProvider;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SettingSpec;
import dev.macenv.env.SettingSpec.FlagSetting;
import dev.macenv.env.SettingSpec.IntegerSetting;
import dev.macenv.env.SettingSpec.NumberSetting;
import dev.macenv.env.Settings;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Every environment that this process can make: finds the providers, describes what they offer, checks settings, makes environments. Immutable once loaded, and thread-safe.
 */
public final class Catalog {

    private record Entry(EnvironmentDescription description, EnvironmentProvider provider) {}

    private final SortedMap<String, Entry> entries = new TreeMap<>();

    private final List<PluginProblem> pluginProblems = new ArrayList<>();

    private Catalog(Iterable<EnvironmentProvider> providers) {
        for (EnvironmentProvider provider : providers) {
            for (EnvironmentDescription description : provider.environments()) {
                Entry earlier = entries.putIfAbsent(description.id(), new Entry(description, provider));
                if (earlier != null) {
                    throw offeredTwice(description.id(), earlier.provider(), provider);
                }
            }
        }
    }

    /** The providers on the class path. */
    public static Catalog load() {
        return new Catalog(ServiceLoader.load(EnvironmentProvider.class));
    }

    /**
     * The providers on the class path, and those in the jars of these directories. A jar that cannot be used is left out and told of by {@link #pluginProblems}; whatever is wrong with it, the
     * rest is there.
     *
     * @param directories looked through in this order, each in the alphabetical order of its files; those that do not exist count as empty
     */
    public static Catalog load(List<Path> directories) {
        Catalog catalog = load();
        Plugins plugins = Plugins.in(directories);
        catalog.pluginProblems.addAll(plugins.problems());
        plugins.offers().forEach(catalog::addPlugin);
        return catalog;
    }

    /**
     * These environments and those of further providers.
     *
     * @throws IllegalStateException if an id is offered twice
     */
    public Catalog and(List<? extends EnvironmentProvider> more) {
        Catalog both = new Catalog(List.copyOf(more));
        both.pluginProblems.addAll(pluginProblems);
        entries.forEach((id, entry) -> {
            Entry other = both.entries.putIfAbsent(id, entry);
            if (other != null) {
                throw offeredTwice(id, entry.provider(), other.provider());
            }
        });
        return both;
    }

    private static IllegalStateException offeredTwice(String id, EnvironmentProvider one, EnvironmentProvider other) {
        return new IllegalStateException(id + ": offered by " + one + " and by " + other
                + " (expected: one provider per id; leave one out, or give it another id)");
    }

    private void addPlugin(Plugins.Offer offer) {
        for (EnvironmentDescription description : offer.environments()) {
            Entry earlier = entries.putIfAbsent(description.id(), new Entry(description, offer.provider()));
            if (earlier != null) {
                pluginProblems.add(new PluginProblem(
                        offer.jar(),
                        description.id() + " is offered already by "
                                + earlier.provider().getClass().getName() + " (expected: an id of its own)"));
            }
        }
    }

    /** What is wrong with jars that were looked through, in the order in which it was found. */
    public List<PluginProblem> pluginProblems() {
        return List.copyOf(pluginProblems);
    }

    /** These providers and no others. */
    public static Catalog of(EnvironmentProvider... providers) {
        return new Catalog(List.of(providers));
    }

    /** In the alphabetical order of the ids. */
    public List<EnvironmentDescription> environments() {
        List<EnvironmentDescription> all = new ArrayList<>();
        entries.values().forEach(entry -> all.add(entry.description()));
        return all;
    }

    /** @throws UnknownEnvironmentException with a guess at what was meant */
    public EnvironmentDescription describe(String id) {
        return entry(id).description();
    }

    public Optional<EnvironmentDescription> find(String id) {
        return Optional.ofNullable(entries.get(id)).map(Entry::description);
    }

    /**
     * Everything that is wrong with these settings, in the order of the names; empty if nothing is.
     *
     * @param chosen values by name: Number for integers and numbers, Boolean, or String for choices; what is left out takes its default
     * @throws UnknownEnvironmentException if there is no such environment
     */
    public List<Problem> check(String id, Map<String, ?> chosen) {
        return new SettingsCheck(describe(id), chosen).problems();
    }

    /**
     * Words, as somebody typed them, in the types that the settings declare. What does not parse stays text, and is refused when it is {@link #check checked}.
     *
     * @throws UnknownEnvironmentException if there is no such environment
     */
    public Map<String, Object> typed(String id, Map<String, String> words) {
        EnvironmentDescription description = describe(id);
        Map<String, Object> values = new LinkedHashMap<>();
        words.forEach((name, word) -> values.put(name, typed(description, name, word)));
        return values;
    }

    private static Object typed(EnvironmentDescription description, String name, String word) {
        for (SettingSpec setting : description.settings()) {
            if (!setting.name().equals(name)) {
                continue;
            }
            if (setting instanceof FlagSetting && (word.equals("true") || word.equals("false"))) {
                return Boolean.valueOf(word);
            }
            if (setting instanceof IntegerSetting || setting instanceof NumberSetting) {
                try {
                    return Double.valueOf(word);
                } catch (NumberFormatException e) {
                    return word;
                }
            }
        }
        return word;
    }

    /**
     * The chosen settings, completed with the defaults. A default that follows a preset follows the chosen one; a value given explicitly wins over the preset.
     *
     * @throws UnknownEnvironmentException if there is no such environment
     * @throws InvalidSettingsException with all problems at once
     */
    public Settings complete(String id, Map<String, ?> chosen) {
        return new SettingsCheck(describe(id), chosen).complete();
    }

    /**
     * A new environment, waiting for its first reset.
     *
     * @throws UnknownEnvironmentException if there is no such environment
     * @throws InvalidSettingsException with all problems at once
     */
    public MacDecPomdp create(String id, Map<String, ?> chosen) {
        return create(id, complete(id, chosen));
    }

    /** A new environment with settings that {@link #complete} gave; cheaper than checking them again for every lane. */
    public MacDecPomdp create(String id, Settings settings) {
        return entry(id).provider().create(id, settings);
    }

    /** Makes environments that one thread at a time uses all: those of a session's lanes. */
    public Supplier<MacDecPomdp> lanes(String id, Settings settings) {
        return entry(id).provider().lanes(id, settings);
    }

    /** Whether the environment works in another process. */
    public boolean elsewhere(String id) {
        return entry(id).provider().elsewhere();
    }

    /** Somebody who plays the environment well, knowing the whole state, if its provider has one. */
    public Optional<ScriptedPolicy> scriptedPolicy(String id, Settings settings) {
        return entry(id).provider().scriptedPolicy(id, settings);
    }

    /** Whether the environment's provider came with the server: out of the same jar or directory as this class. */
    public boolean builtIn(String id) {
        return origin(entry(id).provider().getClass()).equals(origin(Catalog.class));
    }

    /** Of the class itself where nothing is known, so that it comes from nowhere else. */
    private static String origin(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? type.getName()
                : source.getLocation().toString();
    }

    /** Whether the environment's provider is on the class path, as this class is, and not out of a plugin. */
    public boolean onClassPath(String id) {
        return entry(id).provider().getClass().getClassLoader() == Catalog.class.getClassLoader();
    }

    /** The spec that {@link #create} would give with these settings. */
    public EnvironmentSpec spec(String id, Map<String, ?> chosen) {
        return create(id, chosen).spec();
    }

    private Entry entry(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            String hint = NearMiss.of(id, entries.keySet())
                    .map(near -> "did you mean " + near + "?")
                    .orElse("known: " + String.join(", ", entries.keySet()));
            throw new UnknownEnvironmentException(id, "environment: " + id + " is not registered (" + hint + ")");
        }
        return entry;
    }
}
