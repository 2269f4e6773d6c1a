package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.algorithm.DecisionPoint;
import dev.macenv.avf.algorithm.Learner;
import dev.macenv.avf.algorithm.PolicyDescription;
import dev.macenv.avf.algorithm.TeamMemory;
import dev.macenv.avf.algorithm.TeamPolicy;
import dev.macenv.avf.algorithm.UpdateMetrics;
import dev.macenv.avf.config.ConfigException;
import dev.macenv.avf.config.ResolvedConfig;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.TeamShape;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Where updates stand between decisions and answers. */
class UpdateMomentTest {

    private static final String DECIDE = "decide";
    private static final String UPDATE = "update";
    private static final String EPISODE = "episode";
    private static final String ANSWER = "answer";

    @Test
    void beforeDecisionsWhatFellDueInAnAnswerIsLearntBeforeAnybodyDecides() {
        Training training = train("BEFORE_DECISIONS");
        assertThat(training.sinceTheFirstEpisode()).startsWith(EPISODE, ANSWER, DECIDE, UPDATE);
        assertThat(training.told).endsWith(UPDATE, EPISODE);
        assertThat(training.updates()).isEqualTo(training.ends.get(1) - training.ends.get(0));
    }

    @Test
    void duringAStepTheNextDecisionsAreSentFirst() {
        Training training = train("DURING_STEP");
        assertThat(training.sinceTheFirstEpisode()).startsWith(EPISODE, ANSWER, DECIDE, ANSWER, DECIDE, UPDATE);
        assertThat(training.updates())
                .as("nobody decides by what the last answer would teach")
                .isEqualTo(training.settledAt - training.ends.get(0))
                .isLessThan(training.ends.get(1) - training.ends.get(0));
    }

    @Test
    void batchesAreLearntFromBeforeAnybodyDecides() {
        assertThatThrownBy(() -> TinyRun.config("bp-6/mac-iaicc", "training.updateMoment=DURING_STEP"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("updateMoment: DURING_STEP with rollout BATCH (expected: BEFORE_DECISIONS)");
    }

    /** Two episodes of one lane, with an update for every tick once the first of them is over. */
    private static Training train(String moment) {
        Training training = new Training(moment);
        training.run();
        return training;
    }

    /** A training loop that tells what it does. */
    private static final class Training implements TrainingLoop.Listener {

        private final List<String> told = new ArrayList<>();
        private final List<Long> ends = new ArrayList<>(); // of episodes, in ticks of the run
        private final Progress progress = new Progress();
        private final ResolvedConfig config;
        private long settledAt;

        Training(String moment) {
            config = TinyRun.config(
                    "bp-6/avf-vdn",
                    "training.updateMoment=" + moment,
                    "training.episodes=2",
                    "training.startEpisodes=1",
                    "training.updateEvery=1");
        }

        void run() {
            RandomStreams streams = RandomStreams.of(5);
            try (Servers servers = Servers.of(ServerChoice.EMBEDDED, () -> false);
                    LastingSession any = Connections.evaluation(servers, config);
                    LaneSet lanes = Connections.training(servers, config, 5)) {
                TeamShape shape = TeamShapes.of(any.spec());
                Learner learner = new Telling(Learners.create(config, shape, streams.initialisation()), told);
                TrainingLoop loop =
                        new TrainingLoop(config.experiment(), lanes, shape, learner, progress, streams, this);
                loop.open();
                loop.run();
            }
        }

        @Override
        public void episodeFinished(double episodeReturn, int ticks, Ending ending, double lastReward) {
            ends.add(progress.ticks());
        }

        @Override
        public void updated(UpdateMetrics metrics) {}

        @Override
        public void advanced() {}

        @Override
        public boolean settled() {
            told.add(ANSWER);
            settledAt = progress.ticks();
            return false;
        }

        List<String> sinceTheFirstEpisode() {
            return told.subList(told.indexOf(EPISODE), told.size());
        }

        long updates() {
            return told.stream().filter(UPDATE::equals).count();
        }
    }

    /** A learner, and its policy, that tell of themselves. */
    private record Telling(Learner learner, List<String> told) implements Learner {

        @Override
        public void observe(Episode episode) {
            told.add(EPISODE);
            learner.observe(episode);
        }

        @Override
        public Optional<UpdateMetrics> update(double episodesSinceStart, RandomGenerator replay) {
            told.add(UPDATE);
            return learner.update(episodesSinceStart, replay);
        }

        @Override
        public TeamPolicy policy() {
            TeamPolicy policy = learner.policy();
            return new TeamPolicy() {
                @Override
                public TeamMemory newMemory() {
                    return policy.newMemory();
                }

                @Override
                public void choose(
                        List<DecisionPoint> points, double epsilon, boolean memoryless, RandomGenerator random) {
                    told.add(DECIDE);
                    policy.choose(points, epsilon, memoryless, random);
                }

                @Override
                public PolicyDescription describe() {
                    return policy.describe();
                }
            };
        }

        @Override
        public void save(DataOutput out) throws IOException {
            learner.save(out);
        }

        @Override
        public void load(DataInput in) throws IOException {
            learner.load(in);
        }
    }
}
