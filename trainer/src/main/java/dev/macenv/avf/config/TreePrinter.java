package dev.macenv.avf.config;

import dev.macenv.avf.config.ConfigNode.Mapping;
import dev.macenv.avf.config.ConfigNode.Scalar;
import dev.macenv.avf.config.ConfigNode.ScalarKind;
import dev.macenv.avf.config.ConfigNode.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a configuration tree as YAML, with the origin of each value in a comment beside it. */
final class TreePrinter {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./@-]*");

    private record Line(String text, String origin) {}

    private TreePrinter() {}

    static String print(Mapping root) {
        List<Line> lines = new ArrayList<>();
        append(root, "", lines);
        int width = lines.stream().mapToInt(line -> line.text().length()).max().orElse(0);
        return lines.stream()
                .map(line -> line.origin().isEmpty()
                        ? line.text()
                        : line.text() + " ".repeat(width - line.text().length()) + "  # " + line.origin())
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** The values alone, keys sorted. */
    static String values(ConfigNode node) {
        return node instanceof Mapping mapping
                ? new TreeMap<>(mapping.entries())
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + ": "
                                        + values(entry.getValue().value()))
                                .collect(Collectors.joining(", ", "{", "}"))
                : inline(node);
    }

    private static void append(Mapping mapping, String indent, List<Line> lines) {
        mapping.entries().forEach((key, entry) -> {
            if (entry.value() instanceof Mapping inner && !inner.entries().isEmpty()) {
                lines.add(new Line(indent + key + ":", ""));
                append(inner, indent + "  ", lines);
            } else {
                lines.add(new Line(
                        indent + key + ": " + inline(entry.value()),
                        entry.value().origin().toString()));
            }
        });
    }

    private static String inline(ConfigNode node) {
        if (node instanceof Scalar scalar) {
            if (scalar.kind() == ScalarKind.NOTHING) {
                return "null";
            }
            boolean readBackAsIs = YamlReader.kind(scalar.text()) == scalar.kind();
            if (readBackAsIs
                    && (scalar.kind() != ScalarKind.TEXT
                            || PLAIN.matcher(scalar.text()).matches())) {
                return scalar.text();
            }
            return "\"" + scalar.text().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
        if (node instanceof Sequence sequence) {
            return sequence.items().stream().map(TreePrinter::inline).collect(Collectors.joining(", ", "[", "]"));
        }
        return ((Mapping) node)
                .entries().entrySet().stream()
                        .map(entry ->
                                entry.getKey() + ": " + inline(entry.getValue().value()))
                        .collect(Collectors.joining(", ", "{", "}"));
    }
}
