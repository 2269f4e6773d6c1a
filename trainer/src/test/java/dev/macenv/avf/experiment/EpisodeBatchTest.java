package dev.macenv.avf.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.macenv.avf.experience.Ending;
import dev.macenv.avf.experience.EpisodeBuilder;
import dev.macenv.avf.experience.TeamShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class EpisodeBatchTest {

    private static final TeamShape SHAPE = new TeamShape(new int[] {1}, new int[] {1}, 0);

    @Test
    void whoEndsAtAnEarlierTickCountsFirstEvenIfItsRowComesLater() {
        EpisodeBatch batch = new EpisodeBatch(2, 1);
        batch.pass(0, 30);
        batch.add(0, episode(30));
        batch.pass(1, 10);
        assertThat(batch.complete()).as("lane 1 could still end before tick 30").isFalse();
        assertThat(batch.needs(0)).isFalse();
        assertThat(batch.needs(1)).isTrue();
        batch.pass(1, 15);
        batch.add(1, episode(25));
        assertThat(batch.complete()).isTrue();
        assertThat(lengths(batch)).containsExactly(25);
    }

    @Test
    void betweenEqualsTheLowerLaneCountsFirst() {
        EpisodeBatch batch = new EpisodeBatch(2, 1);
        batch.pass(1, 5);
        batch.add(1, episode(5));
        batch.pass(0, 2);
        batch.pass(0, 3);
        batch.add(0, episode(3));
        assertThat(batch.complete()).isTrue();
        assertThat(lengths(batch)).containsExactly(3);
    }

    @Test
    void aLaneThatEndsEarlyGoesOnAndMayCountTwice() {
        EpisodeBatch batch = new EpisodeBatch(2, 2);
        batch.pass(0, 4);
        batch.add(0, episode(4));
        batch.pass(1, 20);
        batch.add(1, episode(20));
        batch.pass(0, 6);
        batch.add(0, episode(6));
        assertThat(batch.complete()).isTrue();
        assertThat(lengths(batch)).containsExactly(4, 6);
    }

    /** However the ticks of the lanes come in rows, the batch is the one of all lanes stepped tick by tick. */
    @Test
    void theBatchDoesNotDependOnHowTicksComeInRows() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int lanes = 1 + random.nextInt(5);
            int size = 1 + random.nextInt(8);
            int[][] lengths = new int[lanes][100];
            for (int[] lane : lengths) {
                for (int e = 0; e < lane.length; e++) {
                    lane[e] = 1 + random.nextInt(12);
                }
            }
            assertThat(lengths(play(lengths, size, left -> 1 + random.nextInt(left))))
                    .as("seed %d", seed)
                    .isEqualTo(lengths(play(lengths, size, left -> 1)));
        }
    }

    /** Plays lanes whose episodes have these lengths; {@code rows} cuts what is left of an episode. */
    private static EpisodeBatch play(int[][] lengths, int size, IntUnaryOperator rows) {
        EpisodeBatch batch = new EpisodeBatch(lengths.length, size);
        int[] episodes = new int[lengths.length];
        int[] ticks = new int[lengths.length];
        while (!batch.complete()) {
            for (int lane = 0; lane < lengths.length; lane++) {
                if (!batch.needs(lane)) {
                    continue;
                }
                int length = lengths[lane][episodes[lane]];
                int left = length - ticks[lane];
                int span = rows.applyAsInt(left);
                ticks[lane] += span;
                batch.pass(lane, span);
                if (ticks[lane] == length) {
                    batch.add(lane, episode(length));
                    episodes[lane]++;
                    ticks[lane] = 0;
                }
            }
        }
        return batch;
    }

    private static List<Integer> lengths(EpisodeBatch batch) {
        List<Integer> lengths = new ArrayList<>();
        batch.episodes().forEach(each -> lengths.add(each.episode().ticks()));
        return lengths;
    }

    private static FinishedEpisode episode(int ticks) {
        EpisodeBuilder builder = new EpisodeBuilder(SHAPE);
        float[][] observations = {{0}};
        boolean[][] legal = {{true}};
        builder.start(observations, legal, new float[0]);
        builder.decide(0, 0);
        builder.advance(
                ticks, new double[ticks], new boolean[] {true}, observations, legal, new float[0], Ending.TERMINATED);
        return new FinishedEpisode(builder.build(), 0, 0);
    }
}
