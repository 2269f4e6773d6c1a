import dev.macenv.client.EnvironmentClient;
import dev.macenv.client.EpisodeSummary;
import dev.macenv.client.Events;
import dev.macenv.client.Session;
import dev.macenv.client.SessionOptions;
import dev.macenv.client.loop.EpisodeLoop;
import dev.macenv.client.loop.TrajectoryDigest;
import java.util.stream.IntStream;

/** Plays both agents, and prints the digest. Arguments: target, environment, seed, episodes. */
final class Undisturbed {

    private Undisturbed() {}

    public static void main(String[] args) {
        int seed = Integer.parseInt(args[2]);
        int episodes = Integer.parseInt(args[3]);
        TrajectoryDigest digest = new TrajectoryDigest(1, episodes);
        try (EnvironmentClient client = EnvironmentClient.connect(args[0]);
                Session session =
                        client.createSession(SessionOptions.of(args[1]).withSeeds((long) seed))) {
            EpisodeLoop loop = new EpisodeLoop(session, (events, row, agent) -> choose(seed, events, row, agent), digest);
            for (EpisodeSummary ended : loop.play(episodes)) {
                System.out.printf(
                        "episode %d: return %.1f in %d ticks%n", ended.episode(), ended.totalReward(), ended.ticks());
            }
        }
        System.out.println(digest.all());
    }

    /** One of the legal macro-actions; the same one in every language. */
    private static int choose(int seed, Events events, int row, int agent) {
        int h = 0;
        for (int value : new int[] {seed, events.episode(row), events.tick(row), agent}) {
            h = (h ^ value) * 0x9E3779B1;
            h ^= h >>> 15;
        }
        int[] legal = IntStream.range(0, events.spec().actionCount(agent))
                .filter(action -> events.legal(row, agent, action))
                .toArray();
        return legal[Integer.remainderUnsigned(h, legal.length)];
    }
}
