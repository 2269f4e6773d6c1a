package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Activation;
import dev.macenv.avf.engine.Matrix;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.Window;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Dueling;
import dev.macenv.avf.nn.NetworkSettings;
import dev.macenv.avf.nn.Parameters;
import java.util.Arrays;
import java.util.List;

/** Networks whose utilities can be written down: macro-observations are one-hot, and one linear layer looks them up. */
final class Tabular {
    static final NetworkSettings NETWORK = new NetworkSettings(
            List.of(), 0, List.of(), Dueling.NONE, Activation.LEAKY_RELU, NetworkSettings.Start.XAVIER);

    private Tabular() {}

    /** Sets Q_agent(observation, .) in these parameters. */
    static void set(Parameters parameters, int agent, int observation, double... utilities) {
        Matrix table = parameters.get("agent" + agent + "/q/weight").value();
        for (int m = 0; m < utilities.length; m++) {
            table.set(observation, m, utilities[m]);
        }
    }

    /**
     * An episode of one row: agent 0 executes {@code action} from observation 0 to observation 1, agent 1 (if any) is in
     * the middle of its macro-action 0 throughout.
     */
    static WindowSample oneRow(TeamShape shape, int action, double[] rewards, Ending ending) {
        EpisodeBuilder builder = new EpisodeBuilder(shape);
        int n = shape.agents();
        float[][] first = new float[n][];
        float[][] second = new float[n][];
        boolean[][] legal = new boolean[n][];
        boolean[] ended = new boolean[n];
        ended[0] = true;
        for (int i = 0; i < n; i++) {
            first[i] = new float[shape.observationSize(i)];
            first[i][0] = 1;
            second[i] = new float[shape.observationSize(i)];
            second[i][1] = 1;
            legal[i] = new boolean[shape.actionCount(i)];
            Arrays.fill(legal[i], true);
        }
        builder.start(first, legal, new float[shape.stateSize()]);
        builder.decide(0, action);
        for (int i = 1; i < n; i++) {
            builder.decide(i, 0);
        }
        builder.advance(rewards.length, rewards, ended, second, legal, new float[shape.stateSize()], ending);
        Episode episode = builder.build();
        WindowSample sample = new WindowSample();
        sample.add(Window.whole(episode));
        return sample;
    }
}
