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
import java.util.Collections;
import java.util.List;
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

    /**
     * Plays as many episodes as the means need, and fails if one is more than 4 standard errors away from that of the reference.
     *
     * @param names of the macro-actions in the reference, by their indices here; the same for all agents
     */
    public void compare(MacDecPomdp environment, ScriptedPolicy policy, List<String> names) {
        compareTeam(
                environment,
                policy,
                Collections.nCopies(environment.spec().agents().size(), names));
    }

    /**
     * The same for a team whose agents differ.
     *
     * @param names for each agent; macro-actions of one name are taken together
     */
    public void compareTeam(MacDecPomdp environment, ScriptedPolicy policy, List<List<String>> names) {
        int agents = environment.spec().agents().size();
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
