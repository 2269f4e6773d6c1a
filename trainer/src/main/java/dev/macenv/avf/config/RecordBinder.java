package dev.macenv.avf.config;

import dev.macenv.avf.config.ConfigNode.Entry;
import dev.macenv.avf.config.ConfigNode.Mapping;
import dev.macenv.avf.config.ConfigNode.Scalar;
import dev.macenv.avf.config.ConfigNode.ScalarKind;
import dev.macenv.avf.config.ConfigNode.Sequence;
import dev.macenv.avf.nn.InvalidSettings;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Fills records from a configuration tree, key by component name.
 *
 * <p>Components may be records, {@code int}, {@code long}, {@code double}, {@code boolean}, {@link String}, enums,
 * {@link List}s, {@code int[]}, {@code Map<String, T>}, {@link Optional} (written {@code null} when empty) and
 * {@link Object} (whatever stands there, as Java values). Every component must be written somewhere.
 *
 * <p>What only the record can know, such as ranges, its constructor checks by throwing
 * {@link IllegalArgumentException} whose message is one line per problem, {@code component: value (expected: ...)}. The
 * binder then looks up where that component was written. A constructor that stops at its first complaint hides the
 * others; where the offending value replaced one of a lower layer, the binder tries again with that one and so finds
 * them.
 */
public final class RecordBinder {

    private static final Pattern KEY_PATH_END = Pattern.compile("[^A-Za-z0-9_.-]");

    private final List<Problem> problems;

    /** @param problems receives what is wrong */
    public RecordBinder(List<Problem> problems) {
        this.problems = problems;
    }

    /**
     * Fills several records from the same mapping; each takes its own components, and they may share some. A key that none of
     * them has is a problem.
     *
     * @return the records in the order of {@code types}; an empty place for each that could not be filled
     */
    public List<Optional<Record>> bind(Mapping mapping, List<Class<? extends Record>> types) {
        Set<String> known = new LinkedHashSet<>();
        types.forEach(type -> known.addAll(componentNames(type)));
        reportUnknown(mapping, "", known);
        List<Optional<Record>> bound = new ArrayList<>();
        for (Class<? extends Record> type : types) {
            bound.add(bindRecord(mapping, type, ""));
        }
        return bound;
    }

    /** Fills one record from a mapping. */
    public <T extends Record> Optional<T> bind(Mapping mapping, Class<T> type) {
        return bind(mapping, List.<Class<? extends Record>>of(type)).get(0).map(type::cast);
    }

