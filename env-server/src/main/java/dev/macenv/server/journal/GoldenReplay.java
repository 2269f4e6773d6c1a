package dev.macenv.server.journal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.env.AgentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Replays recordings of the reference programs, and compares every field of every step.
 *
 * <p>A recording is a file of lines, gzipped if its name ends in {@code .gz}, each a JSON object that holds one episode: {@code scenario} (the environment's id in capitals), {@code n_agents}, {@code n_actions}, {@code horizon},
 * the first situation ({@code init}, {@code obs0}, {@code state0}) and {@code steps}. A step holds the requests ({@code req}) and what they led to: {@code cur} the macro-actions in effect, {@code done} which of them
 * ended, {@code r}, {@code term}, {@code trunc}, {@code obs}, {@code state}, and {@code snap}, the raw situation as {@link MacDecPomdp#inspect} gives it. Requests of agents amid a macro-action are passed on as they are, for the environment to ignore.
 *
 * <p>Rewards agree within 1e-12, everything else bit by bit.
 */
public final class GoldenReplay {

    private static final double REWARD_TOLERANCE = 1e-12;
    private static final double RETURN_TOLERANCE = 1e-9;

    /**
     * What came of a file.
     *
     * @param episodes replayed without a difference
     * @param steps replayed without a difference
     * @param difference the first one, at which the replay stopped
     */
    public record Report(int episodes, long steps, Optional<Difference> difference) {}

    /**
     * Where the environment left the recording.
     *
     * @param episode line of the file, from 0
     * @param step from 0; -1 is the first situation
     * @param field path of the differing value, such as {@code snap.agents[0][3]}
     */
    public record Difference(Path file, int episode, int step, String field, String expected, String got) {

        @Override
        public String toString() {
            return file + ": episode " + episode + ", step " + step + ", " + field + ": expected " + expected + ", got "
                    + got;
        }
    }

    private final Catalog catalog;
    private final ObjectMapper json = new ObjectMapper();

    public GoldenReplay(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Replays a file up to its end or its first difference.
     *
     * @throws IOException if the file cannot be read or is not a recording
     * @throws IllegalArgumentException if its scenario is not registered, or needs random draws that cannot be replayed
     */
    public Report verify(Path file) throws IOException {
        int episodes = 0;
        long steps = 0;
        try (BufferedReader lines = open(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode episode = json.readTree(line);
                try {
                    replay(episode);
                } catch (Mismatch mismatch) {
                    return new Report(episodes, steps, Optional.of(mismatch.at(file, episodes)));
                }
                episodes++;
                steps += episode.required("steps").size();
            }
        }
        return new Report(episodes, steps, Optional.empty());
    }

    private static BufferedReader open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        InputStream text = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }

    private void replay(JsonNode episode) throws Mismatch {
        MacDecPomdp environment = environmentOf(episode);
        environment.reset(0);
        new Step(environment, -1, episode).compareFirst();
        double sum = 0;
        JsonNode steps = episode.required("steps");
        for (int i = 0; i < steps.size(); i++) {
            Step step = new Step(environment, i, steps.get(i));
            step.take();
            step.compare();
            sum += environment.reward();
        }
        Step last = new Step(environment, steps.size() - 1, episode);
        last.number("length", episode.required("length"), environment.tick());
        last.close("return", episode.required("return"), sum, RETURN_TOLERANCE);
    }

    private MacDecPomdp environmentOf(JsonNode episode) throws Mismatch {
        String id = episode.required("scenario").asText().toLowerCase(Locale.ROOT);
        MacDecPomdp environment =
                catalog.create(id, Map.of("horizon", episode.required("horizon").asLong()));
        if (!environment.spec().deterministic()) {
            throw new IllegalArgumentException(
                    id + ": recorded random draws cannot be replayed (expected: a deterministic environment)");
        }
        Step shape = new Step(environment, -1, episode);
        shape.number(
                "n_agents",
                episode.required("n_agents"),
                environment.spec().agents().size());
        for (int agent = 0; agent < environment.spec().agents().size(); agent++) {
            AgentSpec spec = environment.spec().agents().get(agent);
            shape.number(
                    "n_actions[" + agent + "]",
                    shape.entry("n_actions", agent),
                    spec.macroActions().size());
        }
        return environment;
    }

    /** One step of the recording beside the environment that should have made it. */
    private static final class Step {

        private final MacDecPomdp environment;
        private final int index;
        private final JsonNode recorded;
        private final int agents;

        Step(MacDecPomdp environment, int index, JsonNode recorded) {
            this.environment = environment;
            this.index = index;
            this.recorded = recorded;
            this.agents = environment.spec().agents().size();
        }

        void take() throws Mismatch {
            if (environment.terminated() || environment.truncated()) {
                throw new Mismatch(index, "steps", "a step", "the episode ended after tick " + environment.tick());
            }
            int[] requests = new int[agents];
            for (int agent = 0; agent < agents; agent++) {
                requests[agent] = entry("req", agent).asInt();
            }
            environment.step(requests);
        }

        void compareFirst() throws Mismatch {
            observations("obs0");
            state("state0");
            tree("init", recorded.required("init"), environment.inspect());
        }

        void compare() throws Mismatch {
            for (int agent = 0; agent < agents; agent++) {
                number("cur[" + agent + "]", entry("cur", agent), environment.macroAction(agent));
                number("done[" + agent + "]", entry("done", agent), environment.ended(agent) ? 1 : 0);
            }
            close("r", recorded.required("r"), environment.reward(), REWARD_TOLERANCE);
            number("term", recorded.required("term"), environment.terminated() ? 1 : 0);
            number("trunc", recorded.required("trunc"), environment.truncated() ? 1 : 0);
            observations("obs");
            state("state");
            tree("snap", recorded.required("snap"), environment.inspect());
        }

        private void observations(String field) throws Mismatch {
            for (int agent = 0; agent < agents; agent++) {
                double[] got = new double[environment.spec().agents().get(agent).observationSize()];
                environment.macroObservation(agent, got, 0);
                vector(field + "[" + agent + "]", entry(field, agent), got);
            }
        }

        private void state(String field) throws Mismatch {
            double[] got = new double[environment.spec().stateSize()];
            environment.state(got, 0);
            vector(field, recorded.required(field), got);
        }

        private void vector(String field, JsonNode expected, double[] got) throws Mismatch {
            number(field + ".length", expected.size(), got.length);
            for (int i = 0; i < got.length; i++) {
                number(field + "[" + i + "]", expected.get(i), got[i]);
            }
        }

        private void tree(String field, JsonNode expected, Object got) throws Mismatch {
            if (expected.isObject() && got instanceof Map<?, ?> map) {
                for (Map.Entry<String, JsonNode> entry : expected.properties()) {
                    Object value = map.get(entry.getKey());
                    if (value == null) {
                        throw new Mismatch(
                                index,
                                field + "." + entry.getKey(),
                                entry.getValue().toString(),
                                "nothing");
                    }
                    tree(field + "." + entry.getKey(), entry.getValue(), value);
                }
            } else if (expected.isArray() && got instanceof Iterable<?> list) {
                int i = 0;
                for (Object value : list) {
                    JsonNode entry = expected.get(i);
                    if (entry == null) {
                        throw new Mismatch(index, field, expected.size() + " entries", "more");
                    }
                    tree(field + "[" + i++ + "]", entry, value);
                }
                number(field + ".length", expected.size(), i);
            } else if (expected.isNumber() && got instanceof Number value) {
                number(field, expected, value.doubleValue());
            } else {
                throw new Mismatch(index, field, expected.toString(), got.toString());
            }
        }

        JsonNode entry(String field, int agent) {
            return recorded.required(field).required(agent);
        }

        void number(String field, JsonNode expected, double got) throws Mismatch {
            number(field, expected.asDouble(), got);
        }

        private void number(String field, double expected, double got) throws Mismatch {
            if (Double.compare(expected, got) != 0) {
                throw new Mismatch(index, field, Double.toString(expected), Double.toString(got));
            }
        }

        void close(String field, JsonNode expected, double got, double tolerance) throws Mismatch {
            if (!(Math.abs(expected.asDouble() - got) <= tolerance)) {
                throw new Mismatch(index, field, expected.toString(), Double.toString(got));
            }
        }
    }

    private static final class Mismatch extends Exception {

        private static final long serialVersionUID = 1;

        private final int step;
        private final String field;
        private final String expected;
        private final String got;

        Mismatch(int step, String field, String expected, String got) {
            this.step = step;
            this.field = field;
            this.expected = expected;
            this.got = got;
        }

        Difference at(Path file, int episode) {
            return new Difference(file, episode, step, field, expected, got);
        }
    }
}
