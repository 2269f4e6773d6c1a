package dev.macenv.avf.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a scenario from elsewhere, to compare learned policies with. It takes no part in learning.
 *
 * @param environment id of the environment
 * @param settings the settings for which it holds; all others may be anything
 * @param optimum best undiscounted return, if it is known: without it nothing counts as solved
 * @param lines further returns worth a line in a picture: random policy, known traps
 * @param outcomes names of the ways in which a terminated episode can end, best first, each with the smallest reward of the
 *     last tick that tells it
 * @param source where the numbers come from
 */
public record ScenarioReference(
        String environment,
        Map<String, Object> settings,
        Optional<Double> optimum,
        Map<String, Double> lines,
        Map<String, Double> outcomes,
        String source) {

    private record References(List<ScenarioReference> references) {}

    /** Copies the mappings, keeping their order. */
    public ScenarioReference {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        lines = Collections.unmodifiableMap(new LinkedHashMap<>(lines));
        outcomes = Collections.unmodifiableMap(new LinkedHashMap<>(outcomes));
    }

    /**
     * The entry of the shipped {@code scenarios.yaml} that holds for an environment, if there is one.
     *
     * @param environment its id
     * @param settingsInForce all its settings, as the server reports them
     */
    public static Optional<ScenarioReference> find(String environment, Map<String, Object> settingsInForce) {
        return shipped().stream()
                .filter(reference -> reference.environment().equals(environment)
                        && reference.settings().entrySet().stream()
                                .allMatch(setting -> same(setting.getValue(), settingsInForce.get(setting.getKey()))))
                .findFirst();
    }

    private static boolean same(Object expected, @Nullable Object found) {
        return (expected instanceof Number a && found instanceof Number b)
                ? a.doubleValue() == b.doubleValue()
                : expected.equals(found);
    }

    /**
     * All shipped entries.
     *
     * @throws ConfigException if the file is not as it should be
     */
    public static List<ScenarioReference> shipped() {
        return ConfigLibrary.readResource("scenarios.yaml", References.class).references();
    }

    /** The name of the way in which a terminated episode ended, judged by the reward of its last tick. */
    public String outcomeOf(double lastReward) {
        return outcomes.entrySet().stream()
                .filter(outcome -> lastReward >= outcome.getValue())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("terminated");
    }

    /** The best outcome's name, if outcomes are told apart. */
    public Optional<String> bestOutcome() {
        return outcomes.keySet().stream().findFirst();
    }
}
