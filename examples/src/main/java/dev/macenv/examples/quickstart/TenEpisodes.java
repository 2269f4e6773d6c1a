package dev.macenv.examples.quickstart;

import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.policy.RandomPolicy;
import java.util.List;
import java.util.SplittableRandom;

/** {@link Quickstart} with the loop left to the client; the README shows it beside the other languages. Give it the address of a server. */
public final class TenEpisodes {

    private TenEpisodes() {}

    /** Runs the example. */
    public static void main(String[] args) {
        String target = args.length == 0 ? "localhost:50051" : args[0];
        try (EnvironmentClient client = EnvironmentClient.connect(target);
                Session session =
                        client.createSession(SessionOptions.of("bp-10").withSeeds(7L))) {
            List<EpisodeSummary> episodes =
                    new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(1))).play(10);
            System.out.println(episodes);
        }
    }
}
