package dev.macenv.bench;

import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.server.catalog.Catalog;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Episodes of a uniformly random team, recorded in process: realistic contents for a replay buffer. */
final class Play {
    private static final int WHOLE_EPISODES = Integer.MAX_VALUE;

    private final MacDecPomdp environment;
    private final TeamShape shape;
    private final EpisodeBuilder builder;
    private final RandomGenerator random;
    private final double[] wide;
    private final float[] state;
    private final float[][] observations;
    private final boolean[][] legal;
    private final boolean[] ended;
    private final int[] requests;
    private final boolean everyTick;
    private final int longest;

    Play(String id, RandomGenerator random) {
        this(id, false, WHOLE_EPISODES, random);
    }

    /** Episodes recorded as if every macro-action ended, and was chosen anew, in every tick, and cut after {@code ticks}: nothing can be squeezed. */
    static Play everyTick(String id, int ticks, RandomGenerator random) {
        return new Play(id, true, ticks, random);
    }

    private Play(String id, boolean everyTick, int longest, RandomGenerator random) {
        this.everyTick = everyTick;
        this.longest = longest;
        this.environment = Catalog.load().create(id, Map.of());
        this.random = random;
        int agents = environment.spec().agents().size();
        int[] observationSizes = new int[agents];
        int[] actionCounts = new int[agents];
        observations = new float[agents][];
        legal = new boolean[agents][];
        for (int i = 0; i < agents; i++) {
            observationSizes[i] = environment.spec().agents().get(i).observationSize();
            actionCounts[i] = environment.spec().agents().get(i).macroActions().size();
            observations[i] = new float[observationSizes[i]];
            legal[i] = new boolean[actionCounts[i]];
        }
        shape = new TeamShape(observationSizes, actionCounts, environment.spec().stateSize());
        builder = new EpisodeBuilder(shape);
        wide = new double[256];
        state = new float[shape.stateSize()];
        ended = new boolean[agents];
        requests = new int[agents];
    }

    TeamShape shape() {
        return shape;
    }

    Episode episode() {
        environment.reset(random.nextLong());
        look();
        builder.start(observations, legal, state);
        for (int tick = 1; ; tick++) {
            for (int i = 0; i < requests.length; i++) {
                if (environment.ended(i)) {
                    requests[i] = random.nextInt(shape.actionCount(i));
                }
                if (everyTick || environment.ended(i)) {
                    builder.decide(i, requests[i]);
                }
            }
            environment.step(requests);
            Ending ending = environment.terminated()
                    ? Ending.TERMINATED
                    : environment.truncated() || tick == longest ? Ending.TRUNCATED : Ending.NONE;
            look();
            builder.advance(1, new double[] {environment.reward()}, ended, observations, legal, state, ending);
            if (ending != Ending.NONE) {
                return builder.build();
            }
        }
    }

    private void look() {
        for (int i = 0; i < requests.length; i++) {
            ended[i] = everyTick || environment.ended(i);
            environment.macroObservation(i, wide, 0);
            for (int o = 0; o < observations[i].length; o++) {
                observations[i][o] = (float) wide[o];
            }
            for (int m = 0; m < legal[i].length; m++) {
                legal[i][m] = environment.legal(i, m);
            }
        }
        environment.state(wide, 0);
        for (int s = 0; s < state.length; s++) {
            state[s] = (float) wide[s];
        }
    }
}
