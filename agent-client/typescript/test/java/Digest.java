import dev.macenv.client.ClientOptions;
import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import dev.macenv.client.policy.RandomPolicy;
import java.util.SplittableRandom;

/** Prints the Java client's digest of random play. Arguments: target, environment, lanes, seed, episodes of each lane. */
final class Digest {

    private Digest() {}

    public static void main(String[] args) {
        int lanes = Integer.parseInt(args[2]);
        long seed = Long.parseLong(args[3]);
        int episodes = Integer.parseInt(args[4]);
        TrajectoryDigest digest = new TrajectoryDigest(lanes, episodes);
        try (EnvironmentClient client = EnvironmentClient.connect(args[0], ClientOptions.defaults());
                Session session = client.createSession(SessionOptions.of(args[1])
                        .withLanes(lanes)
                        .withSeeds(seed)
                        .withGamma(0.98))) {
            EpisodeLoop loop = new EpisodeLoop(session, new RandomPolicy(new SplittableRandom(seed)), digest);
            while (!digest.isComplete()) {
                loop.play(1);
            }
        }
        System.out.println(digest.all());
    }
}
