package dev.macenv.avf.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.macenv.avf.algorithm.DecisionPoint;
import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.experiment.ServerChoice;
import dev.macenv.avf.experiment.TinyRun;
import dev.macenv.avf.experiment.TrainedPolicy;
import dev.macenv.avf.experiment.TrainedRun;
import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.TeamSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A run's policy, brought out and loaded again, decides as it does at home. */
final class PolicyExportTest {
    /** Every learner, agents of different shapes, and agents whose networks see more than their macro-observation. */
    private static final Map<String, List<String>> EXPERIMENTS = Map.of(
            "bp-6/avf-vdn", List.of(),
            "bp-6/avf-qmix", List.of(),
            "bp-6/avf-qplex", List.of(),
            "bp-6/dec-maddrqn", List.of("input.agentId=true"),
            "bp-6/cen-maddrqn", List.of(),
            "bp-6/mac-iaicc", List.of("lanes=2", "training.updateEvery=4"),
            "wtd-s/avf-vdn", List.of(),
            "ct-10/avf-vdn", List.of("input.lastMacro=true"));

    @TempDir
    private static Path runs;

    private static final Map<String, TrainedPolicy> TRAINED = new HashMap<>();

    @TempDir
    private Path folder;

    static Stream<String> experiments() {
        return EXPERIMENTS.keySet().stream().sorted();
    }

    static Stream<Arguments> experimentsAndFormats() {
        return experiments()
                .flatMap(experiment ->
                        Arrays.stream(ExportFormat.values()).map(format -> Arguments.of(experiment, format)));
    }

