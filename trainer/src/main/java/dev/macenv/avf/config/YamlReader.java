package dev.macenv.avf.config;

import dev.macenv.avf.config.ConfigNode.Entry;
import dev.macenv.avf.config.ConfigNode.Mapping;
import dev.macenv.avf.config.ConfigNode.Scalar;
import dev.macenv.avf.config.ConfigNode.ScalarKind;
import dev.macenv.avf.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Turns YAML text into a {@link ConfigNode} tree that remembers its lines. Problems are collected, never thrown. */
final class YamlReader {

    // Wider than YAML's own numbers: 1e-4 has no dot, and is what people write.
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");

    private final List<Problem> problems;

    YamlReader(List<Problem> problems) {
        this.problems = problems;
    }

    /** Reads one document whose root is a mapping; an empty document is an empty mapping. */
    Mapping read(String source, String text) {
        Origin start = new Origin(source, 1);
        Optional<ConfigNode> root = compose(source, text, false);
        if (root.isEmpty()) {
            return new Mapping(Map.of(), start);
        }
        if (root.get() instanceof Mapping mapping) {
            return mapping;
        }
        problems.add(
                new Problem(root.get().origin(), "the file holds no mapping (expected: lines of the form key: value)"));
        return new Mapping(Map.of(), start);
    }

    /**
     * Reads {@code --set a.b=value} as a mapping of one path; the value is YAML.
     *
     * @param setting the text after {@code --set}
     */
    Mapping readSetting(String setting) {
        String source = "--set " + setting;
        Origin origin = Origin.option(source);
        int equals = setting.indexOf('=');
        if (equals <= 0) {
            problems.add(new Problem(origin, "no key (expected: key=value, for example optimizer.learningRate=1e-4)"));
            return new Mapping(Map.of(), origin);
        }
        ConfigNode value = compose(source, setting.substring(equals + 1), true)
                .orElseGet(() -> new Scalar("", ScalarKind.TEXT, origin));
        String[] path = setting.substring(0, equals).trim().split("\\.", -1);
        for (int i = path.length - 1; i >= 0; i--) {
            value = new Mapping(Map.of(path[i], new Entry(origin, value, Optional.empty())), origin);
        }
        return (Mapping) value;
    }

    private Optional<ConfigNode> compose(String source, String text, boolean option) {
        LoadSettings settings =
                LoadSettings.builder().setLabel(source).setUseMarks(true).build();
        try {
            return new Compose(settings).composeString(text).map(node -> convert(node, source, option));
        } catch (MarkedYamlEngineException e) {
            Origin origin = e.getProblemMark()
                    .map(mark -> origin(mark, source, option))
                    .orElse(new Origin(source, option ? 0 : 1));
            problems.add(new Problem(origin, "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(new Problem(new Origin(source, option ? 0 : 1), "not YAML: " + e.getMessage()));
        }
        return Optional.empty();
    }

    private ConfigNode convert(Node node, String source, boolean option) {
        Origin origin =
                node.getStartMark().map(mark -> origin(mark, source, option)).orElse(new Origin(source, 0));
        if (node instanceof ScalarNode scalar) {
            boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
            return new Scalar(scalar.getValue(), plain ? kind(scalar.getValue()) : ScalarKind.TEXT, origin);
        }
        if (node instanceof SequenceNode sequence) {
            List<ConfigNode> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(convert(item, source, option)));
            return new Sequence(items, origin);
        }
        if (node instanceof MappingNode mapping) {
            return convert(mapping, origin, source, option);
        }
        problems.add(new Problem(origin, "anchors and aliases are not supported (expected: the value itself)"));
        return new Scalar("", ScalarKind.TEXT, origin);
    }

    private Mapping convert(MappingNode mapping, Origin origin, String source, boolean option) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            ConfigNode key = convert(tuple.getKeyNode(), source, option);
            ConfigNode value = convert(tuple.getValueNode(), source, option);
            if (!(key instanceof Scalar name)) {
                problems.add(new Problem(key.origin(), "a key is not a word (expected: key: value)"));
                continue;
            }
            Entry earlier = entries.putIfAbsent(name.text(), new Entry(name.origin(), value, Optional.empty()));
            if (earlier != null) {
                problems.add(new Problem(
                        name.origin(), name.text() + ": written twice (first at " + earlier.keyOrigin() + ")"));
            }
        }
        return new Mapping(entries, origin);
    }

    private static Origin origin(Mark mark, String source, boolean option) {
        return new Origin(source, option ? 0 : mark.getLine() + 1);
    }

    /** What a plain scalar with this text is. */
    static ScalarKind kind(String text) {
        if (text.isEmpty() || text.equals("~") || text.equals("null")) {
            return ScalarKind.NOTHING;
        }
        if (text.equals("true") || text.equals("false")) {
            return ScalarKind.FLAG;
        }
        if (INTEGER.matcher(text).matches()) {
            return ScalarKind.INTEGER;
        }
        return NUMBER.matcher(text).matches() ? ScalarKind.NUMBER : ScalarKind.TEXT;
    }
}
