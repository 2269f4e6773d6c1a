import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import java.util.List;

/**
 * Prints the digests in digests.txt, played by the Java client: environment, seed, digest of the first two episodes of three
 * lanes. From the top of the project, after bin/macenv --version:
 *
 * <pre>java -cp "$(cat target/bin/macenv/class-path)" agent-client/python/tests/JavaDigests.java</pre>
 */
public final class JavaDigests {

    public static void main(String[] arguments) {
        try (EnvironmentClient client = EnvironmentClient.embedded(ClientOptions.defaults())) {
            for (String environment : List.of("bp-6", "bp-10", "wtd-s", "ct-10")) {
                for (long seed : new long[] {0, 7, -1}) {
                    System.out.println("digest " + environment + " " + seed + " " + digest(client, environment, seed));
                }
            }
        }
    }

    private static String digest(EnvironmentClient client, String environment, long seed) {
        SessionOptions options =
                SessionOptions.of(environment).withLanes(3).withSeeds(seed).withGamma(0.95);
        try (Session session = client.createSession(options)) {
            TrajectoryDigest digest = new TrajectoryDigest(3, 2);
            EpisodeLoop loop = new EpisodeLoop(session, JavaDigests::choose, digest);
            while (!digest.isComplete()) {
                loop.play(1);
            }
            return digest.all();
        }
    }

    /** A legal macro-action by a rule that every language can follow. */
    private static int choose(Events events, int row, int agent) {
        int actions = events.spec().actionCount(agent);
        int legal = 0;
        for (int action = 0; action < actions; action++) {
            legal += events.legal(row, agent, action) ? 1 : 0;
        }
        int left = (7 * events.tick(row) + 3 * events.lane(row) + 5 * agent + events.episode(row)) % legal;
        for (int action = 0; action < actions; action++) {
            if (events.legal(row, agent, action) && left-- == 0) {
                return action;
            }
        }
        throw new AssertionError("no legal macro-action");
    }
}
