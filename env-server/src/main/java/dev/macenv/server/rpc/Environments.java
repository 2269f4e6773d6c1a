package dev.macenv.server.rpc;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.Settings;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.catalog.Problem;
import dev.macenv.server.session.FieldProblem;
import dev.macenv.server.session.Reason;
import dev.macenv.server.session.RefusedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads which environment a request means, and with which settings. */
final class Environments {
    private final Catalog catalog;

    Environments(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The environment named {@code id} or {@code id@version}.
     *
     * @throws RefusedException if there is none of that name and version
     */
    EnvironmentDescription find(String name) {
        if (name.isEmpty()) {
            throw RefusedException.field(
                    Reason.INVALID_FIELD, "environment", "nothing (expected: a name that ListEnvironments gives)");
        }
        int at = name.indexOf('@');
        String id = at < 0 ? name : name.substring(0, at);
        EnvironmentDescription description = catalog.find(id)
                .orElseThrow(() -> notFound(name, "is not registered (ListEnvironments gives the names)"));
        if (at >= 0 && !description.version().equals(name.substring(at + 1))) {
            throw notFound(name, "has version " + description.version() + " here (leave out the version to take it)");
        }
        return description;
    }

    private static RefusedException notFound(String name, String why) {
        return new RefusedException(Reason.ENVIRONMENT_NOT_FOUND, "environment: " + name + " " + why)
                .with("environment", name)
                .withResource("macenv.v1.Environment", name);
    }

    /** Adds everything that is wrong with the settings, as {@code config.<key>}. */
    void check(EnvironmentDescription description, Struct config, List<FieldProblem> problems) {
        for (Problem problem : catalog.check(description.id(), values(config))) {
            problems.add(new FieldProblem("config." + problem.field(), problem.message()));
        }
    }

    /** The complete settings; call {@link #check} first. */
    Settings settings(EnvironmentDescription description, Struct config) {
        return catalog.complete(description.id(), values(config));
    }

    private static Map<String, @Nullable Object> values(Struct config) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        config.getFieldsMap().forEach((name, value) -> values.put(name, value(value)));
        return values;
    }

    private static @Nullable Object value(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> value.getNumberValue();
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> value.getBoolValue();
            case STRUCT_VALUE -> "an object with " + value.getStructValue().getFieldsCount() + " fields";
            case LIST_VALUE -> new ArrayList<>(value.getListValue().getValuesList());
            case NULL_VALUE, KIND_NOT_SET -> null;
        };
    }
}
