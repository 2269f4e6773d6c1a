package dev.macenv.avf.experiment;

import dev.macenv.avf.algorithm.AlgorithmProvider;
import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.config.ConfigLibrary;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experience.TeamShape;
import java.util.random.RandomGenerator;

/** Makes the learner that a configuration asks for. */
final class Learners {

    private Learners() {}

    static Learner create(ResolvedConfig config, TeamShape shape, RandomGenerator init) {
        String name = config.experiment().algorithm();
        for (AlgorithmProvider<?> provider : ConfigLibrary.algorithmProviders()) {
            if (provider.name().equals(name)) {
                return create(provider, config.learner(), shape, init);
            }
        }
        throw new AssertionError("algorithm: " + name + " was found when the configuration was read");
    }

    private static <C extends Record> Learner create(
            AlgorithmProvider<C> provider, Record config, TeamShape shape, RandomGenerator init) {
        return provider.create(provider.configuration().cast(config), shape, init);
    }
}
