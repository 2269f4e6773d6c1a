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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What every on-policy {@link Learner} with a stochastic policy keeps. Inherit, and say in one method how it is made. */
public abstract class OnPolicyContract {
    private static final TeamShape TEAM = new TeamShape(new int[] {2, 3}, new int[] {3, 4}, 2);
    private static final TeamShape GAME = new TeamShape(new int[] {1, 1}, new int[] {2, 2}, 1);

    /** Makes the learner under test: a small one that learns quickly, epsilon at most .4, discount at most .95. */
    protected abstract Learner learner(TeamShape shape, RandomGenerator init);

    @Test
    final void learnsNothingFromNothing() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        byte[] before = bytes(learner);
        assertThat(learner.update(0, new Random(0))).isEmpty();
        assertThat(bytes(learner)).isEqualTo(before);
    }

    @Test
    final void learnsFromEveryEpisodeOnce() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        learner.observe(script(0).perTick());
        assertThat(learner.update(0, new Random(0))).isPresent();
        byte[] after = bytes(learner);
        assertThat(learner.update(0, new Random(0))).isEmpty();
        assertThat(bytes(learner)).isEqualTo(after);
    }

    @Test
    final void theSameSeedGivesTheSameBytes() throws IOException {
        assertThat(trained(1)).isEqualTo(trained(1)).isNotEqualTo(trained(2));
    }

    /** Saved with episodes that it has not learnt from yet. */
    @Test
    final void goesOnBitForBitAfterBeingLoaded() throws IOException {
        Learner uninterrupted = learner(TEAM, new Random(1));
        train(uninterrupted, 0, 8);
        byte[] saved = bytes(uninterrupted);
        train(uninterrupted, 8, 15);

        Learner resumed = learner(TEAM, new Random(99));
        train(resumed, 30, 33);
        resumed.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(resumed)).isEqualTo(saved);
        train(resumed, 8, 15);
        assertThat(bytes(resumed)).isEqualTo(bytes(uninterrupted));
    }

    @Test
    final void aTruncatedFileIsRefused() throws IOException {
        byte[] saved = trained(1);
        for (int length : new int[] {0, 5, saved.length / 2, saved.length - 1}) {
            Learner learner = learner(TEAM, new Random(1));
            assertThatThrownBy(() -> learner.load(new DataInputStream(new ByteArrayInputStream(saved, 0, length))))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    final void actingLeavesNoTraceButInTheMemory() throws IOException {
        Learner learner = learner(TEAM, new Random(1));
        train(learner, 0, 3);
        byte[] before = bytes(learner);
        TeamPolicy policy = learner.policy();
        Table table = new Table(policy, TEAM);
        int[] first = table.play(20, new Random(7));
        assertThat(table.play(20, new Random(7))).as("after a new start").isEqualTo(first);
        assertThat(new Table(policy, TEAM).play(20, new Random(7))).isEqualTo(first);
        assertThat(table.play(20, new Random(8))).isNotEqualTo(first);
        assertThat(bytes(learner)).isEqualTo(before);
    }

    @Test
    final void decidesLanesTogetherAsOneByOne() throws IOException {
        SeveralLanes.assertTogetherIsOneByOne(learner(TEAM, new Random(1)).policy(), TEAM);
    }

    @Test
    final void onlyLegalMacroActionsAreChosenAndOngoingOnesKept() {
        Learner learner = learner(TEAM, new Random(1));
        Table table = new Table(learner.policy(), TEAM);
        Random random = new Random(3);
        table.see(0, true, true);
        learner.policy().choose(List.of(table.point), 0.9, false, random);
        for (int step = 1; step < 200; step++) {
            int[] before = table.choices();
            boolean[] ended = {step % 2 == 0, step % 3 == 0};
            table.see(step, ended);
            Arrays.fill(table.legal[0], false);
            table.legal[0][step % 3] = true;
            learner.policy().choose(List.of(table.point), 0.9, false, random);
            assertThat(table.choices()[0]).isEqualTo(ended[0] ? step % 3 : before[0]);
            if (!ended[1]) {
                assertThat(table.choices()[1]).isEqualTo(before[1]);
            }
        }
    }

    /** Macro-action 1 pays, for either agent; whoever chooses it ends a tick later. */
    @Test
    final void learnsWhatPays() {
        Learner learner = learner(GAME, new Random(3));
        Random random = new Random(4);
        Optional<UpdateMetrics> last = Optional.empty();
        for (int update = 0; update < 300; update++) {
            for (int e = 0; e < 8; e++) {
                learner.observe(game(learner.policy(), random));
            }
            last = learner.update(8 * update + 8, random);
        }
        assertThat(last.orElseThrow().gradientNorm()).isFinite();
        int[] paid = new int[2];
        for (int k = 0; k < 100; k++) {
            Table table = new Table(learner.policy(), GAME);
            table.see(1, true, true);
            learner.policy().choose(List.of(table.point), 0, false, random);
            paid[0] += table.choices()[0];
            paid[1] += table.choices()[1];
        }
        assertThat(paid[0]).isGreaterThan(90);
        assertThat(paid[1]).isGreaterThan(90);
    }

    private static Episode game(TeamPolicy policy, Random random) {
        EpisodeBuilder builder = new EpisodeBuilder(GAME);
        Table table = new Table(policy, GAME);
        table.see(1, true, true);
        builder.start(table.observations, table.legal, new float[1]);
        policy.choose(List.of(table.point), 0.2, false, random);
        int[] first = table.choices();
        builder.decide(0, first[0]);
        builder.decide(1, first[1]);
        boolean[] ended = {first[0] == 0, first[1] == 0};
        table.see(1, ended);
        builder.advance(1, new double[] {0}, ended, table.observations, table.legal, new float[1], Ending.NONE);
        if (ended[0] || ended[1]) {
            policy.choose(List.of(table.point), 0.2, false, random);
        }
        for (int agent = 0; agent < 2; agent++) {
            if (builder.pending(agent)) {
                builder.decide(agent, table.choices()[agent]);
            }
        }
        double[] reward = {2 * (first[0] + first[1])};
        boolean[] all = {true, true};
        builder.advance(1, reward, all, table.observations, table.legal, new float[1], Ending.TERMINATED);
        return builder.build();
    }

    private byte[] trained(long seed) throws IOException {
        Learner learner = learner(TEAM, new Random(seed));
        train(learner, 0, 8);
        return bytes(learner);
    }

    /** Every episode depends on the step's number alone; an update after every third. */
    private static void train(Learner learner, int from, int to) {
        for (int k = from; k < to; k++) {
            learner.observe(script(k).perTick());
            if (k % 3 == 2) {
                learner.update(k, new Random(1000 + k));
            }
        }
    }

    private static Script script(int k) {
        Ending ending = k % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
        return Script.random(new Random(k), TEAM, 5 + k % 7, ending, 0.1);
    }

    static byte[] bytes(Learner learner) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        learner.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }

    /** A lane without an environment: who has ended is said, and what is seen depends on the step alone. */
    private static final class Table {
        private final TeamPolicy policy;
        private final float[][] observations;
        private final boolean[][] legal;
        private final DecisionPoint point;

        Table(TeamPolicy policy, TeamShape shape) {
            this.policy = policy;
            this.observations = new float[shape.agents()][];
            this.legal = new boolean[shape.agents()][];
            for (int i = 0; i < shape.agents(); i++) {
                observations[i] = new float[shape.observationSize(i)];
                legal[i] = new boolean[shape.actionCount(i)];
            }
            this.point = new DecisionPoint(policy.newMemory(), observations, legal);
        }

        void see(int step, boolean... ended) {
            for (int i = 0; i < ended.length; i++) {
                point.setPending(i, ended[i]);
                if (ended[i]) {
                    Arrays.fill(observations[i], (float) Math.sin(7 * step + i));
                    Arrays.fill(legal[i], true);
                }
            }
        }

        /** The choices of an episode in which the agents end in turns. */
        int[] play(int steps, Random random) {
            List<int[]> choices = new ArrayList<>();
            point.start();
            for (int step = 0; step < steps; step++) {
                see(step, step % 3 != 1, step % 3 != 2);
                policy.choose(List.of(point), 0, false, random);
                choices.add(choices());
            }
            return choices.stream().flatMapToInt(Arrays::stream).toArray();
        }

        int[] choices() {
            return new int[] {point.macroAction(0), point.macroAction(1)};
        }
    }
}
