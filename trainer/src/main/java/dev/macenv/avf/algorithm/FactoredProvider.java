package dev.macenv.avf.algorithm;

import dev.macenv.avf.experience.TeamShape;
import java.util.random.RandomGenerator;

/** Makes {@link FactoredLearner}s: AVF with any mixer. */
public final class FactoredProvider implements AlgorithmProvider<FactoredSettings> {
    @Override
    public String name() {
        return "avf";
    }

    @Override
    public Class<FactoredSettings> configuration() {
        return FactoredSettings.class;
    }

    @Override
    public Learner create(FactoredSettings config, TeamShape shape, RandomGenerator init) {
        return new FactoredLearner(config, shape, init);
    }
}
