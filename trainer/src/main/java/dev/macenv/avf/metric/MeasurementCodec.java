package dev.macenv.avf.metric;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Measurements as text: the one place that knows that component names are column names. */
final class MeasurementCodec {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> CLOCKS = List.of("seconds", "ticksPerSecond", "updatesPerSecond");
    private static final RecordComponent[] COMPONENTS = Measurement.class.getRecordComponents();

    private MeasurementCodec() {}

    static String csvHeader() {
        return Arrays.stream(COMPONENTS).map(RecordComponent::getName).collect(Collectors.joining(","));
    }

    /** One line without its end; an empty cell stands for NaN. */
    static String csv(Measurement measurement) {
        return Arrays.stream(COMPONENTS)
                .map(component -> cell(value(measurement, component)))
                .collect(Collectors.joining(","));
    }

    /** One line without its end; {@code null} stands for NaN and the infinities, which JSON lacks. */
    static String json(Measurement measurement) {
        return tree(measurement).toString();
    }

    private static ObjectNode tree(Measurement measurement) {
        ObjectNode node = JSON.createObjectNode();
        for (RecordComponent component : COMPONENTS) {
            Object value = value(measurement, component);
            if (value instanceof Long number) {
                node.put(component.getName(), number);
            } else if (value instanceof Double number) {
                node.put(component.getName(), Double.isFinite(number) ? number : null);
            } else {
                node.put(component.getName(), value.toString());
            }
        }
        return node;
    }

    /** {@link #json} with {@code null} for what was measured by a clock, which differs from run to run. */
    static String jsonWithoutClocks(Measurement measurement) {
        ObjectNode node = tree(measurement);
        CLOCKS.forEach(node::putNull);
        return node.toString();
    }

    /**
     * The inverse of {@link #json}.
     *
     * @throws IllegalArgumentException if the line is not such a measurement
     */
    static Measurement parseJson(String line) {
        try {
            JsonNode node = JSON.readTree(line);
            Object[] values = new Object[COMPONENTS.length];
            Class<?>[] types = new Class<?>[COMPONENTS.length];
            for (int i = 0; i < COMPONENTS.length; i++) {
                types[i] = COMPONENTS[i].getType();
                values[i] = parse(node.path(COMPONENTS[i].getName()), types[i]);
            }
            return Measurement.class.getDeclaredConstructor(types).newInstance(values);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("metrics line: " + line + " (expected: one JSON object)", e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Measurement cannot be constructed", e);
        }
    }

    private static Object parse(JsonNode node, Class<?> type) {
        if (type == long.class) {
            return node.asLong();
        }
        if (type == double.class) {
            return node.isNumber() ? node.asDouble() : Double.NaN;
        }
        return node.asText();
    }

    private static String cell(Object value) {
        return value instanceof Double number && !Double.isFinite(number) ? "" : value.toString();
    }

    private static Object value(Measurement measurement, RecordComponent component) {
        try {
            return component.getAccessor().invoke(measurement);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Measurement." + component.getName() + " cannot be read", e);
        }
    }
}
