package dev.macenv.avf.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.Episode;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.Script;
import dev.macenv.avf.experience.TeamShape;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What every {@link Learner} keeps. Inherit, and say in one method how the learner is made. */
public abstract class LearnerContract {
    private static final TeamShape TEAM = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final TeamShape GAME = new TeamShape(new int[] {1, 1}, new int[] {2, 2}, 1);
    private static final RandomGenerator UNTOUCHABLE = () -> {
        throw new AssertionError("nothing may be drawn");
    };

    /**
     * Makes the learner under test: a small one that learns quickly, discount at most .95, for a buffer of at least 20
     * episodes.
     */
    protected abstract Learner learner(TeamShape shape, RandomGenerator init);

    /** Whether each agent has a memory of its own, of nothing but its own decisions. */
    protected boolean decentralised() {
        return true;
    }

    @Test
    final void learnsNothingFromNothing() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        byte[] before = bytes(learner);
        assertThat(learner.update(0, new Random(0))).isEmpty();
        assertThat(bytes(learner)).isEqualTo(before);
    }

    @Test
    final void theSameSeedGivesTheSameBytes() throws IOException {
        assertThat(trained(1)).isEqualTo(trained(1)).isNotEqualTo(trained(2));
    }

    @Test
    final void goesOnBitForBitAfterBeingLoaded() throws IOException {
        Learner uninterrupted = learner(TEAM, new Random(1));
        train(uninterrupted, 0, 6);
        byte[] saved = bytes(uninterrupted);
        train(uninterrupted, 6, 12);

        Learner resumed = learner(TEAM, new Random(99));
        train(resumed, 30, 33);
        resumed.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(resumed)).isEqualTo(saved);
        train(resumed, 6, 12);
        assertThat(bytes(resumed)).isEqualTo(bytes(uninterrupted));
    }

    @Test
    final void aTruncatedFileIsRefusedAndChangesNothing() throws IOException {
        byte[] saved = trained(1);
        for (int length : new int[] {0, 5, saved.length / 2, saved.length - 1}) {
            Learner learner = learner(TEAM, new Random(1));
            train(learner, 20, 23);
            byte[] before = bytes(learner);
            assertThatThrownBy(() -> learner.load(new DataInputStream(new ByteArrayInputStream(saved, 0, length))))
                    .isInstanceOf(IOException.class);
            assertThat(bytes(learner)).isEqualTo(before);
        }
    }

    @Test
    final void actingGreedilyLeavesNoTraceButInTheMemory() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        train(learner, 0, 3);
        byte[] before = bytes(learner);
        int[] first = actions(learner, learner.policy().newMemory());
        TeamMemory used = learner.policy().newMemory();
        assertThat(actions(learner, used)).isEqualTo(first);
        used.reset();
        assertThat(actions(learner, used)).isEqualTo(first);
        assertThat(bytes(learner)).isEqualTo(before);
    }

    @Test
    final void memoriesAreApart() {
        Learner learner = learner(TEAM, new Random(1));
        TeamMemory one = learner.policy().newMemory();
        TeamMemory other = learner.policy().newMemory();
        int[] expected = actions(learner, learner.policy().newMemory());
        int[] found = new int[expected.length];
        for (int s = 0; s < found.length; s++) {
            found[s] = act(learner, one, s);
            act(learner, other, s % 3);
        }
        assertThat(found).isEqualTo(expected);
    }

    @Test
    final void agentsRememberApartIfTheyActApart() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        TeamMemory one = learner.policy().newMemory();
        TeamMemory other = learner.policy().newMemory();
        act(learner, one, 0);
        act(learner, one, 1);
        act(learner, other, 1);
        act(learner, other, 0);
        assertThat(bytes(one)).isNotEqualTo(bytes(learner.policy().newMemory()));
        assertThat(Arrays.equals(bytes(one), bytes(other))).isEqualTo(decentralised());
    }

    @Test
    final void lanesDecideTogetherAsTheyWouldOneByOne() throws IOException {
        SeveralLanes.assertTogetherIsOneByOne(learner(TEAM, new Random(1)).policy(), TEAM);
    }

    /** Macro-action 1 pays, for either agent; whoever chooses it ends a tick later. */
    @Test
    final void learnsWhatPays() {
        Learner learner = learner(GAME, new Random(3));
        for (int joint = 0; joint < 4; joint++) {
            learner.observe(game(joint / 2, joint % 2));
        }
        Random replay = new Random(0);
        UpdateMetrics last = learner.update(0, replay).orElseThrow();
        for (int k = 0; k < 400; k++) {
            last = learner.update(k, replay).orElseThrow();
        }
        assertThat(last.rows()).isPositive();
        assertThat(last.gradientNorm()).isFinite();
        TeamMemory memory = learner.policy().newMemory();
        boolean[] all = {true, true};
        for (int agent = 0; agent < 2; agent++) {
            assertThat(OneDecision.of(
                            learner.policy(), GAME, agent, new float[] {1}, all, memory, 0, false, UNTOUCHABLE))
                    .isEqualTo(1);
        }
    }

    private static Episode game(int first, int second) {
        EpisodeBuilder builder = new EpisodeBuilder(GAME);
        float[][] seen = {{1}, {1}};
        boolean[][] legal = {{true, true}, {true, true}};
        builder.start(seen, legal, new float[1]);
        builder.decide(0, first);
        builder.decide(1, second);
        boolean[] ended = {first == 0, second == 0};
        builder.advance(1, new double[] {0}, ended, seen, legal, new float[1], Ending.NONE);
        for (int agent = 0; agent < 2; agent++) {
            if (builder.pending(agent)) {
                builder.decide(agent, 0);
            }
        }
        double[] reward = {2 * (first + second)};
        builder.advance(1, reward, new boolean[] {true, true}, seen, legal, new float[1], Ending.TERMINATED);
        return builder.build();
    }

    private static int[] actions(Learner learner, TeamMemory memory) {
        int[] actions = new int[8];
        Arrays.setAll(actions, s -> act(learner, memory, s));
        return actions;
    }

    private static int act(Learner learner, TeamMemory memory, int step) {
        int agent = step % 2;
        float[] seen = new float[TEAM.observationSize(agent)];
        Arrays.fill(seen, (float) Math.sin(7 * step + 1));
        boolean[] all = new boolean[TEAM.actionCount(agent)];
        Arrays.fill(all, true);
        return OneDecision.of(learner.policy(), TEAM, agent, seen, all, memory, 0, false, UNTOUCHABLE);
    }

    private byte[] trained(long seed) throws IOException {
        Learner learner = learner(TEAM, new Random(seed));
        train(learner, 0, 6);
        return bytes(learner);
    }

    /** Every episode and every draw depends on the step's number alone. */
    private static void train(Learner learner, int from, int to) {
        for (int k = from; k < to; k++) {
            Ending ending = k % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
            learner.observe(
                    Script.random(new Random(k), TEAM, 5 + k % 7, ending, 0.1).perTick());
            learner.update(k, new Random(1000 + k));
        }
    }

    private static byte[] bytes(Learner learner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        learner.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    private static byte[] bytes(TeamMemory memory) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        memory.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
