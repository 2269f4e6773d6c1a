package dev.macenv.env;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An environment that can be made, before anything about it is chosen.
 *
 * @param id lower-case letters, digits and hyphens, starting with a letter; unique among all providers
 * @param version see {@link EnvironmentSpec#version}
 * @param doc one sentence for people
 * @param settings what can be chosen, in the order in which people should read it
 */
public record EnvironmentDescription(String id, String version, String doc, List<SettingSpec> settings) {

    public EnvironmentDescription {
        settings = List.copyOf(settings);
        if (!id.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException(
                    "id: " + id + " (expected: lower-case letters, digits and hyphens, starting with a letter)");
        }
        Set<String> seen = new HashSet<>();
        for (SettingSpec setting : settings) {
            if (!seen.add(setting.name())) {
                throw new IllegalArgumentException(id + ": setting " + setting.name() + " is declared twice");
            }
        }
    }
}