    @ParameterizedTest
    @MethodSource("experiments")
    void theLoadedPolicyPlaysTheSameEpisode(String experiment) throws IOException {
        TrainedPolicy trained = trained(experiment);
        Both both = new Both(trained, exported(trained, ExportFormat.ONNX));
        SessionOptions options = SessionOptions.of(trained.team().environment())
                .withSettings(trained.team().settings())
                .withSeeds(5L);
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults());
                Session session = client.createSession(options)) {
            Decisions decisions = new Decisions();
            Events events = session.step(decisions);
            both.start();
            while (events.ended().isEmpty()) {
                decisions.clear();
                both.see(events);
                both.decide(decisions);
                events = session.step(decisions);
            }
        }

        assertThat(both.decisions).isGreaterThan(both.begun.size());
    }

    /** Observations that no episode brings, so that other macro-actions come to be chosen, too; and not all of them allowed. */
    @ParameterizedTest
    @MethodSource("experimentsAndFormats")
    @Tag("slow") // SameDiff takes its time over each decision
    void theLoadedPolicyAgreesOnArbitraryHistories(String experiment, ExportFormat format) throws IOException {
        TrainedPolicy trained = trained(experiment);
        Both both = new Both(trained, exported(trained, format));
        RandomGenerator random = new SplittableRandom(1);
        for (int history = 0; history < 3; history++) {
            both.start();
            for (int decision = 0; decision < 20; decision++) {
                both.imagine(random);
                both.decide(new Decisions());
            }
        }

        assertThat(both.begun)
                .allSatisfy(macroActions -> assertThat(macroActions).hasSizeGreaterThan(1));
    }

    @ParameterizedTest
    @EnumSource(ExportFormat.class)
    void aFileTellsWhatTheManifestTells(ExportFormat format) throws IOException {
        TrainedPolicy trained = trained("bp-6/dec-maddrqn");
        Path directory = exportedTo(trained, format);
        JsonNode manifest =
                new ObjectMapper().readTree(directory.resolve("manifest.json").toFile());

        assertThat(manifest.at("/run/experiment").asText()).isEqualTo("bp-6/dec-maddrqn");
        assertThat(manifest.at("/run/seed").asLong()).isEqualTo(3);
        assertThat(manifest.at("/run/episodes").asLong()).isEqualTo(12);
        assertThat(manifest.at("/environment/fingerprint").asText())
                .isEqualTo(trained.team().fingerprint());
        assertThat(manifest.at("/networks")).hasSize(2);
        assertThat(manifest.at("/networks/1/agents/0/macroActions/4").asText()).isEqualTo("Push");
        assertThat(manifest.at("/networks/1/agents/0/observation/4/name").asText())
                .isEqualTo("front.teammate");
        Path file = directory.resolve(manifest.at("/networks/1/file").asText());
        assertThat(LoadedNetwork.load(format, file).metadata())
                .containsEntry("run.experiment", "bp-6/dec-maddrqn")
                .containsEntry("environment.settings.rewards", "paper")
                .containsEntry("environment.fingerprint", trained.team().fingerprint())
                .containsEntry("network.agents.0.seat", "1")
                .containsEntry("network.agents.0.name", "agent1")
                .containsEntry("network.agents.0.macroActions.4", "Push")
                .containsEntry("network.agents.0.observation.4.name", "front.teammate")
                .containsEntry("network.inputs.0.name", "observation")
                .containsEntry("network.outputs.0.size", "8");
    }

    @Test
    void theSamePolicyGivesTheSameBytes() throws IOException {
        TrainedPolicy trained = trained("ct-10/avf-vdn");
        Path first = Files.move(exportedTo(trained, ExportFormat.ONNX), folder.resolve("first"));
        Path second = exportedTo(trained, ExportFormat.ONNX);

        for (String name : List.of("agents0-9.onnx", "manifest.json")) {
            assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
        }
    }

    private static TrainedPolicy trained(String experiment) throws IOException {
        @Nullable TrainedPolicy known = TRAINED.get(experiment);
        if (known != null) {
            return known;
        }
        Path run = runs.resolve(experiment);
        String[] settings = EXPERIMENTS.getOrDefault(experiment, List.of()).toArray(String[]::new);
        TinyRun.run(TinyRun.config(experiment, settings), 3, Optional.empty(), run);
        TrainedPolicy trained = TrainedRun.policy(run, ServerChoice.EMBEDDED);
        TRAINED.put(experiment, trained);
        return trained;
    }

    private Path exportedTo(TrainedPolicy trained, ExportFormat format) throws IOException {
        Path directory = folder.resolve("exported");
        PolicyExport.write(trained, format, directory);
        return directory;
    }

    private LoadedPolicy exported(TrainedPolicy trained, ExportFormat format) throws IOException {
        return new LoadedPolicy(format, exportedTo(trained, format));
    }

    /** The policy at home and the loaded one, asked the same and expected to agree. */
    private static final class Both {
        private final TeamPolicy atHome;
        private final LoadedPolicy abroad;
        private final float[][] observations; // [agent, element]
        private final boolean[][] legal; // [agent, macro-action]
        private final boolean[] pending; // [agent]
        private final int[] macroActions; // [agent] of the loaded policy
        private final DecisionPoint point;
        private final List<Set<Integer>> begun = new ArrayList<>();
        private final RandomGenerator here = new SplittableRandom(4);
        private final RandomGenerator there = new SplittableRandom(4);
        private int decisions;

        Both(TrainedPolicy trained, LoadedPolicy loaded) {
            TeamSpec team = trained.team();
            atHome = trained.policy();
            abroad = loaded;
            observations = new float[team.size()][];
            legal = new boolean[team.size()][];
            pending = new boolean[team.size()];
            macroActions = new int[team.size()];
            for (int agent = 0; agent < team.size(); agent++) {
                observations[agent] = new float[team.observationSize(agent)];
                legal[agent] = new boolean[team.actionCount(agent)];
                begun.add(new TreeSet<>());
            }
            point = new DecisionPoint(atHome.newMemory(), observations, legal);
        }

        void start() {
            point.start();
            abroad.start();
            Arrays.fill(macroActions, -1);
        }

        void see(Events events) {
            for (int agent = 0; agent < observations.length; agent++) {
                events.observation(0, agent, observations[agent], 0);
                events.legal(0, agent, legal[agent]);
                pending[agent] = events.pending(0, agent);
            }
        }

        void imagine(RandomGenerator random) {
            for (int agent = 0; agent < observations.length; agent++) {
                for (int i = 0; i < observations[agent].length; i++) {
                    observations[agent][i] = 2 * random.nextFloat() - 1;
                }
                for (int m = 0; m < legal[agent].length; m++) {
                    legal[agent][m] = random.nextBoolean();
                }
                legal[agent][random.nextInt(legal[agent].length)] = true;
                pending[agent] = macroActions[agent] < 0 || random.nextInt(3) > 0;
            }
        }

        void decide(Decisions answers) {
            for (int agent = 0; agent < pending.length; agent++) {
                point.setPending(agent, pending[agent]);
            }
            if (!point.anyPending()) {
                return;
            }
            atHome.choose(List.of(point), 0, false, here);
            abroad.decide(observations, legal, pending, macroActions, there);
            for (int agent = 0; agent < pending.length; agent++) {
                int macroAction = point.macroAction(agent);
                assertThat(macroActions[agent])
                        .as("agent %d, after %d decisions", agent, decisions)
                        .isEqualTo(macroAction);
                if (pending[agent]) {
                    answers.add(0, agent, macroAction);
                    begun.get(agent).add(macroAction);
                    decisions++;
                }
            }
        }
    }
}
