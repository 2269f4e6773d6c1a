package dev.macenv.examples.quickstart;

import dev.macenv.client.ClientOptions;
import dev.macenv.client.Decisions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.policy.Policy;
import dev.macenv.client.policy.RandomPolicy;
import java.io.PrintStream;
import java.util.SplittableRandom;

/**
 * Two random agents push boxes for ten episodes. Give it the address of a server ({@code bin/macenv serve} prints it),
 * or nothing: then it starts a server of its own in this process.
 */
public final class Quickstart {

    private Quickstart() {}

    /** Runs the example. */
    public static void main(String[] args) {
        try (EnvironmentClient client = args.length == 0
                ? EnvironmentClient.embedded(ClientOptions.defaults())
                : EnvironmentClient.connect(args[0])) {
            play(client, 10, System.out);
        }
    }

    static void play(EnvironmentClient client, int episodes, PrintStream out) {
        try (Session session = client.createSession(SessionOptions.of("bp-10").withSeeds(7L))) {
            Policy policy = new RandomPolicy(new SplittableRandom(1));
            Decisions decisions = new Decisions();
            int played = 0;
            while (played < episodes) {
                Events events = session.step(decisions);
                decisions.clear();
                for (int row = 0; row < events.rows(); row++) {
                    for (int agent : session.seats()) {
                        if (events.pending(row, agent)) {
                            decisions.add(events.lane(row), agent, policy.choose(events, row, agent));
                        }
                    }
                }
                for (EpisodeSummary episode : events.ended()) {
                    out.printf(
                            "episode %d: return %.1f in %d ticks and %d decisions%n",
                            episode.episode(), episode.totalReward(), episode.ticks(), episode.decisions());
                    played++;
                }
            }
        }
    }
}