    private Optional<Record> bindRecord(Mapping mapping, Class<?> type, String path) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        boolean complete = true;
        boolean sound = true;
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            Entry entry = mapping.entries().get(name);
            if (entry == null) {
                problems.add(new Problem(
                        mapping.origin(),
                        path + name + ": missing (expected: " + describe(components[i].getGenericType()) + ")"));
                complete = false;
                continue;
            }
            Type componentType = components[i].getGenericType();
            Optional<Object> value = bindValue(entry.value(), componentType, path + name);
            sound &= value.isPresent();
            Optional<Object> usable = value.isPresent() ? value : earlier(entry, componentType);
            complete &= usable.isPresent();
            values[i] = usable.orElse(0);
        }
        return complete ? construct(type, values, mapping, path, sound) : Optional.empty();
    }

    /** The value of the lowest layer, if it is in order: stands in for a wrong one, so that the search for problems can go on. */
    private static Optional<Object> earlier(Entry entry, Type type) {
        return new RecordBinder(new ArrayList<>()).bindValue(lowest(entry), type, "");
    }

    private static ConfigNode lowest(Entry entry) {
        if (entry.value() instanceof Mapping mapping) {
            Map<String, Entry> entries = new LinkedHashMap<>();
            mapping.entries()
                    .forEach((key, inner) ->
                            entries.put(key, new Entry(inner.keyOrigin(), lowest(inner), Optional.empty())));
            return new Mapping(entries, mapping.origin());
        }
        return entry.replaced().map(RecordBinder::lowest).orElse(entry.value());
    }

    /**
     * Calls the constructor until it has no more complaints that can be got around.
     *
     * @param sound whether all values are the configuration's own; if not, the record is only made to hear complaints
     */
    private Optional<Record> construct(Class<?> type, Object[] values, Mapping mapping, String path, boolean sound) {
        RecordComponent[] components = type.getRecordComponents();
        boolean accepted = sound;
        Set<String> reported = new LinkedHashSet<>();
        while (true) {
            List<String> complaints = new ArrayList<>();
            Optional<Record> built = construct(type, values, complaints);
            if (built.isPresent()) {
                return accepted ? built : Optional.empty();
            }
            accepted = false;
            boolean gotAround = false;
            for (String complaint : complaints) {
                int blamed = blamedComponent(complaint, components);
                if (reported.add(complaint)) {
                    String place = blamed < 0 && !path.isEmpty() ? path.substring(0, path.length() - 1) + ": " : path;
                    problems.add(new Problem(origin(mapping, complaint), place + complaint));
                }
                Entry entry = blamed < 0 ? null : mapping.entries().get(components[blamed].getName());
                if (entry != null) {
                    Optional<Object> earlier = earlier(entry, components[blamed].getGenericType());
                    if (earlier.isPresent() && !earlier.get().equals(values[blamed])) {
                        values[blamed] = earlier.get();
                        gotAround = true;
                    }
                }
            }
            if (!gotAround) {
                return Optional.empty();
            }
        }
    }

    private static Optional<Record> construct(Class<?> type, Object[] values, List<String> complaints) {
        try {
            return Optional.of((Record) canonicalConstructor(type).newInstance(values));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidSettings invalid) {
                complaints.addAll(invalid.problems());
            } else if (e.getCause() instanceof IllegalArgumentException refused) {
                String.valueOf(refused.getMessage()).lines().forEach(complaints::add);
            } else {
                throw new AssertionError(type.getName() + ": constructor failed", e.getCause());
            }
            return Optional.empty();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName() + ": cannot be constructed", e);
        }
    }

    /** Where the key stands with whose dotted path a complaint begins, or as much of that path as there is. */
    private static Origin origin(Mapping mapping, String complaint) {
        Origin origin = mapping.origin();
        ConfigNode node = mapping;
        for (String key : KEY_PATH_END.split(complaint, 2)[0].split("\\.", -1)) {
            Entry entry = node instanceof Mapping inner ? inner.entries().get(key) : null;
            if (entry == null) {
                return origin;
            }
            node = entry.value();
            origin = node.origin();
        }
        return origin;
    }

    private static int blamedComponent(String line, RecordComponent[] components) {
        for (int i = 0; i < components.length; i++) {
            String name = components[i].getName();
            if (line.startsWith(name)
                    && (line.length() == name.length()
                            || !Character.isJavaIdentifierPart(line.charAt(name.length())))) {
                return i;
            }
        }
        return -1;
    }

    private static Constructor<?> canonicalConstructor(Class<?> type) throws NoSuchMethodException {
        Class<?>[] parameters = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        Constructor<?> constructor = type.getDeclaredConstructor(parameters);
        constructor.setAccessible(true);
        return constructor;
    }

    private Optional<Object> bindValue(ConfigNode node, Type type, String path) {
        if (type instanceof ParameterizedType generic) {
            return bindGeneric(node, generic, path);
        }
        Class<?> target = (Class<?>) type;
        if (target.isRecord()) {
            if (node instanceof Mapping mapping) {
                reportUnknown(mapping, path + ".", componentNames(target));
                return bindRecord(mapping, target, path + ".").map(record -> record);
            }
            return wrongType(node, type, path);
        }
        if (target == int[].class) {
            return bindList(node, Integer.class, path)
                    .map(items -> items.stream().mapToInt(Integer.class::cast).toArray());
        }
        if (target == Object.class) {
            return Optional.of(plainValue(node));
        }
        return node instanceof Scalar scalar ? bindScalar(scalar, target, path) : wrongType(node, type, path);
    }

    private Optional<Object> bindGeneric(ConfigNode node, ParameterizedType type, String path) {
        Type[] arguments = type.getActualTypeArguments();
        if (type.getRawType() == List.class) {
            return bindList(node, arguments[0], path).map(List::copyOf);
        }
        if (type.getRawType() == Map.class) {
            return bindMap(node, arguments[1], path);
        }
        if (type.getRawType() == Optional.class) {
            return node instanceof Scalar scalar && scalar.kind() == ScalarKind.NOTHING
                    ? Optional.of(Optional.empty())
                    : bindValue(node, arguments[0], path).map(Optional::of);
        }
        throw new AssertionError(path + ": " + type + " is no type of a configuration record");
    }

    private Optional<List<Object>> bindList(ConfigNode node, Type itemType, String path) {
        if (!(node instanceof Sequence sequence)) {
            problems.add(wrong(node, path, "a list of " + describe(itemType)));
            return Optional.empty();
        }
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < sequence.items().size(); i++) {
            bindValue(sequence.items().get(i), itemType, path + "[" + i + "]").ifPresent(items::add);
        }
        return items.size() == sequence.items().size() ? Optional.of(items) : Optional.empty();
    }

    private Optional<Object> bindMap(ConfigNode node, Type valueType, String path) {
        if (!(node instanceof Mapping mapping)) {
            problems.add(wrong(node, path, "a mapping"));
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.entries()
                .forEach((key, entry) -> bindValue(entry.value(), valueType, path + "." + key)
                        .ifPresent(value -> values.put(key, value)));
        return values.size() == mapping.entries().size() ? Optional.of(values) : Optional.empty();
    }

    private Optional<Object> bindScalar(Scalar scalar, Class<?> target, String path) {
        String text = scalar.text();
        ScalarKind kind = scalar.kind();
        try {
            if (target == String.class && kind != ScalarKind.NOTHING) {
                return Optional.of(text);
            }
            if ((target == int.class || target == Integer.class) && kind == ScalarKind.INTEGER) {
                return Optional.of(Integer.parseInt(text));
            }
            if ((target == long.class || target == Long.class) && kind == ScalarKind.INTEGER) {
                return Optional.of(Long.parseLong(text));
            }
            if ((target == double.class || target == Double.class)
                    && (kind == ScalarKind.INTEGER || kind == ScalarKind.NUMBER)) {
                return Optional.of(Double.parseDouble(text));
            }
            if ((target == boolean.class || target == Boolean.class) && kind == ScalarKind.FLAG) {
                return Optional.of(text.equals("true"));
            }
        } catch (NumberFormatException e) {
            return wrongType(scalar, target, path); // an integer too large for its type
        }
        return target.isEnum() ? bindEnum(scalar, target, path) : wrongType(scalar, target, path);
    }

    private Optional<Object> bindEnum(Scalar scalar, Class<?> target, String path) {
        List<String> names = enumNames(target);
        int index = names.indexOf(scalar.text());
        if (index >= 0) {
            return Optional.of(target.getEnumConstants()[index]);
        }
        problems.add(new Problem(
                scalar.origin(),
                path + ": " + scalar.text() + " (expected: " + String.join(", ", names) + ")"
                        + Spelling.suggestion(scalar.text(), names)));
        return Optional.empty();
    }

    private Optional<Object> wrongType(ConfigNode node, Type type, String path) {
        problems.add(wrong(node, path, describe(type)));
        return Optional.empty();
    }

    private static Problem wrong(ConfigNode node, String path, String expected) {
        return new Problem(node.origin(), path + ": " + shortText(node) + " (expected: " + expected + ")");
    }

    private void reportUnknown(Mapping mapping, String path, Collection<String> known) {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                problems.add(new Problem(
                        entry.keyOrigin(),
                        path + key + ": unknown key" + Spelling.suggestion(key, known) + "; known here: "
                                + String.join(", ", known)));
            }
        });
    }

    private static Object plainValue(ConfigNode node) {
        if (node instanceof Mapping mapping) {
            Map<String, Object> values = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> values.put(key, plainValue(entry.value())));
            return values;
        }
        if (node instanceof Sequence sequence) {
            return sequence.items().stream().map(RecordBinder::plainValue).toList();
        }
        Scalar scalar = (Scalar) node;
        try {
            return switch (scalar.kind()) {
                case INTEGER -> Long.parseLong(scalar.text());
                case NUMBER -> Double.parseDouble(scalar.text());
                case FLAG -> scalar.text().equals("true");
                case TEXT, NOTHING -> scalar.text();
            };
        } catch (NumberFormatException e) {
            return Double.parseDouble(scalar.text()); // an integer beyond 64 bits
        }
    }

    private static String shortText(ConfigNode node) {
        if (node instanceof Scalar scalar) {
            return switch (scalar.kind()) {
                case TEXT -> "\"" + scalar.text() + "\"";
                case NOTHING -> "nothing";
                case INTEGER, NUMBER, FLAG -> scalar.text();
            };
        }
        return node instanceof Sequence ? "a list" : "a mapping";
    }

    private static List<String> componentNames(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }

    private static List<String> enumNames(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Enum<?>) constant).name())
                .toList();
    }

    private static String describe(Type type) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == List.class) {
                return "a list of " + describe(generic.getActualTypeArguments()[0]);
            }
            if (generic.getRawType() == Optional.class) {
                return describe(generic.getActualTypeArguments()[0]) + ", or null";
            }
            return "a mapping";
        }
        Class<?> target = (Class<?>) type;
        if (target == int.class || target == long.class || target == Integer.class || target == Long.class) {
            return "an integer";
        }
        if (target == double.class || target == Double.class) {
            return "a number";
        }
        if (target == boolean.class || target == Boolean.class) {
            return "true or false";
        }
        if (target == int[].class) {
            return "a list of integers";
        }
        if (target.isEnum()) {
            return String.join(", ", enumNames(target));
        }
        if (target.isRecord()) {
            return "a mapping with " + String.join(", ", componentNames(target));
        }
        return target == String.class ? "a word" : "a value";
    }
}
