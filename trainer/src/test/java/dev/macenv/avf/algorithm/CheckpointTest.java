package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.engine.EngineType;
import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Same seed, same bytes; and a learner that was saved and loaded goes on as if nothing had happened. */
class CheckpointTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);

    static Stream<Map<String, Object>> mixers() {
        return Stream.of(Configurations.VDN, Configurations.QMIX, Configurations.qplex("COND_MAX", true));
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void theSameSeedGivesTheSameBytes(Map<String, Object> mixer) throws IOException {
        assertThat(trained(mixer, 1, 0, 8)).isEqualTo(trained(mixer, 1, 0, 8)).isNotEqualTo(trained(mixer, 2, 0, 8));
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void goesOnBitForBitAfterBeingLoaded(Map<String, Object> mixer) throws IOException {
        FactoredLearner uninterrupted = learner(mixer, 1);
        train(uninterrupted, 0, 5);
        byte[] saved = bytes(uninterrupted);
        train(uninterrupted, 5, 12);

        FactoredLearner resumed = learner(mixer, 99);
        train(resumed, 20, 23);
        resumed.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(resumed)).isEqualTo(saved);
        train(resumed, 5, 12);
        assertThat(bytes(resumed)).isEqualTo(bytes(uninterrupted));
    }

    @ParameterizedTest
    @MethodSource("mixers")
    void aTruncatedFileIsRefused(Map<String, Object> mixer) throws IOException {
        byte[] saved = trained(mixer, 1, 0, 3);
        for (int length : new int[] {0, 5, saved.length / 2, saved.length - 1}) {
            assertThatThrownBy(() ->
                            learner(mixer, 1).load(new DataInputStream(new ByteArrayInputStream(saved, 0, length))))
                    .isInstanceOf(IOException.class);
        }
    }

    private static byte[] trained(Map<String, Object> mixer, long seed, int from, int to) throws IOException {
        FactoredLearner learner = learner(mixer, seed);
        train(learner, from, to);
        return bytes(learner);
    }

    /** Every episode and every draw depends on the step's number alone. */
    private static void train(FactoredLearner learner, int from, int to) {
        for (int k = from; k < to; k++) {
            Ending ending = k % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
            learner.observe(
                    Script.random(new Random(k), SHAPE, 5 + k % 7, ending, 0.1).perEvent());
            learner.update(k, new Random(1000 + k));
        }
    }

    private static FactoredLearner learner(Map<String, Object> mixer, long seed) {
        Configurations configuration = new Configurations();
        configuration.engine = EngineType.VECTOR;
        configuration.mixer = mixer;
        configuration.network = Configurations.dueling();
        configuration.hysteresis = new HysteresisSettings(0.04, 0.16, 4);
        return new FactoredLearner(configuration.build(), SHAPE, new Random(seed));
    }

    private static byte[] bytes(FactoredLearner learner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        learner.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
