package dev.macenv.server.cli;

import dev.macenv.server.catalog.NearMiss;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * The values of {@code macenv serve} and where each comes from: {@code serve.yaml} of the program has all of them, a file of
 * the user changes some, flags win. Whatever is wrong is collected, and {@link #requireSound} says it all at once.
 */
final class ServeConfig {
    private static final String SHIPPED = "serve.yaml";

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private record Value(String text, String origin) {}

    private ServeConfig() {}

    /**
     * Reads everything; problems are kept for {@link #requireSound}.
     *
     * @param file of the user
     * @param flags values by key; their origin is a flag
     * @throws IOException if the file cannot be read
     */
    static ServeConfig of(Optional<Path> file, Map<String, Flag> flags) throws IOException {
        ServeConfig config = new ServeConfig();
        config.read(shipped(), "default", true);
        if (file.isPresent()) {
            config.read(Files.readString(file.orElseThrow()), file.orElseThrow().toString(), false);
        }
        flags.forEach((key, flag) -> config.set(key, flag.value(), flag.name()));
        return config;
    }

    /** A value from the command line, and the flag that it was given with. */
    record Flag(String name, String value) {}

    private static String shipped() {
        try (InputStream in = ServeConfig.class.getResourceAsStream(SHIPPED)) {
            if (in == null) {
                throw new AssertionError(SHIPPED + " is part of the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(String yaml, String source, boolean shipped) {
        LoadSettings settings =
                LoadSettings.builder().setLabel(source).setUseMarks(true).build();
        try {
            new Compose(settings).composeString(yaml).ifPresent(root -> read(root, "", source, shipped));
        } catch (YamlEngineException e) {
            problems.add(source + ": not YAML: " + e.getMessage());
        }
    }

    private void read(Node node, String path, String source, boolean shipped) {
        String origin = shipped
                ? source
                : source + ":"
                        + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
        if (node instanceof MappingNode mapping) {
            for (NodeTuple entry : mapping.getValue()) {
                String key = entry.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
                read(entry.getValueNode(), path.isEmpty() ? key : path + "." + key, source, shipped);
            }
        } else if (node instanceof ScalarNode scalar && shipped) {
            values.put(path, new Value(scalar.getValue(), origin));
        } else if (node instanceof ScalarNode scalar) {
            set(path, scalar.getValue(), origin);
        } else {
            problems.add(origin + ": " + path + ": a list (expected: one value)");
        }
    }

    private void set(String key, String value, String origin) {
        if (values.containsKey(key)) {
            values.put(key, new Value(value, origin));
        } else if (!value.isEmpty() || values.keySet().stream().noneMatch(known -> known.startsWith(key + "."))) {
            problems.add(origin + ": " + key + ": no such key"
                    + NearMiss.of(key, values.keySet())
                            .map(near -> " (did you mean " + near + "?)")
                            .orElse(" (macenv serve --print-config lists them all)"));
        }
    }

    // ------------------------------------------------------------------------------------------------ values

    private Value value(String key) {
        Value value = values.get(key);
        if (value == null) {
            throw new AssertionError(key + " is not in " + SHIPPED);
        }
        return value;
    }

    /** A text; empty if there is none. */
    Optional<String> text(String key) {
        return Optional.of(value(key).text()).filter(text -> !text.isEmpty());
    }

    /** A path; empty if there is none. */
    Optional<Path> path(String key) {
        return text(key).map(Path::of);
    }

    /** A whole number in this range. */
    int integer(String key, int least, int most) {
        String text = value(key).text();
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        problem(key, "a whole number, " + least + " .. " + most);
        return least;
    }

    /** A port; empty if there is none. */
    Optional<Integer> port(String key) {
        return text(key).map(given -> integer(key, 0, 65535));
    }

    boolean yes(String key) {
        return choice(key, Answer.class) == Answer.TRUE;
    }

    private enum Answer {
        FALSE,
        TRUE
    }

    /** One of the constants, in any case. */
    <E extends Enum<E>> E choice(String key, Class<E> type) {
        String text = value(key).text();
        E[] constants = type.getEnumConstants();
        for (E constant : constants) {
            if (constant.name().equals(text.toUpperCase(Locale.ROOT))) {
                return constant;
            }
        }
        problem(key, "one of " + Arrays.toString(constants));
        return constants[0];
    }

    /** Notes that the value of a key does not do. */
    void problem(String key, String expected) {
        Value value = value(key);
        problems.add(value.origin() + ": " + key + ": " + value.text() + " (expected: " + expected + ")");
    }

    /** @throws Macenv.UsageException saying everything that is wrong */
    void requireSound() {
        if (!problems.isEmpty()) {
            throw new Macenv.UsageException(String.join(System.lineSeparator(), problems));
        }
    }

    /** Every key with its value and origin, a line each; itself a file that {@code --config} reads. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String section = "";
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            String[] words = entry.getKey().split("\\.", 2);
            if (!words[0].equals(section)) {
                section = words[0];
                lines.add(section + ":");
            }
            String text = entry.getValue().text();
            lines.add(String.format(
                    "%-40s # %s",
                    "  " + words[1] + ":" + (text.isEmpty() ? "" : " " + quoted(text)),
                    entry.getValue().origin()));
        }
        return lines;
    }

    private static String quoted(String text) {
        boolean plain = text.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-".indexOf(c) >= 0);
        return plain ? text : "'" + text.replace("'", "''") + "'";
    }
}
