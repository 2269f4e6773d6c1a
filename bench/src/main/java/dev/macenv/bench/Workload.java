package dev.macenv.bench;

import dev.macenv.avf.algorithm.FactoredLearner;
import dev.macenv.avf.algorithm.FactoredSettings;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.AgentBatch;
import dev.macenv.avf.experience.Batch;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuffer;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.Parameter;
import dev.macenv.avf.nn.Parameters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * What is updated, the same for every contender: the paper's sizes (64 windows of 25 ticks, width 64), batches of a random team's play in an environment. Unsqueezed,
 * every tick is a row and a decision of every agent, and every window has 25.
 *
 * @param environment whose observations, macro-actions and states give the sizes
 * @param squeezed whether batches are squeezed as they are in training
 * @param mixer {@code vdn}, {@code qmix} or {@code qplex}
 */
record Workload(String environment, boolean squeezed, String mixer) {
    /** Batches that a contender goes through again and again. */
    static final int BATCHES = 8;

    private static final int TICKS = 25;
    private static final double EPISODES_SINCE_START = 1000;

    /** The workload of this name. */
    static Workload named(String name) {
        int last = name.lastIndexOf('-');
        int middle = name.lastIndexOf('-', last - 1);
        return new Workload(
                name.substring(0, middle),
                name.substring(middle + 1, last).equals("squeezed"),
                name.substring(last + 1));
    }

    String name() {
        return "%s-%s-%s".formatted(environment, squeezed ? "squeezed" : "whole", mixer);
    }

    FactoredSettings settings(EngineType engine) {
        List<String> sizes = List.of(
                "engine=" + engine,
                "replay.batch=64",
                "replay.window=" + TICKS,
                "replay.sampling=" + (squeezed ? "WINDOW" : "EPISODE"),
                // whole episodes are drawn without replacement: of few good ones a batch would not be full
                "replay.balance.share=0",
                "network.before=[64, 64]",
                "network.recurrent=64",
                "network.after=[64]",
                "optimizer.clipNorm=10");
        return (FactoredSettings) ConfigLibrary.resolve("bp-10/avf-" + mixer, Optional.empty(), sizes)
                .learner();
    }

    private Play play() {
        RandomGenerator random = new SplittableRandom(2);
        return squeezed ? new Play(environment, random) : Play.everyTick(environment, TICKS, random);
    }

    private List<Episode> episodes(Play play) {
        List<Episode> episodes = new ArrayList<>();
        while (episodes.size() < 300) {
            Episode episode = play.episode();
            if (squeezed || episode.ticks() == TICKS) {
                episodes.add(episode);
            }
        }
        return episodes;
    }

    /** A learner that has these episodes and has learnt nothing. */
    FactoredLearner learner(EngineType engine) {
        Play play = play();
        FactoredLearner learner = new FactoredLearner(settings(engine), play.shape(), new SplittableRandom(3));
        episodes(play).forEach(learner::observe);
        return learner;
    }

    /** Makes an update on batch {@code index}: the generator draws its windows. */
    static UpdateMetrics update(FactoredLearner learner, int index) {
        return learner.update(EPISODES_SINCE_START, draws(index)).orElseThrow();
    }

    private static RandomGenerator draws(int index) {
        return new SplittableRandom(100 + index);
    }

    /** The batches of updates 0, 1, ... */
    List<Batch> batches() {
        FactoredSettings settings = settings(EngineType.VECTOR);
        Play play = play();
        TeamShape shape = play.shape();
        EpisodeBuffer buffer = new EpisodeBuffer(shape, settings.replay().episodes());
        episodes(play).forEach(buffer::add);
        List<Batch> batches = new ArrayList<>();
        for (int b = 0; b < BATCHES; b++) {
            WindowSample sample = new WindowSample();
            buffer.sample(settings.replay(), draws(b), sample);
            // a squeeze of its own for each: it gives the same batch again and again
            batches.add(Squeeze.joint(
                            settings.squeeze(),
                            settings.discount(),
                            settings.mixerSettings().state(),
                            shape)
                    .apply(sample));
        }
        return batches;
    }

