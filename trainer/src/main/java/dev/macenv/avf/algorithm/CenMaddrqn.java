package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.Engine;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuffer;
import dev.macenv.avf.experience.MixerState;
import dev.macenv.avf.experience.Squeeze;
import dev.macenv.avf.experience.TeamShape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Cen-MADDRQN: centralised double deep recurrent Q-learning with macro-actions and conditional prediction (MacCen-Q, Xiao
 * et al. 2020). One network sees the macro-observations of all agents side by side, advances at every joint decision and has
 * an output for every joint macro-action:
 *
 * <pre>
 *   m* = argmax over m of Q(h', m) with m_i legal if agent i's macro-action ended in the row, else m_i as it was
 *   y  = R + gamma^tau (1 - terminal) Q'(h', m*),    L = mean of weight (Q(h, m) - y)^2
 * </pre>
 *
 * <p>That is {@link FactoredLearner} for the whole team as one agent ({@link TeamShape#central}), whose legal joint
 * macro-actions are those that agree with the ongoing agents.
 */
public final class CenMaddrqn implements Learner {
    private static final Map<String, Object> ALONE =
            Map.of("name", "vdn", "state", MixerState.NONE.name(), "stateEncoder", 0);

    private final FactoredLearner controller;
    private final TeamPolicy policy;

    /**
     * Makes a learner for a team, the network drawn from {@code init}.
     *
     * @throws IllegalArgumentException if the team has too many joint macro-actions for a table
     */
    public CenMaddrqn(CenMaddrqnSettings settings, TeamShape shape, RandomGenerator init) {
        Engine engine = settings.engine().create();
        Squeeze squeeze = Squeeze.central(settings.squeeze(), settings.discount(), shape);
        EpisodeBuffer buffer = new EpisodeBuffer(shape, settings.replay().episodes());
        this.controller =
                new FactoredLearner(alone(settings), shape.central(), new int[] {0}, squeeze, buffer, engine, init);
        this.policy = new CentralPolicy(engine, controller.networks().get(0), shape, settings.explorers());
    }

    private static FactoredSettings alone(CenMaddrqnSettings settings) {
        return new FactoredSettings(
                settings.engine(),
                settings.discount(),
                settings.replay(),
                settings.squeeze(),
                false, // there is no state to record
                settings.rewardScale(),
                new InputSettings(false, false),
                false, // nobody to share with
                settings.network(),
                ALONE,
                new UpdateSettings(UpdateSettings.Scheme.ALL),
                settings.loss(),
                settings.optimizer(),
                settings.hysteresis(),
                settings.target(),
                settings.exploration());
    }

    @Override
    public void observe(Episode episode) {
        controller.observe(episode);
    }

    @Override
    public Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay) {
        return controller.update(episodesSinceStart, replay);
    }

    @Override
    public TeamPolicy policy() {
        return policy;
    }

    @Override
    public void save(DataOutput out) throws IOException {
        controller.save(out);
    }

    @Override
    public void load(DataInput in) throws IOException {
        controller.load(in);
    }

    /** The online network and its target, with what trains them. */
    FactoredLearner controller() {
        return controller;
    }

    /** Makes {@link CenMaddrqn}s. */
    public static final class Provider implements AlgorithmProvider<CenMaddrqnSettings> {
        @Override
        public String name() {
            return "cen-maddrqn";
        }

        @Override
        public Class<CenMaddrqnSettings> configuration() {
            return CenMaddrqnSettings.class;
        }

        @Override
        public Learner create(CenMaddrqnSettings config, TeamShape shape, RandomGenerator init) {
            return new CenMaddrqn(config, shape, init);
        }
    }
}
