package dev.macenv.avf.algorithm;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.TeamShape;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;

/** The contract, for each mixer; what the loss is stands in {@link FactoredLossTest}. */
class FactoredLearnerTest {
    @Nested
    class WithVdn extends LearnerContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Configurations.VDN, shape, init);
        }
    }

    @Nested
    class WithQmix extends LearnerContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Configurations.QMIX, shape, init);
        }
    }

    @Nested
    class WithQplex extends LearnerContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            return make(Configurations.qplex("COND_MAX", true), shape, init);
        }
    }

    @Nested
    class InDoublePrecision extends LearnerContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            Configurations configuration = new Configurations();
            configuration.engine = EngineType.REFERENCE;
            return new FactoredLearner(configuration.build(), shape, init);
        }
    }

    @Nested
    class WithMoreInputs extends LearnerContract {
        @Override
        protected Learner learner(TeamShape shape, RandomGenerator init) {
            Configurations configuration = new Configurations();
            configuration.engine = EngineType.VECTOR;
            configuration.input = new InputSettings(true, true);
            return new FactoredLearner(configuration.build(), shape, init);
        }
    }

    private static Learner make(Map<String, Object> mixer, TeamShape shape, RandomGenerator init) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.mixer = mixer;
        configuration.network = Configurations.dueling();
        configuration.hysteresis = new HysteresisSettings(0.5, 0.8, 4);
        return new FactoredLearner(configuration.build(), shape, init);
    }
}
