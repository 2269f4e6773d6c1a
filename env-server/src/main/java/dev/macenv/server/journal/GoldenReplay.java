package dev.macenv.server.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.macenv.env.EnvironmentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.macro.MacroActionExecutor;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.catalog.UnknownEnvironmentException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Replays recordings of the reference programs, and compares every field of every step.
 *
 * <p>A recording is a file of lines, gzipped or not, each a JSON object that holds one episode: {@code scenario} (the environment's id in capitals), {@code n_agents}, {@code n_actions}, {@code horizon},
 * the first situation ({@code init}, {@code obs0}, {@code state0}) and {@code steps}. A step holds the requests ({@code req}) and what they led to: {@code cur} the macro-actions in effect, {@code done} which of them
 * ended, {@code r}, {@code term}, {@code trunc}, {@code obs}, {@code state}, and {@code snap}, the raw situation as {@link MacDecPomdp#inspect} gives it. Requests of agents amid a macro-action are passed on as they are, for the environment to ignore.
 * Where the environment draws, each step also holds what was drawn ({@code draws}), and the environment draws the same again: see {@link RecordedDraws}.
 *
 * <p>Rewards agree within 1e-12, everything else bit by bit.
 */
public final class GoldenReplay {

    private static final double REWARD_TOLERANCE = 1e-12;
    private static final double RETURN_TOLERANCE = 1e-9;
    private static final int BEFORE_THE_FIRST = -1;
    private static final byte[] GZIP_MAGIC = {0x1f, (byte) 0x8b};

    /**
     * What came of a file.
     *
     * @param episodes replayed without a difference
     * @param steps replayed without a difference, those of an episode that differs later among them
     * @param difference the first one, at which the replay stopped
     */
    public record Report(int episodes, long steps, Optional<Difference> difference) {}

    /**
     * Where the environment left the recording.
     *
     * @param episode its own number in the recording, or where it has none, the line of the file from 0
     * @param step from 0; -1 is the first situation, and the number of steps what is said of the whole episode
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
    private final ObjectMapper json = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    public GoldenReplay(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Replays a file up to its end or its first difference.
     *
     * @throws IOException if the file cannot be read or is not a recording
     * @throws UnknownEnvironmentException if its scenario is not registered
     */
    public Report verify(Path file) throws IOException {
        int episodes = 0;
        long steps = 0;
        try (BufferedReader lines = open(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Replayed replayed = replay(file, episodes, line);
                steps += replayed.steps();
                if (replayed.difference().isPresent()) {
                    return new Report(episodes, steps, replayed.difference());
                }
                episodes++;
            }
        }
        if (episodes == 0) {
            throw new IOException("empty (expected: a recorded episode on each line)");
        }
        return new Report(episodes, steps, Optional.empty());
    }

    /** Gzipped or plain, whatever its name: gzip begins with two bytes that no JSON begins with. */
    private static BufferedReader open(Path file) throws IOException {
        BufferedInputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        bytes.mark(GZIP_MAGIC.length);
        boolean gzipped = Arrays.equals(bytes.readNBytes(GZIP_MAGIC.length), GZIP_MAGIC);
        bytes.reset();
        InputStream text = gzipped ? new GZIPInputStream(bytes) : bytes;
        return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
    }

    private record Replayed(int steps, Optional<Difference> difference) {}

    private Replayed replay(Path file, int index, String line) throws IOException {
        try {
            Episode episode = new Episode(json.readTree(line));
            Optional<Difference> difference = episode.replay(file, index);
            return new Replayed(episode.steps(), difference);
        } catch (UnknownEnvironmentException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw malformed(index, e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw malformed(index, String.valueOf(e.getMessage()), e);
        }
    }

    private static IOException malformed(int index, String problem, Exception cause) {
        return new IOException(
                "line " + (index + 1) + ": " + problem + " (expected: a recorded episode on each line)", cause);
    }

    /** An episode of the recording beside the environment that should have made it. */
    private final class Episode {

        private final JsonNode recorded;
        private final JsonNode steps;
        private final MacDecPomdp environment;
        private final Optional<RecordedDraws> draws;
        private int step = BEFORE_THE_FIRST;

        Episode(JsonNode recorded) {
            this.recorded = recorded;
            this.steps = recorded.required("steps");
            String id = recorded.required("scenario").asText().toLowerCase(Locale.ROOT);
            this.environment = catalog.create(
                    id, Map.of("horizon", recorded.required("horizon").asLong()));
            this.draws = drawsFor(environment);
        }

        /** How many agreed so far. */
        int steps() {
            return Math.max(step, 0);
        }

        Optional<Difference> replay(Path file, int index) {
            try {
                replay();
                return Optional.empty();
            } catch (Mismatch mismatch) {
                int number = recorded.path("episode").asInt(index);
                return Optional.of(
                        new Difference(file, number, step, mismatch.field(), mismatch.expected(), mismatch.got()));
            }
        }

        private void replay() {
            Step first = new Step(environment, recorded);
            first.compareShape();
            draws.ifPresent(source -> source.queueReset(recorded, environment.spec()));
            environment.reset(0);
            draws.ifPresent(RecordedDraws::requireAllTaken);
            first.compareFirst();
            double sum = 0;
            for (step = 0; step < steps.size(); step++) {
                Step next = new Step(environment, steps.get(step));
                draws.ifPresent(source -> source.queueStep(next.recorded.required("draws")));
                next.take();
                draws.ifPresent(RecordedDraws::requireAllTaken);
                next.compare();
                sum += environment.reward();
            }
            first.number("length", recorded.required("length"), environment.tick());
            first.close("return", recorded.required("return"), sum, RETURN_TOLERANCE);
        }
    }

    /** Where the environment draws from in place of its own stream, if it draws at all. */
    private static Optional<RecordedDraws> drawsFor(MacDecPomdp environment) {
        if (environment.spec().deterministic()) {
            return Optional.empty();
        }
        if (!(environment instanceof MacroActionExecutor<?> executor)) {
            throw new IllegalArgumentException(environment.spec().id()
                    + ": recorded draws cannot be given to it (expected: an environment made by "
                    + "MacroActionExecutor)");
        }
        RecordedDraws draws = new RecordedDraws();
        executor.drawFrom(draws);
        return Optional.of(draws);
    }

    /** A step of the recording, or its first situation, beside the environment that should have made it. */
    private static final class Step {

        private final MacDecPomdp environment;
        private final JsonNode recorded;
        private final int agents;

        Step(MacDecPomdp environment, JsonNode recorded) {
            this.environment = environment;
            this.recorded = recorded;
            this.agents = environment.spec().agents().size();
        }

        void take() {
            if (environment.terminated() || environment.truncated()) {
                throw new Mismatch("steps", "a step", "the episode ended after tick " + environment.tick());
            }
            int[] requests = new int[agents];
            for (int agent = 0; agent < agents; agent++) {
                requests[agent] = entry("req", agent).asInt();
            }
            try {
                environment.step(requests);
            } catch (IllegalArgumentException refused) {
                throw new Mismatch("req", recorded.required("req").toString(), String.valueOf(refused.getMessage()));
            }
        }

        /** How many agents there are, and how many macro-actions each has. */
        void compareShape() {
            EnvironmentSpec spec = environment.spec();
            number("n_agents", recorded.required("n_agents"), agents);
            for (int agent = 0; agent < agents; agent++) {
                number(
                        "n_actions[" + agent + "]",
                        entry("n_actions", agent),
                        spec.agents().get(agent).macroActions().size());
            }
        }

        void compareFirst() {
            observations("obs0");
            state("state0");
            tree("init", recorded.required("init"), environment.inspect());
        }

        void compare() {
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

        private void observations(String field) {
            for (int agent = 0; agent < agents; agent++) {
                double[] got = new double[environment.spec().agents().get(agent).observationSize()];
                environment.macroObservation(agent, got, 0);
                vector(field + "[" + agent + "]", entry(field, agent), got);
            }
        }

        private void state(String field) {
            double[] got = new double[environment.spec().stateSize()];
            environment.state(got, 0);
            vector(field, recorded.required(field), got);
        }

        private void vector(String field, JsonNode expected, double[] got) {
            number(field + ".length", expected.size(), got.length);
            for (int i = 0; i < got.length; i++) {
                number(field + "[" + i + "]", expected.get(i), got[i]);
            }
        }

        private void tree(String field, JsonNode expected, Object got) {
            if (expected.isObject() && got instanceof Map<?, ?> map) {
                for (Map.Entry<String, JsonNode> entry : expected.properties()) {
                    Object value = map.get(entry.getKey());
                    if (value == null) {
                        throw new Mismatch(
                                field + "." + entry.getKey(), entry.getValue().toString(), "nothing");
                    }
                    tree(field + "." + entry.getKey(), entry.getValue(), value);
                }
            } else if (expected.isArray() && got instanceof Iterable<?> list) {
                int i = 0;
                for (Object value : list) {
                    JsonNode entry = expected.get(i);
                    if (entry == null) {
                        throw new Mismatch(field, expected.size() + " entries", "more");
                    }
                    tree(field + "[" + i++ + "]", entry, value);
                }
                number(field + ".length", expected.size(), i);
            } else if (expected.isNumber() && got instanceof Number value) {
                number(field, expected, value.doubleValue());
            } else {
                throw new Mismatch(field, expected.toString(), got.toString());
            }
        }

        JsonNode entry(String field, int agent) {
            return recorded.required(field).required(agent);
        }

        void number(String field, JsonNode expected, double got) {
            if (!expected.isNumber()) {
                throw new Mismatch(field, expected.toString(), Double.toString(got));
            }
            number(field, expected.doubleValue(), got);
        }

        private void number(String field, double expected, double got) {
            if (Double.compare(expected, got) != 0) {
                throw new Mismatch(field, Double.toString(expected), Double.toString(got));
            }
        }

        void close(String field, JsonNode expected, double got, double tolerance) {
            if (!expected.isNumber() || !(Math.abs(expected.doubleValue() - got) <= tolerance)) {
                throw new Mismatch(field, expected.toString(), Double.toString(got));
            }
        }
    }
}
