package dev.macenv.avf.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which environment the server is asked for.
 *
 * @param id its id, such as {@code bp-10}
 * @param settings settings that differ from the environment's own defaults; the server checks them
 */
public record EnvironmentSettings(String id, Map<String, Object> settings) {

    /** Copies the settings. */
    public EnvironmentSettings {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