    /** Writes the start parameters, sizes and all batches; returns the mean number of {@link #operations} of an update. */
    double write(Path directory) throws IOException {
        Files.createDirectories(directory);
        FactoredSettings settings = settings(EngineType.VECTOR);
        TeamShape shape = play().shape();
        FactoredLearner learner = new FactoredLearner(settings, shape, new SplittableRandom(3));
        double pessimism = settings.hysteresis()
                .weight(EPISODES_SINCE_START, settings.exploration().length());
        try (TensorFile file = new TensorFile(directory.resolve("parameters"))) {
            writeSizes(file, settings, shape);
            for (Parameter parameter : learner.onlineParameters().list()) {
                float[] values = new float[parameter.value().size()];
                parameter.value().read(values, 0);
                file.write(
                        parameter.name(),
                        values,
                        parameter.value().rows(),
                        parameter.value().columns());
            }
        }
        double operations = 0;
        List<Batch> batches = batches();
        for (int b = 0; b < BATCHES; b++) {
            Batch batch = batches.get(b);
            operations += operations(batch, learner.onlineParameters()) / BATCHES;
            try (TensorFile file = new TensorFile(directory.resolve("batch" + b))) {
                writeBatch(file, batch, settings.rewardScale(), pessimism);
            }
        }
        return operations;
    }

    /**
     * Floating-point operations of all products with weights in an update, a fused multiply-add being two; nothing else is counted. Each weight is multiplied
     * with its rows in both forward passes and in its own gradient, and in its input's unless that is a constant.
     */
    private static double operations(Batch batch, Parameters parameters) {
        double sum = 0;
        for (Parameter parameter : parameters.list()) {
            String name = parameter.name();
            if (name.endsWith("/weight") || name.endsWith("/inputWeight")) {
                boolean first = name.endsWith("/before0/weight")
                        || name.endsWith("/0/weight")
                        || name.equals("qmix/bias1/weight");
                sum += 2.0 * rows(batch, name) * parameter.value().size() * (first ? 3 : 4);
            }
        }
        return sum;
    }

    private static int rows(Batch batch, String parameter) {
        for (int i = 0; i < batch.agents(); i++) {
            if (parameter.startsWith("agent" + i + "/")) {
                AgentBatch agent = batch.agent(i);
                // the state before a sequence is zero
                int zeros = parameter.endsWith("/gru/weight") && agent.steps() > 0 ? agent.stepCounts()[0] : 0;
                return agent.positions() - zeros;
            }
        }
        return batch.rows();
    }

    private static void writeSizes(TensorFile file, FactoredSettings settings, TeamShape shape) throws IOException {
        int n = shape.agents();
        int[] observations = new int[n];
        for (int i = 0; i < n; i++) {
            observations[i] = shape.observationSize(i);
        }
        file.write("observations", observations, n);
        file.write("actions", shape.actionCounts(), n);
        file.write("state", new int[] {settings.mixerSettings().state().size(shape)}, 1);
        file.write("width", new int[] {settings.network().recurrent()}, 1);
        file.write("rate", new float[] {(float) settings.optimizer().learningRate()}, 1);
        file.write("clip", new float[] {(float) settings.optimizer().clipNorm()}, 1);
        file.write("keep", new float[] {(float) settings.target().polyak()}, 1);
    }

    private static void writeBatch(TensorFile file, Batch batch, double rewardScale, double pessimism)
            throws IOException {
        int rows = batch.rows();
        float[] rewards = new float[rows];
        float[] bootstraps = new float[rows];
        for (int k = 0; k < rows; k++) {
            rewards[k] = (float) (rewardScale * batch.reward()[k]);
            bootstraps[k] = batch.terminal()[k] ? 0 : (float) batch.discount()[k];
        }
        file.write("agents", new int[] {batch.agents()}, 1);
        file.write("reward", rewards, rows);
        file.write("bootstrap", bootstraps, rows);
        file.write("pessimism", new float[] {(float) pessimism});
        file.write("state", batch.state(), rows, batch.stateSize());
        file.write("next_state", batch.nextState(), rows, batch.stateSize());
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            String name = "agent" + i + "/";
            file.write(name + "observations", agent.observations(), agent.positions(), agent.observationSize());
            file.write(name + "legal", agent.legal(), agent.positions(), agent.actionCount());
            file.write(name + "counts", agent.stepCounts(), agent.steps());
            file.write(name + "action", agent.action(), rows);
            file.write(name + "done", agent.done(), rows);
            file.write(name + "free", agent.free(), rows);
            file.write(name + "current", agent.current(), rows);
            file.write(name + "next", agent.next(), rows);
        }
    }
}
