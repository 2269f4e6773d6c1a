package dev.macenv.examples.exportedpolicy;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.TeamSpec;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.policy.Policy;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Plays an episode with an exported policy, in the environment that it was trained on. Give it the directory that {@code
 * bin/avf export RUN} printed and the address of a server, or the directory alone: then it starts a server of its own in
 * this process.
 */
public final class ActWithExportedPolicy {

    private ActWithExportedPolicy() {}

    /** Runs the example. */
    public static void main(String[] args) {
        try (EnvironmentClient client = args.length == 1
                ? EnvironmentClient.embedded(ClientOptions.defaults())
                : EnvironmentClient.connect(args[1])) {
            play(client, Path.of(args[0]), 7, System.out);
        }
    }

    static void play(EnvironmentClient client, Path directory, long seed, PrintStream out) {
        try (OnnxPolicy exported = OnnxPolicy.load(directory, new SplittableRandom(1));
                Session session = client.createSession(
                        environment(client, exported.metadata()).withSeeds(seed))) {
            requireSame(session.spec(), exported.metadata());
            Policy announced = (events, row, agent) -> {
                int macroAction = exported.choose(events, row, agent);
                TeamSpec.Agent known = events.spec().agents().get(agent);
                String name = known.macroActions().get(macroAction).name();
                out.printf("tick %3d  %s: %s%n", events.tick(row), known.name(), name);
                return macroAction;
            };
            EpisodeSummary episode = new EpisodeLoop(session, announced).play(1).get(0);
            out.printf("return %.2f in %d ticks%n", episode.totalReward(), episode.ticks());
        }
    }

    /** The files know the environment and its settings as text; the server knows which of them are numbers. */
    private static SessionOptions environment(EnvironmentClient client, Map<String, String> metadata) {
        String id = metadata.getOrDefault("environment.id", "");
        Map<String, Object> settings = new HashMap<>();
        for (TeamSpec.Setting setting : client.environment(id, Map.of()).settingSpecs()) {
            String text = metadata.get("environment.settings." + setting.name());
            if (text != null) {
                settings.put(
                        setting.name(),
                        switch (setting.type()) {
                            case "integer", "number" -> Double.valueOf(text);
                            case "boolean" -> Boolean.valueOf(text);
                            default -> text;
                        });
            }
        }
        return SessionOptions.of(id).withSettings(settings);
    }

    private static void requireSame(TeamSpec spec, Map<String, String> metadata) {
        if (!spec.fingerprint().equals(metadata.get("environment.fingerprint"))) {
            throw new IllegalStateException("environment: " + spec.environment() + " version " + spec.version()
                    + " of this server (expected: the one that the policy was trained on, with fingerprint "
                    + metadata.get("environment.fingerprint") + ")");
        }
    }
}
