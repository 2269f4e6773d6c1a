package dev.macenv.env.boxpushing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under a uniformly random policy, returns, lengths and durations agree with those of the reference programs within 4 standard errors. */
class RandomPolicyTest {

    private static final int EPISODES = 2000;
    private static final double STANDARD_ERRORS = 4;
    private static final List<String> MACRO_ACTIONS =
            List.of("GT_SB0", "GT_SB1", "GT_BB0", "GT_BB1", "PUSH", "T_L", "T_R", "STAY");
    private static final List<String> PRIMITIVE_ACTIONS = List.of("FORWARD", "T_L", "T_R", "STAY");

    @ParameterizedTest
    @ValueSource(strings = {"BP-10", "BP-20", "BP-10-prim", "BP-20-prim"})
    void randomPlayLooksLikeTheReference(String scenario) throws IOException {
        JsonNode reference = new ObjectMapper()
                .readTree(Path.of("src/test/resources/golden/stats.json").toFile())
                .required(scenario);
        int episodes = reference.required("episodes").asInt();
        boolean primitive = scenario.endsWith("-prim");
        List<String> names = primitive ? PRIMITIVE_ACTIONS : MACRO_ACTIONS;

        MacDecPomdp environment = Episodes.begin(scenario.toLowerCase(Locale.ROOT));
        Sample returns = new Sample();
        Sample lengths = new Sample();
        Sample terminated = new Sample();
        Sample[] terminations = samples(2);
        Sample[] durations = samples(names.size());
        SplitMix64 random = new SplitMix64(20);
        int[] requests = new int[2];
        for (int episode = 0; episode < EPISODES; episode++) {
            environment.reset(episode);
            double sum = 0;
            int[] ticks = new int[2];
            int[] ends = new int[2];
            while (!environment.terminated() && !environment.truncated()) {
                for (int agent = 0; agent < 2; agent++) {
                    if (environment.ended(agent)) {
                        requests[agent] = random.nextInt(names.size());
                    }
                }
                environment.step(requests);
                sum += environment.reward();
                for (int agent = 0; agent < 2; agent++) {
                    ticks[agent]++;
                    if (environment.ended(agent)) {
                        durations[environment.macroAction(agent)].add(ticks[agent]);
                        ticks[agent] = 0;
                        ends[agent]++;
                    }
                }
            }
            returns.add(sum);
            lengths.add(environment.tick());
            terminated.add(environment.terminated() ? 1 : 0);
            terminations[0].add(ends[0]);
            terminations[1].add(ends[1]);
        }

        returns.agrees("return", reference.required("return").required("mean").asDouble(), episodes);
        lengths.agrees("length", reference.required("length").required("mean").asDouble(), episodes);
        terminated.agrees(
                "terminated", reference.required("terminated_fraction").asDouble(), episodes);
        for (int agent = 0; agent < 2; agent++) {
            terminations[agent].agrees(
                    "terminations of agent " + agent,
                    reference
                            .required("terminations_per_agent_per_episode")
                            .required(agent)
                            .asDouble(),
                    episodes);
        }
        for (int i = 0; i < names.size(); i++) {
            JsonNode macroAction = reference.required("macro_actions").required(names.get(i));
            durations[i].agrees(
                    "duration of " + names.get(i),
                    macroAction.required("mean_duration").asDouble(),
                    macroAction.required("completed").asInt());
        }
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
        void agrees(String what, double expected, int expectedSize) {
            double mean = Arrays.stream(values, 0, size).average().orElseThrow();
            double variance = Arrays.stream(values, 0, size)
                            .map(value -> (value - mean) * (value - mean))
                            .sum()
                    / (size - 1);
            double standardError = Math.sqrt(variance / size + variance / expectedSize);
            assertThat(Math.abs(mean - expected))
                    .as("%s: mean %s against %s, standard error %s", what, mean, expected, standardError)
                    .isLessThanOrEqualTo(STANDARD_ERRORS * standardError);
        }
    }
}
