package dev.macenv.avf.config;

import dev.macenv.avf.algorithm.AlgorithmProvider;
import dev.macenv.avf.config.ConfigNode.Entry;
import dev.macenv.avf.config.ConfigNode.Mapping;
import dev.macenv.avf.config.ConfigNode.Scalar;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The shipped configurations, and how layers become one.
 *
 * <p>Lowest first: {@code algorithms/<algorithm>.yaml}, which is complete; {@code experiments/<scenario>/<algorithm>.yaml},
 * which holds what the scenario needs to be different; {@code experiments/<scenario>/<algorithm>@<profile>.yaml} if a
 * profile is asked for; {@code --set} options. A user's own YAML file either is complete or begins with {@code extends:
 * <scenario>/<algorithm>}, whose layers then come below it.
 */
public final class ConfigLibrary {

    private static final String ALGORITHMS = "algorithms";
    private static final String EXPERIMENTS = "experiments";
    private static final String SUFFIX = ".yaml";

    private final List<Problem> problems = new ArrayList<>();
    private final YamlReader reader = new YamlReader(problems);

    private ConfigLibrary() {}

    /**
     * Merges and checks one configuration.
     *
     * @param target {@code SCENARIO/ALGORITHM}, or the path of a YAML file
     * @param profile name of a shipped profile, such as {@code paper}
     * @param settings {@code key=value} texts, laid on top in order
     * @throws ConfigException with everything that is wrong
     */
    public static ResolvedConfig resolve(String target, Optional<String> profile, List<String> settings) {
        return new ConfigLibrary().resolveAll(target, profile, settings);
    }

    /** Names of the shipped experiments, {@code scenario/algorithm}, each with its profiles. */
    public static Map<String, List<String>> experiments() {
        Map<String, List<String>> found = new TreeMap<>(ConfigLibrary::compareNames);
        for (String file : listResources(EXPERIMENTS)) {
            String name = file.substring(0, file.length() - SUFFIX.length());
            int at = name.indexOf('@');
            List<String> profiles =
                    found.computeIfAbsent(at < 0 ? name : name.substring(0, at), key -> new ArrayList<>());
            if (at >= 0) {
                profiles.add(name.substring(at + 1));
            }
        }
        return found;
    }

    /** Reads a shipped file onto a record. */
    static <T extends Record> T readResource(String file, Class<T> type) {
        List<Problem> problems = new ArrayList<>();
        Mapping tree = new YamlReader(problems).read(file, resourceText(file).orElse(""));
        Optional<T> record = new RecordBinder(problems).bind(tree, type);
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return record.orElseThrow();
    }

    private ResolvedConfig resolveAll(String target, Optional<String> profile, List<String> settings) {
        String base = target.endsWith(SUFFIX) ? target.substring(0, target.length() - SUFFIX.length()) : target;
        boolean file = target.endsWith(SUFFIX) || target.endsWith(".yml");
        Mapping tree = file ? userFile(Path.of(target), profile) : shipped(target, profile, Origin.option(target));
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        for (String setting : settings) {
            tree = tree.overlaidWith(reader.readSetting(setting));
        }
        String name = (file ? fileName(base) : target)
                + profile.map(chosen -> "@" + chosen).orElse("");
        return check(name, tree);
    }

    private static String fileName(String base) {
        Path name = Objects.requireNonNull(Path.of(base).getFileName());
        return name.toString();
    }

    private Mapping shipped(String target, Optional<String> profile, Origin asked) {
        Map<String, List<String>> experiments = experiments();
        List<String> profiles = experiments.get(target);
        if (profiles == null) {
            problems.add(new Problem(
                    asked,
                    "no such experiment" + Spelling.suggestion(target, experiments.keySet())
                            + "; `avf list` shows all, and a path ending in .yaml is read as a file"));
            return new Mapping(Map.of(), asked);
        }
        int slash = target.lastIndexOf('/');
        Mapping tree = resource(ALGORITHMS + "/" + target.substring(slash + 1) + SUFFIX)
                .overlaidWith(resource(EXPERIMENTS + "/" + target + SUFFIX));
        if (profile.isEmpty()) {
            return tree;
        }
        if (!profiles.contains(profile.get())) {
            problems.add(new Problem(
                    Origin.option("--profile " + profile.get()),
                    "no such profile of " + target + " (expected: "
                            + (profiles.isEmpty() ? "none, it has no profiles" : String.join(", ", profiles)) + ")"));
            return tree;
        }
        return tree.overlaidWith(resource(EXPERIMENTS + "/" + target + "@" + profile.get() + SUFFIX));
    }

