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
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EpisodeBufferTest {
    private static final ReplaySettings.Balance EVEN = new ReplaySettings.Balance(0, 1);
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

    /** Counted in rows, a window holds up to L of them, and every row lies in exactly L windows. */
    @Seeds(20)
    void windowsOfRowsCoverEveryRowExactlyLTimes(long seed) {
        Random random = new Random(seed);
        int length = random.nextInt(1, 6);
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 3);
        int rows = 0;
        for (int e = 0; e < 3; e++) {
            Ending ending = e == 1 ? Ending.TRUNCATED : Ending.TERMINATED;
            Script script = Script.random(random, SHAPE, random.nextInt(1, 20), ending, 1);
            buffer.add(e == 2 ? script.perTick() : script.perEvent());
            rows += buffer.get(e).jointRows();
        }
        WindowSample sample = new WindowSample();
        ReplaySettings everything =
                new ReplaySettings(3, 9999, length, ReplaySettings.Unit.SQUEEZED, Sampling.WINDOW, EVEN);
        buffer.sample(everything, random, sample);
        int[] covered = new int[100 * 3];
        SqueezeSettings settings = new SqueezeSettings(
                SqueezeSettings.Rewards.JOINT,
                SqueezeSettings.Discounting.GAMMA_TAU,
                SqueezeSettings.Recurrence.HOLD,
                SqueezeSettings.BurnIn.NONE,
                true,
                false);
        Squeeze squeeze = Squeeze.joint(settings, 0.9, MixerState.NONE, SHAPE);
        for (int b = 0; b < sample.size(); b++) {
            WindowSample one = new WindowSample();
            one.add(sample.episode(b), sample.firstTick(b), sample.endTick(b));
            Batch batch = squeeze.apply(one);
            assertThat(batch.rows()).isBetween(1, length);
            for (int k = 0; k < batch.rows(); k++) {
                for (int e = 0; e < 3; e++) {
                    covered[100 * e + batch.tick()[k]] += buffer.get(e) == sample.episode(b) ? 1 : 0;
                }
            }
        }
        assertThat(Arrays.stream(covered).filter(count -> count > 0).toArray())
                .hasSize(rows)
                .containsOnly(length);
    }

    /** The horizon may cut an episode before anybody has ended: it has no rows, and no windows of rows. */
    @Test
    void anEpisodeWithoutRowsHasNoWindowsOfRows() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 3);
        boolean[][] nobody = new boolean[4][2];
        int[][] actions = new int[4][2];
        buffer.add(new Script(SHAPE, actions, nobody, new double[4], Ending.TRUNCATED, 1).perEvent());
        WindowSample sample = new WindowSample();
        for (int length = 1; length < 4; length++) {
            ReplaySettings rows = new ReplaySettings(3, 8, length, ReplaySettings.Unit.SQUEEZED, Sampling.WINDOW, EVEN);
            buffer.sample(rows, new Random(0), sample);
            assertThat(sample.size()).isZero();
        }
        buffer.add(new Script(SHAPE, actions, nobody, new double[4], Ending.TERMINATED, 1).perEvent());
        buffer.sample(
                new ReplaySettings(3, 8, 1, ReplaySettings.Unit.SQUEEZED, Sampling.WINDOW, EVEN),
                new Random(0),
                sample);
        assertThat(sample.size()).isEqualTo(1);
        assertThat(sample.firstTick(0)).isZero();
        assertThat(sample.endTick(0)).isEqualTo(4);
    }

    @Test
    void aShareOfTheBatchComesFromTheBestEpisodes() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 8);
        double[] returns = {50, 3, 9, 1, 9, 2, 9, 4, 0}; // the first, and best, has gone
        for (double each : returns) {
            buffer.add(worth(each));
        }
        ReplaySettings half = new ReplaySettings(
                8, 8, 2, ReplaySettings.Unit.TICKS, Sampling.WINDOW, new ReplaySettings.Balance(0.5, 0.25));
        Random random = new Random(4);
        WindowSample sample = new WindowSample();
        Set<Episode> rest = new HashSet<>();
        for (int d = 0; d < 200; d++) {
            buffer.sample(half, random, sample);
            assertThat(sample.size()).isEqualTo(8);
            for (int b = 0; b < 4; b++) { // two of three equals count as the best: the newer ones
                assertThat(sample.episode(b)).isIn(buffer.get(3), buffer.get(5));
            }
            for (int b = 4; b < 8; b++) {
                rest.add(sample.episode(b));
            }
        }
        assertThat(rest).hasSize(8);
    }

    @Test
    void theBestEpisodesAreAtLeastOne() {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 8);
        ReplaySettings onlyBest = new ReplaySettings(
                8, 3, 2, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(1, 0.01));
        WindowSample sample = new WindowSample();
        for (double each : new double[] {-3, -1, -2}) {
            buffer.add(worth(each));
            buffer.sample(onlyBest, new Random(0), sample);
            assertThat(sample.size()).isEqualTo(1);
            assertThat(sample.episode(0).undiscountedReturn()).isEqualTo(each == -3 ? -3 : -1);
        }
        assertThatThrownBy(() -> new ReplaySettings.Balance(1.5, 0.1)).hasMessageContaining("share: 1.5");
        assertThatThrownBy(() -> new ReplaySettings.Balance(0.5, 0)).hasMessageContaining("best: 0.0");
    }

    /** What counts as the best is worked out anew from what is loaded. */
    @Test
    void goesOnBalancingAfterBeingLoaded() throws IOException {
        ReplaySettings half = new ReplaySettings(
                8, 8, 3, ReplaySettings.Unit.SQUEEZED, Sampling.WINDOW, new ReplaySettings.Balance(0.5, 0.25));
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 8);
        episodes(13).forEach(buffer::add);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        buffer.save(new DataOutputStream(bytes));
        EpisodeBuffer loaded = new EpisodeBuffer(SHAPE, 8);
        loaded.add(worth(1000));
        loaded.load(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        assertThat(drawn(loaded, half)).isEqualTo(drawn(buffer, half));
    }

    private static List<String> drawn(EpisodeBuffer buffer, ReplaySettings settings) {
        List<String> drawn = new ArrayList<>();
        Random random = new Random(6);
        WindowSample sample = new WindowSample();
        for (int d = 0; d < 20; d++) {
            buffer.sample(settings, random, sample);
            for (int b = 0; b < sample.size(); b++) {
                drawn.add(sample.episode(b).undiscountedReturn() + " " + sample.firstTick(b) + " " + sample.endTick(b));
            }
        }
        return drawn;
    }

    /** An episode of two ticks with this return. */
    private static Episode worth(double value) {
        boolean[][] ended = {{true, false}, {true, true}};
        return new Script(SHAPE, new int[2][2], ended, new double[] {0, value}, Ending.TERMINATED, 1).perEvent();
    }

    /** Damaged data are refused, and what was in the buffer stays. */
    @Test
    void whatCannotBeReadLeavesTheBufferAlone() throws IOException {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 8);
        episodes(5).forEach(buffer::add);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        buffer.save(new DataOutputStream(bytes));
        byte[] damaged = bytes.toByteArray();
        damaged[5] = -1; // the number of rows of the first episode
        for (byte[] wrong : List.of(Arrays.copyOf(bytes.toByteArray(), bytes.size() - 3), damaged)) {
            EpisodeBuffer other = new EpisodeBuffer(SHAPE, 8);
            other.add(worth(7));
            assertThatThrownBy(() -> other.load(new DataInputStream(new ByteArrayInputStream(wrong))))
                    .isInstanceOf(IOException.class);
            assertThat(other.size()).isEqualTo(1);
            assertThat(other.get(0).undiscountedReturn()).isEqualTo(7);
        }
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
            buffer.sample(
                    new ReplaySettings(
                            4,
                            batch,
                            length,
                            ReplaySettings.Unit.TICKS,
                            Sampling.WINDOW,
                            new ReplaySettings.Balance(0, 1)),
                    random,
                    sample);
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
            buffer.sample(
                    new ReplaySettings(
                            4, batch, 3, ReplaySettings.Unit.TICKS, Sampling.WINDOW, new ReplaySettings.Balance(0, 1)),
                    new Random(3),
                    sample);
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
        buffer.sample(
                new ReplaySettings(
                        10, 6, 1, ReplaySettings.Unit.TICKS, Sampling.EPISODE, new ReplaySettings.Balance(0, 1)),
                new Random(3),
                sample);
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
        new EpisodeBuffer(SHAPE, 2)
                .sample(
                        new ReplaySettings(
                                2, 4, 3, ReplaySettings.Unit.TICKS, Sampling.WINDOW, new ReplaySettings.Balance(0, 1)),
                        new Random(0),
                        sample);
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
        ReplaySettings settings = new ReplaySettings(
                4, 5, 3, ReplaySettings.Unit.TICKS, Sampling.WINDOW, new ReplaySettings.Balance(0, 1));
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
                SqueezeSettings.BurnIn.NONE,
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
