package dev.macenv.avf.experience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.experience.ReplaySettings.Sampling;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpisodeBufferTest {
    private static final TeamShape SHAPE = new TeamShape(new int[] {2, 1}, new int[] {3, 2}, 2);

    @Test
    void forgetsTheOldestFirst() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 3);
        List<Episode> episodes = episodes(5);
        episodes.forEach(buffer::add);
        assertThat(buffer.size()).isEqualTo(3);
        assertThat(List.of(buffer.get(0), buffer.get(1), buffer.get(2))).isEqualTo(episodes.subList(2, 5));
    }

    @Seeds(20)
    void windowsCoverEveryTickExactlyLTimes(long seed) {
        Random random = new Random(seed);
        int length = random.nextInt(1, 9);
        Episode episode = Script.random(random, SHAPE, random.nextInt(1, 20), Ending.TERMINATED, 1)
                .perTick();
        int[] covered = new int[episode.ticks()];
        int windows = 0;
        for (int start = 1 - length; start < episode.ticks(); start++) {
            Window window = new Window(episode, start, length);
            for (int t = window.firstTick(); t < window.endTick(); t++) {
                covered[t]++;
            }
            windows++;
        }
        assertThat(covered).containsOnly(length);
        assertThat((long) windows).isEqualTo(Window.count(episode.ticks(), length));
        assertThatThrownBy(() -> new Window(episode, -length, length)).hasMessageContaining("start: " + -length);
        assertThatThrownBy(() -> new Window(episode, episode.ticks(), length)).hasMessageContaining("start: ");
    }

    /** Every window of the buffer is drawn equally often, so every tick is too: 5 standard deviations are allowed. */
    @Test
    void drawsUniformlyOverAllWindows() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 4);
        List<Episode> episodes = episodes(6);
        episodes.forEach(buffer::add);
        int length = 5;
        int draws = 40_000;
        int batch = 8;
        double[][] ticks = new double[6][100];
        Random random = new Random(1);
        WindowSample sample = new WindowSample();
        for (int d = 0; d < draws / batch; d++) {
            buffer.sample(new ReplaySettings(4, batch, length, Sampling.WINDOW), random, sample);
            assertThat(sample.size()).isEqualTo(batch);
            for (int b = 0; b < batch; b++) {
                for (int t = sample.firstTick(b); t < sample.endTick(b); t++) {
                    ticks[episodes.indexOf(sample.episode(b))][t]++;
                }
            }
        }
        double probability = length / (double) buffer.windows(length);
        double mean = draws * probability;
        double allowed = 5 * Math.sqrt(draws * probability * (1 - probability));
        for (int e = 0; e < 6; e++) {
            for (int t = 0; t < episodes.get(e).ticks(); t++) {
                assertThat(Math.abs(ticks[e][t] - (e < 2 ? 0 : mean)))
                        .as("tick %d of episode %d", t, e)
                        .isLessThan(e < 2 ? 0.5 : allowed);
            }
        }
    }

    @Test
    void countsTheWindowsOfWhatItHoldsNow() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 2);
        long expected = 0;
        List<Episode> episodes = episodes(5);
        for (int e = 0; e < episodes.size(); e++) {
            buffer.add(episodes.get(e));
            expected += Window.count(episodes.get(e).ticks(), 4);
            expected -= e < 2 ? 0 : Window.count(episodes.get(e - 2).ticks(), 4);
            assertThat(buffer.windows(4)).isEqualTo(expected);
        }
        assertThat(buffer.windows(2)).isEqualTo(expected - 2 * 2);
    }

    @Test
    void drawsDistinctWindowsAndAllOfThemWhenThereAreFew() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 4);
        buffer.add(episodes(1).get(0));
        int all = (int) buffer.windows(3);
        for (int batch : new int[] {all - 1, all, all + 10}) {
            WindowSample sample = new WindowSample();
            buffer.sample(new ReplaySettings(4, batch, 3, Sampling.WINDOW), new Random(3), sample);
            Set<String> distinct = new HashSet<>();
            for (int b = 0; b < sample.size(); b++) {
                distinct.add(sample.firstTick(b) + ".." + sample.endTick(b));
            }
            assertThat(sample.size()).isEqualTo(Math.min(batch, all));
            assertThat(distinct).hasSize(sample.size());
        }
    }

    @Test
    void drawsWholeEpisodesOnRequest() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 10);
        episodes(10).forEach(buffer::add);
        WindowSample sample = new WindowSample();
        buffer.sample(new ReplaySettings(10, 6, 1, Sampling.EPISODE), new Random(3), sample);
        Set<Episode> distinct = new HashSet<>();
        for (int b = 0; b < sample.size(); b++) {
            assertThat(sample.firstTick(b)).isZero();
            assertThat(sample.endTick(b)).isEqualTo(sample.episode(b).ticks());
            distinct.add(sample.episode(b));
        }
        assertThat(distinct).hasSize(6);
    }

    @Test
    void anEmptyBufferGivesAnEmptySample() {
        WindowSample sample = new WindowSample();
        new EpisodeBuffer(SHAPE, 2).sample(new ReplaySettings(2, 4, 3, Sampling.WINDOW), new Random(0), sample);
        assertThat(sample.size()).isZero();
        assertThat(Squeeze.joint(squeeze(), 0.9, MixerState.JOINT_MACRO, SHAPE)
                        .apply(sample)
                        .rows())
                .isZero();
    }

    @Test
    void goesOnDrawingTheSameAfterBeingSavedAndLoaded() throws IOException {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 4);
        episodes(7).forEach(buffer::add);
        byte[] saved = bytes(buffer);
        EpisodeBuffer loaded = new EpisodeBuffer(SHAPE, 4);
        episodes(3).forEach(loaded::add);
        loaded.load(new DataInputStream(new ByteArrayInputStream(saved)));
        assertThat(bytes(loaded)).isEqualTo(saved);

        Episode next = episodes(9).get(8);
        buffer.add(next);
        loaded.add(next);
        ReplaySettings settings = new ReplaySettings(4, 5, 3, Sampling.WINDOW);
        WindowSample one = new WindowSample();
        WindowSample other = new WindowSample();
        Random random = new Random(5);
        Random same = new Random(5);
        for (int k = 0; k < 20; k++) {
            buffer.sample(settings, random, one);
            loaded.sample(settings, same, other);
            for (int b = 0; b < one.size(); b++) {
                assertThat(other.firstTick(b)).isEqualTo(one.firstTick(b));
                assertThat(other.endTick(b)).isEqualTo(one.endTick(b));
                assertThat(other.episode(b).discountedReturn(0.9))
                        .isEqualTo(one.episode(b).discountedReturn(0.9));
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() throws IOException {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 4);
        episodes(3).forEach(buffer::add);
        byte[] saved = bytes(buffer);
        EpisodeBuffer small = new EpisodeBuffer(SHAPE, 2);
        assertThatThrownBy(() -> small.load(new DataInputStream(new ByteArrayInputStream(saved))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("episodes: 3 (expected: 0..2");
        EpisodeBuffer other = new EpisodeBuffer(SHAPE.only(0), 2);
        assertThatThrownBy(() -> other.add(episodes(1).get(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: TeamShape[observations [2]");
    }

    @Test
    void theBuilderRefusesWhatCannotHappen() {
        EpisodeBuilder builder = new EpisodeBuilder(SHAPE);
        float[][] seen = {{0, 0}, {0}};
        boolean[][] legal = {{true, true, true}, {true, true}};
        assertThatThrownBy(() -> advance(builder, seen, legal)).hasMessageContaining("no episode in progress");
        builder.start(seen, legal, new float[2]);
        assertThatThrownBy(() -> builder.decide(1, 2))
                .hasMessageContaining("macroAction: 2 of agent 1 (expected: 0..1)");
        builder.decide(0, 2);
        assertThatThrownBy(() -> builder.decide(0, 1)).hasMessageContaining("agent: 0 (expected: one that is pending)");
        assertThatThrownBy(() -> advance(builder, seen, legal)).hasMessageContaining("agent: 1 is pending");
        builder.decide(1, 0);
        advance(builder, seen, legal);
        assertThat(builder.pending(0)).isTrue();
        assertThat(builder.pending(1)).isFalse();
        assertThatThrownBy(builder::build).hasMessageContaining("ending: NONE");
    }

    private static void advance(EpisodeBuilder builder, float[][] seen, boolean[][] legal) {
        builder.advance(2, new double[] {1, 2}, new boolean[] {true, false}, seen, legal, new float[2], Ending.NONE);
    }

    private static SqueezeSettings squeeze() {
        return new SqueezeSettings(
                SqueezeSettings.Rewards.JOINT,
                SqueezeSettings.Discounting.GAMMA_TAU,
                SqueezeSettings.Recurrence.HOLD,
                true,
                false);
    }

    private static List<Episode> episodes(int count) {
        Random random = new Random(17);
        List<Episode> episodes = new ArrayList<>();
        for (int e = 0; e < count; e++) {
            Ending ending = e % 2 == 0 ? Ending.TERMINATED : Ending.TRUNCATED;
            episodes.add(Script.random(random, SHAPE, 3 + 4 * e, ending, 1).perEvent());
        }
        return episodes;
    }

    private static byte[] bytes(EpisodeBuffer buffer) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        buffer.save(new DataOutputStream(bytes));
        return bytes.toByteArray();
    }
}
