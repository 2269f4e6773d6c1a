package dev.macenv.avf.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** An exported policy as another program plays it, led by the manifest alone. One lane. */
final class LoadedPolicy {
    /** Agents who decide together: one, or all of a joint network's. */
    private record Unit(List<Integer> agents, LoadedNetwork network, JsonNode entry) {}

    private final List<Unit> units = new ArrayList<>();
    private final Map<Unit, float[][]> hidden = new HashMap<>();

    LoadedPolicy(ExportFormat format, Path directory) throws IOException {
        JsonNode manifest =
                new ObjectMapper().readTree(directory.resolve("manifest.json").toFile());
        for (JsonNode entry : manifest.path("networks")) {
            LoadedNetwork network = LoadedNetwork.load(
                    format, directory.resolve(entry.path("file").asText()));
            List<Integer> agents = new ArrayList<>();
            entry.path("agents").forEach(agent -> agents.add(agent.path("seat").asInt()));
            if (entry.path("joint").asBoolean()) {
                units.add(new Unit(agents, network, entry));
            } else {
                agents.forEach(agent -> units.add(new Unit(List.of(agent), network, entry)));
            }
        }
    }

    /** Begins an episode. */
    void start() {
        hidden.clear();
    }

    /**
     * Gives every pending agent its next macro-action.
     *
     * @param observations {@code [agent, element]}
     * @param legal {@code [agent, macro-action]}
     * @param pending {@code [agent]}
     * @param macroActions {@code [agent]} what they execute, -1 before the first decision; in and out
     * @param random what policies that are not greedy draw from, one number for each decision
     */
    void decide(
            float[][] observations, boolean[][] legal, boolean[] pending, int[] macroActions, RandomGenerator random) {
        for (Unit unit : units) {
            if (unit.agents().stream().anyMatch(agent -> pending[agent])) {
                Map<String, float[][]> outputs = unit.network().run(inputs(unit, observations, macroActions));
                if (outputs.containsKey("nextHidden")) {
                    hidden.put(unit, LoadedNetwork.named("nextHidden", outputs));
                }
                boolean[] admissible = admissible(unit, legal, pending, macroActions);
                int chosen = outputs.containsKey("logits")
                        ? drawn(LoadedNetwork.named("logits", outputs)[0], admissible, random.nextDouble())
                        : best(LoadedNetwork.named("utilities", outputs)[0], admissible);
                for (int i = unit.agents().size() - 1; i >= 0; i--) { // the last agent's index is the fastest
                    int agent = unit.agents().get(i);
                    macroActions[agent] = chosen % legal[agent].length;
                    chosen /= legal[agent].length;
                }
            }
        }
    }

    private Map<String, float[][]> inputs(Unit unit, float[][] observations, int[] macroActions) {
        Map<String, float[][]> inputs = new HashMap<>();
        int first = unit.agents().get(0);
        for (JsonNode input : unit.entry().path("inputs")) {
            float[][] value = new float[1][input.path("size").asInt()];
            switch (input.path("name").asText()) {
                case "observation" -> {
                    int at = 0;
                    for (int agent : unit.agents()) {
                        System.arraycopy(observations[agent], 0, value[0], at, observations[agent].length);
                        at += observations[agent].length;
                    }
                }
                case "hidden" -> value = Objects.requireNonNullElse(hidden.get(unit), value);
                case "agent" -> value[0][first] = 1;
                case "lastMacroAction" -> {
                    if (macroActions[first] >= 0) {
                        value[0][macroActions[first]] = 1;
                    }
                }
                default -> throw new AssertionError(input);
            }
            inputs.put(input.path("name").asText(), value);
        }
        return inputs;
    }

    /** Which of the unit's (joint) macro-actions are legal for those who choose, and what the others are doing anyway. */
    private static boolean[] admissible(Unit unit, boolean[][] legal, boolean[] pending, int[] macroActions) {
        boolean[] admissible = {true};
        for (int agent : unit.agents()) {
            int actions = legal[agent].length;
            boolean[] longer = new boolean[admissible.length * actions];
            for (int k = 0; k < longer.length; k++) {
                int m = k % actions;
                longer[k] = admissible[k / actions] && (pending[agent] ? legal[agent][m] : m == macroActions[agent]);
            }
            admissible = longer;
        }
        return admissible;
    }

    private static int best(float[] utilities, boolean[] admissible) {
        int best = -1;
        for (int m = 0; m < utilities.length; m++) {
            if (admissible[m] && (best < 0 || utilities[m] > utilities[best])) {
                best = m;
            }
        }
        return best;
    }

    /** The first macro-action at which the softmax, added up, exceeds u. */
    private static int drawn(float[] logits, boolean[] admissible, double u) {
        double sum = 0;
        for (int m = 0; m < logits.length; m++) {
            sum += admissible[m] ? Math.exp(logits[m]) : 0;
        }
        double left = u * sum;
        int chosen = -1;
        for (int m = 0; m < logits.length && left >= 0; m++) {
            if (admissible[m]) {
                chosen = m;
                left -= Math.exp(logits[m]);
            }
        }
        return chosen;
    }
}
