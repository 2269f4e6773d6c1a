package dev.macenv.env.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SplitMix64;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** How the reference programs fare under a policy, to compare an environment with: returns, lengths, how often each agent decides, how long each macro-action lasts. */
public final class ReferenceStatistics {

    private static final int EPISODES = 2000;
    private static final double STANDARD_ERRORS = 4;
    private static final Path FILE = Path.of("src/test/resources/golden/stats.json");

    private final JsonNode reference;
    private final int episodes;

    private ReferenceStatistics(JsonNode reference) {
        this.reference = reference;
        this.episodes = reference.required("episodes").asInt();
    }

    /** @param key scenario, with {@code |scripted} after it for a scripted policy */
    public static ReferenceStatistics of(String key) throws IOException {
        return new ReferenceStatistics(
                new ObjectMapper().readTree(FILE.toFile()).required(key));
    }

    /** Chooses uniformly among all macro-actions; a sequence of its own for each seed. */
    public static ScriptedPolicy uniform(long seed) {
        SplitMix64 random = new SplitMix64(seed);
        return (environment, requests) -> {
            for (int agent = 0; agent < environment.spec().agents().size(); agent++) {
                if (environment.ended(agent)) {
                    requests[agent] = random.nextInt(environment
                            .spec()
                            .agents()
                            .get(agent)
                            .macroActions()
                            .size());
                }
            }
        };
    }

    /** Plays as many episodes as the means need, and fails if one is more than 4 standard errors away from that of the reference. */
    public void compare(MacDecPomdp environment, ScriptedPolicy policy) {
        List<List<String>> names = environment.spec().agents().stream()
                .map(agent -> agent.macroActions().stream()
                        .map(macroAction -> referenceName(macroAction.name()))
                        .toList())
                .toList();
        int agents = names.size();
        Sample returns = new Sample();
        Sample lengths = new Sample();
        Sample terminated = new Sample();
        Sample[] terminations = samples(agents);
        Map<String, Sample> durations = new TreeMap<>();
        names.forEach(own -> own.forEach(name -> durations.putIfAbsent(name, new Sample())));
        int[] requests = new int[agents];
        for (int episode = 0; episode < EPISODES; episode++) {
            environment.reset(episode);
            double sum = 0;
            int[] ticks = new int[agents];
            int[] ends = new int[agents];
            while (!environment.terminated() && !environment.truncated()) {
                policy.choose(environment, requests);
                environment.step(requests);
                sum += environment.reward();
                for (int agent = 0; agent < agents; agent++) {
                    ticks[agent]++;
                    if (environment.ended(agent)) {
                        String name = names.get(agent).get(environment.macroAction(agent));
                        Objects.requireNonNull(durations.get(name)).add(ticks[agent]);
                        ticks[agent] = 0;
                        ends[agent]++;
                    }
                }
            }
            returns.add(sum);
            lengths.add(environment.tick());
            terminated.add(environment.terminated() ? 1 : 0);
            for (int agent = 0; agent < agents; agent++) {
                terminations[agent].add(ends[agent]);
            }
        }

        returns.agrees("return", reference.required("return").required("mean"), episodes);
        lengths.agrees("length", reference.required("length").required("mean"), episodes);
        terminated.agrees("terminated", reference.required("terminated_fraction"), episodes);
        for (int agent = 0; agent < agents; agent++) {
            terminations[agent].agrees(
                    "terminations of agent " + agent,
                    reference.required("terminations_per_agent_per_episode").required(agent),
                    episodes);
        }
        compareDurations(durations);
    }

    /** What the reference programs call a macro-action. Those of one name are taken together. */
    private static String referenceName(String ours) {
        return switch (ours) {
            case "Go-to-Small-Box(0)" -> "GT_SB0";
            case "Go-to-Small-Box(1)" -> "GT_SB1";
            case "Go-to-Big-Box(left)" -> "GT_BB0";
            case "Go-to-Big-Box(right)" -> "GT_BB1";
            case "Turn-left" -> "T_L";
            case "Turn-right" -> "T_R";
            case "Go-TR" -> "R:Go_Tool_Room";
            case "Get-Tool" -> "R:Get_Tool";
            case "Wait-M" -> "M:Wait_Request";
            default ->
                ours.contains("(")
                        ? ours.replaceFirst("Go-W\\((\\d)\\)", "R:Go_WA$1")
                                .replaceFirst("Pass-to-M\\((\\d)\\)", "M:Pass_Obj_T$1")
                                .replaceFirst("Search-Tool\\((\\d)\\)", "M:Look_For_obj$1")
                        : ours.replace('-', '_').toUpperCase(Locale.ROOT);
        };
    }

    private void compareDurations(Map<String, Sample> durations) {
        JsonNode macroActions = reference.required("macro_actions");
        durations.forEach((name, sample) -> {
            JsonNode macroAction = macroActions.path(name);
            if (macroAction.isMissingNode()) {
                assertThat(sample.size).as(name + ", never chosen there").isZero();
            } else {
                sample.agrees(
                        "duration of " + name,
                        macroAction.required("mean_duration"),
                        macroAction.required("completed").asInt());
            }
        });
    }

    private static Sample[] samples(int count) {
        return Stream.generate(Sample::new).limit(count).toArray(Sample[]::new);
    }

    private static final class Sample {

        private double[] values = new double[EPISODES];
        private int size;

        void add(double value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        /** Both means have an error; the reference's spread is taken to be ours. */
        void agrees(String what, JsonNode reference, int referenceSize) {
            double expected = reference.asDouble();
            double mean = Arrays.stream(values, 0, size).average().orElseThrow();
            double variance = Arrays.stream(values, 0, size)
                            .map(value -> (value - mean) * (value - mean))
                            .sum()
                    / (size - 1);
            double standardError = Math.sqrt(variance / size + variance / referenceSize);
            assertThat(Math.abs(mean - expected))
                    .as("%s: mean %s against %s, standard error %s", what, mean, expected, standardError)
                    .isLessThanOrEqualTo(STANDARD_ERRORS * standardError);
        }
    }
}