    private Mapping userFile(Path file, Optional<String> profile) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            problems.add(new Problem(Origin.option(file.toString()), "cannot be read (expected: a YAML file)"));
            return new Mapping(Map.of(), Origin.option(file.toString()));
        }
        Mapping own = reader.read(file.toString(), text);
        Entry parent = own.entries().get("extends");
        if (parent == null) {
            profile.ifPresent(chosen -> problems.add(new Problem(
                    Origin.option("--profile " + chosen),
                    "a complete file has no profiles (expected: `extends: SCENARIO/ALGORITHM` in " + file + ")")));
            return own;
        }
        if (!(parent.value() instanceof Scalar name)) {
            problems.add(new Problem(parent.keyOrigin(), "extends: (expected: SCENARIO/ALGORITHM)"));
            return own;
        }
        Map<String, Entry> rest = new LinkedHashMap<>(own.entries());
        rest.remove("extends");
        return shipped(name.text(), profile, name.origin()).overlaidWith(new Mapping(rest, own.origin()));
    }

    private ResolvedConfig check(String name, Mapping tree) {
        Optional<AlgorithmProvider<?>> provider = provider(tree);
        List<Class<? extends Record>> types = new ArrayList<>();
        types.add(ExperimentSettings.class);
        provider.ifPresent(found -> types.add(found.configuration()));
        List<Optional<Record>> records = new RecordBinder(problems).bind(tree, types);
        if (!problems.isEmpty()) {
            throw new ConfigException(withoutRepetitions());
        }
        return new ResolvedConfig(
                name,
                (ExperimentSettings) records.get(0).orElseThrow(),
                records.get(1).orElseThrow(),
                tree);
    }

    /** Keys that two records share are complained about by both, perhaps in other words: the first complaint will do. */
    private List<Problem> withoutRepetitions() {
        Map<String, Problem> first = new LinkedHashMap<>();
        problems.forEach(problem ->
                first.putIfAbsent(problem.origin() + " " + problem.message().split(": ", 2)[0], problem));
        return List.copyOf(first.values());
    }

    /** Without a provider nothing is known about the algorithm's keys, so this problem is reported alone. */
    private Optional<AlgorithmProvider<?>> provider(Mapping tree) {
        List<AlgorithmProvider<?>> providers = algorithmProviders();
        List<String> names = providers.stream().map(AlgorithmProvider::name).toList();
        Optional<ConfigNode> key = tree.get("algorithm");
        String name = key.map(node -> node instanceof Scalar scalar ? scalar.text() : "a list or mapping")
                .orElse("nothing");
        Optional<AlgorithmProvider<?>> found = providers.stream()
                .filter(provider -> provider.name().equals(name))
                .findFirst();
        if (found.isEmpty()) {
            problems.add(new Problem(
                    key.map(ConfigNode::origin).orElse(tree.origin()),
                    "algorithm: " + name + " (expected: " + String.join(", ", names) + ")"
                            + Spelling.suggestion(name, names)));
            throw new ConfigException(problems);
        }
        return found;
    }

    /** The algorithms found on the class path. */
    public static List<AlgorithmProvider<?>> algorithmProviders() {
        List<AlgorithmProvider<?>> providers = new ArrayList<>();
        ServiceLoader.load(AlgorithmProvider.class).forEach(providers::add);
        return providers;
    }

    private Mapping resource(String file) {
        Optional<String> text = resourceText(file);
        if (text.isEmpty()) {
            problems.add(new Problem(Origin.option(file), "missing (expected: a file shipped with avf)"));
        }
        return reader.read(file, text.orElse(""));
    }

    private static Optional<String> resourceText(String file) {
        try (InputStream in = ConfigLibrary.class.getResourceAsStream("/" + file)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Paths of the YAML files below a resource folder, relative to it, in a directory or in a jar. */
    private static List<String> listResources(String folder) {
        URL url = Objects.requireNonNull(ConfigLibrary.class.getResource("/" + folder), folder);
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return listFolder(Path.of(uri));
            }
            String jar = uri.toString().substring(0, uri.toString().indexOf("!/"));
            try (FileSystem files = FileSystems.newFileSystem(Path.of(URI.create(jar.substring("jar:".length()))))) {
                return listFolder(files.getPath("/" + folder));
            }
        } catch (URISyntaxException | IOException e) {
            throw new AssertionError(folder + ": cannot be listed", e);
        }
    }

    private static List<String> listFolder(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** Scenario by scenario, numbers by their value: bp-6 before bp-10. */
    private static int compareNames(String a, String b) {
        String padded = pad(a);
        int order = padded.compareTo(pad(b));
        return order != 0 ? order : a.compareTo(b);
    }

    private static String pad(String name) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < name.length()) {
            int end = i;
            while (end < name.length() && Character.isDigit(name.charAt(end))) {
                end++;
            }
            if (end > i) {
                text.append("0".repeat(Math.max(0, 6 - (end - i)))).append(name, i, end);
                i = end;
            } else {
                text.append(name.charAt(i++));
            }
        }
        return text.toString();
    }
}
