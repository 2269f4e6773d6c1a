package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuffer;
import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import dev.macenv.avf.experience.WindowSample;
import dev.macenv.avf.nn.AgentNetwork;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Dec-MADDRQN: decentralised hysteretic double deep recurrent Q-learning with macro-actions (MacDec-Q, Xiao et al. 2020).
 * Every agent learns on its own, from its own decisions with its own accumulated rewards R^i and durations tau^i, from
 * the same windows as all others (concurrent sampling):
 *
 * <pre>
 *   y  = R^i + gamma^(tau^i) (1 - terminal) Q'_i(h'^i, argmax over legal m of Q_i(h'^i, m))
 *   td = y - Q_i(h^i, m^i),   L_i = mean of max(beta td, td)^2
 * </pre>
 *
 * <p>That is {@link FactoredLearner} for a team of one, seen through the agent's own view, once for each agent; beta
 * before squaring is a weight of beta^2. Agents that share a network ({@code shareAgents}) are one team of one, which sees
 * every window once through each agent's view: the mean is over all rows of all of them.
 */
public final class DecMaddrqn implements Learner {
    private static final Map<String, Object> ALONE =
            Map.of("name", "vdn", "state", MixerState.NONE.name(), "stateEncoder", 0);

    private final DecMaddrqnSettings settings;
    private final EpisodeBuffer buffer;
    private final List<FactoredLearner> learners = new ArrayList<>(); // one per network
    private final TeamPolicy policy;
    private final WindowSample sample = new WindowSample();

    /** Makes a learner for a team, the networks drawn from {@code init} agent by agent. */
    public DecMaddrqn(DecMaddrqnSettings settings, TeamShape shape, RandomGenerator init) {
        this.settings = settings;
        this.buffer = new EpisodeBuffer(shape, settings.replay().episodes());
        Engine engine = settings.engine().create();
        FactoredSettings alone = alone(settings);
        List<AgentNetwork> networks = new ArrayList<>();
        if (settings.shareAgents()) {
            Squeeze each = Squeeze.eachOwn(settings.squeeze(), settings.discount(), shape);
            learners.add(new FactoredLearner(alone, shape, new int[] {0}, each, buffer, engine, init));
            networks.addAll(Collections.nCopies(
                    shape.agents(), learners.get(0).networks().get(0)));
        } else {
            for (int i = 0; i < shape.agents(); i++) {
                Squeeze own = Squeeze.own(settings.squeeze(), settings.discount(), shape, i);
                learners.add(new FactoredLearner(alone, shape, new int[] {i}, own, buffer, engine, init));
                networks.addAll(learners.get(i).networks());
            }
        }
        this.policy = new NetworkPolicy(engine, networks, new AgentInputs(settings.input(), shape));
    }

    private static FactoredSettings alone(DecMaddrqnSettings settings) {
        return new FactoredSettings(
                settings.engine(),
                settings.discount(),
                settings.replay(),
                settings.squeeze(),
                false, // there is no state to record
                settings.rewardScale(),
                settings.input(),
                settings.shareAgents(),
                settings.network(),
                ALONE,
                new UpdateSettings(UpdateSettings.Scheme.ALL),
                settings.loss(),
                settings.optimizer(),
                new HysteresisSettings(1, 1, 0), // the weight is handed to learn() instead
                settings.target(),
                settings.exploration());
    }

    @Override
    public void observe(Episode episode) {
        buffer.add(episode);
    }

    @Override
    public Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay) {
        buffer.sample(settings.replay(), replay, sample);
        double weight = settings.hysteresis().weight(episodesSinceStart);
        double rateShare = settings.optimizer().anneal().share(episodesSinceStart);
        List<UpdateMetrics> metrics = new ArrayList<>(learners.size());
        for (FactoredLearner learner : learners) {
            learner.learn(sample, weight, rateShare).ifPresent(metrics::add);
        }
        return mean(metrics, weight);
    }

    /** Agents none of whose macro-actions ended in the windows did not learn, and do not count. */
    private static Optional<UpdateMetrics> mean(List<UpdateMetrics> metrics, double weight) {
        if (metrics.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new UpdateMetrics(
                metrics.stream().mapToInt(UpdateMetrics::rows).sum(),
                metrics.stream().mapToDouble(UpdateMetrics::loss).average().orElseThrow(),
                metrics.stream().mapToDouble(UpdateMetrics::meanValue).average().orElseThrow(),
                metrics.stream().mapToDouble(UpdateMetrics::maxValue).max().orElseThrow(),
                metrics.stream()
                        .mapToDouble(UpdateMetrics::meanTarget)
                        .average()
                        .orElseThrow(),
                metrics.stream()
                        .mapToDouble(UpdateMetrics::gradientNorm)
                        .average()
                        .orElseThrow(),
                weight));
    }

    @Override
    public TeamPolicy policy() {
        return policy;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        saveLearning(out);
        buffer.save(out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        AllOrNothing.load(this::saveLearning, this::loadLearning, buffer::load, in);
    }

    private void saveLearning(DataOutput out) throws IOException {
        for (FactoredLearner learner : learners) {
            learner.saveLearning(out);
        }
    }

    private void loadLearning(DataInput in) throws IOException {
        for (FactoredLearner learner : learners) {
            learner.loadLearning(in);
        }
    }

    /** Makes {@link DecMaddrqn}s. */
    public static final class Provider implements AlgorithmProvider<DecMaddrqnSettings> {
        @Override
        public String name() {
            return "dec-maddrqn";
        }

        @Override
        public Class<DecMaddrqnSettings> configuration() {
            return DecMaddrqnSettings.class;
        }

        @Override
        public Learner create(DecMaddrqnSettings config, TeamShape shape, RandomGenerator init) {
            return new DecMaddrqn(config, shape, init);
        }
    }
}
