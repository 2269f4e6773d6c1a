package dev.macenv.avf.experience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The pattern of the paper's Fig. 2, worked by hand: agent 1 ends at ticks 3, 6, 9; agent n at 0, 5, and its last
 * macro-action still runs when the horizon cuts the episode after tick 9. Every row, in both ways of recording.
 */
class HandWorkedExampleTest {
    private static final double GAMMA = 0.9;
    private static final Offset<Double> EXACT = within(1e-12);
    private static final Offset<Double> PRINTED = within(5e-7);
    private static final TeamShape SHAPE = new TeamShape(new int[] {1, 1}, new int[] {10, 10}, 1);
    private static final SqueezeSettings DEFAULTS = new SqueezeSettings(
            Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, false);

    enum Recording {
        PER_TICK,
        PER_EVENT;

        Episode episode(Ending ending) {
            // A macro-action is called by the tick at which it was chosen: m_4 is 4.
            int[][] macroActions = new int[10][2];
            boolean[][] ended = new boolean[10][2];
            int[] starts = {0, 0};
            List<List<Integer>> ends = List.of(List.of(3, 6, 9), List.of(0, 5));
            for (int t = 0; t < 10; t++) {
                for (int i = 0; i < 2; i++) {
                    macroActions[t][i] = starts[i];
                    ended[t][i] = ends.get(i).contains(t);
                    starts[i] = ended[t][i] ? t + 1 : starts[i];
                }
            }
            double[] rewards = {1, 2, -1, .5, 3, -2, 4, 0, 1, 10};
            Script script = new Script(SHAPE, macroActions, ended, rewards, ending, 1);
            return this == PER_TICK ? script.perTick() : script.perEvent();
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheTicksInWhichAnybodyEnded(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        assertThat(ints(batch, batch.tick())).containsExactly(0, 3, 5, 6, 9);
        assertThat(ints(batch, batch.agent(0).action())).containsExactly(0, 0, 4, 4, 7);
        assertThat(ints(batch, batch.agent(1).action())).containsExactly(0, 1, 1, 6, 6);
        assertThat(flags(batch, batch.agent(0).done())).containsExactly(false, true, false, true, true);
        assertThat(flags(batch, batch.agent(1).done())).containsExactly(true, false, true, false, false);
        assertThat(flags(batch, batch.terminal())).containsOnly(false);
    }

    @ParameterizedTest
    @EnumSource
    void accumulatesSinceTheLastTerminationOfAnybody(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        assertThat(ints(batch, batch.tau())).containsExactly(1, 3, 2, 1, 3);
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {1, 1.505, 1.2, 4, 9}, EXACT);
        assertThat(doubles(batch, batch.discount())).containsExactly(new double[] {.9, .729, .81, .9, .729}, EXACT);
    }

    @ParameterizedTest
    @EnumSource
    void jointRewardsTelescopeToTheDiscountedReturn(Recording recording) {
        assertThat(placedAtJointTimes(whole(recording, DEFAULTS))).isCloseTo(9.572256, PRINTED);
        assertThat(recording.episode(Ending.TRUNCATED).discountedReturn(GAMMA)).isCloseTo(9.572256, PRINTED);
    }

    @ParameterizedTest
    @EnumSource
    void macroStartAccumulatesSinceTheEndersOwnStartAndCountsTwice(Recording recording) {
        Batch batch = whole(
                recording,
                new SqueezeSettings(
                        Rewards.MACRO_START,
                        Discounting.GAMMA_TAU,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false));
        assertThat(ints(batch, batch.tau())).containsExactly(1, 4, 5, 3, 3);
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {1, 2.3545, 2.3798, 4.44, 9}, EXACT);
        assertThat(doubles(batch, batch.discount()))
                .containsExactly(new double[] {.9, .6561, .59049, .729, .729}, EXACT);
        assertThat(placedAtJointTimes(batch)).isCloseTo(11.344707, PRINTED);
    }

    /** Row t3, say: agent 1 has 2.3545 over 4 ticks, agent n has 1.505 over 3. */
    @ParameterizedTest
    @EnumSource
    void theAgentsOwnRewardsAndDurationsMayBeCombined(Recording recording) {
        Batch least = whole(recording, combining(Rewards.MINIMUM));
        assertThat(doubles(least, least.reward())).containsExactly(new double[] {1, 1.505, 1.2, 4, 9}, EXACT);
        assertThat(ints(least, least.tau())).containsExactly(1, 3, 2, 1, 3);

        Batch largest = whole(recording, combining(Rewards.MAXIMUM));
        assertThat(doubles(largest, largest.reward()))
                .containsExactly(new double[] {1, 2.3545, 2.3798, 4.44, 12.1}, EXACT);
        assertThat(ints(largest, largest.tau())).containsExactly(1, 4, 5, 3, 4);
        assertThat(doubles(largest, largest.discount()))
                .containsExactly(new double[] {.9, .6561, .59049, .729, .6561}, EXACT);

        Batch mean = whole(recording, combining(Rewards.AVERAGE));
        assertThat(doubles(mean, mean.reward())).containsExactly(new double[] {1, 1.92975, 1.7899, 4.22, 10.55}, EXACT);
        assertThat(doubles(mean, mean.discount()))
                .containsExactly(
                        new double[] {.9, Math.pow(.9, 3.5), Math.pow(.9, 3.5), .81, Math.pow(.9, 3.5)}, EXACT);
    }

    private static SqueezeSettings combining(Rewards rewards) {
        return new SqueezeSettings(
                rewards, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, false);
    }

    /** Of the window of ticks 7..9 only row t9 is left; before it agent 1 decided at 0 and 4, agent n at 0 and 1. */
    @ParameterizedTest
    @EnumSource
    void burnInHasTheDecisionsBeforeTheWindow(Recording recording) {
        SqueezeSettings burnIn = new SqueezeSettings(
                Rewards.JOINT,
                Discounting.GAMMA_TAU,
                Recurrence.HOLD,
                SqueezeSettings.BurnIn.EPISODE_START,
                true,
                false);
        Squeeze squeeze = Squeeze.joint(burnIn, GAMMA, MixerState.NONE, SHAPE);
        Batch batch = squeeze.apply(sample(recording.episode(Ending.TRUNCATED), 7, 3));
        assertThat(seen(batch.agent(0))).containsExactly(7, 10);
        assertThat(seen(batch.agent(0).earlier().orElseThrow())).containsExactly(0, 4);
        assertThat(seen(batch.agent(1))).containsExactly(6);
        assertThat(seen(batch.agent(1).earlier().orElseThrow())).containsExactly(0, 1);
        assertThat(batch.agent(1).earlierSequences()).isEqualTo(1);
        assertThat(batch.agent(1).earlierEnds()[0]).isEqualTo(1);
        assertThat(batch.agent(1).earlierRanks()[0]).isEqualTo(0);

        batch = squeeze.apply(sample(recording));
        assertThat(batch.agent(0).earlierSequences()).isZero();
        assertThat(batch.agent(0).earlier().orElseThrow().positions()).isZero();

        SqueezeSettings repeating = new SqueezeSettings(
                Rewards.JOINT,
                Discounting.GAMMA_TAU,
                Recurrence.REPEAT,
                SqueezeSettings.BurnIn.EPISODE_START,
                true,
                false);
        batch = Squeeze.joint(repeating, GAMMA, MixerState.NONE, SHAPE)
                .apply(sample(recording.episode(Ending.TRUNCATED), 7, 3));
        assertThat(seen(batch.agent(0).earlier().orElseThrow())).containsExactly(0, 0, 4, 4);
        assertThat(seen(batch.agent(0))).containsExactly(7, 10);
    }

    @ParameterizedTest
    @EnumSource
    void perDecisionSumsUndiscounted(Recording recording) {
        Batch batch = whole(
                recording,
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.PER_DECISION,
                        Recurrence.HOLD,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false));
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {1, 1.5, 1, 4, 11}, EXACT);
        assertThat(doubles(batch, batch.discount())).containsOnly(GAMMA);
    }

    @ParameterizedTest
    @EnumSource
    void freeAreThoseThatChoseAtTheRowsOwnDecisionPoint(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        assertThat(flags(batch, batch.agent(0).free())).containsExactly(true, false, true, false, true);
        assertThat(flags(batch, batch.agent(1).free())).containsExactly(true, true, false, true, false);
    }

    @ParameterizedTest
    @EnumSource
    void macroStatesAreThoseOfEachAgentsLastDecision(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        assertThat(floats(batch, batch.state())).containsExactly(0, 0, 0, 1, 4, 1, 4, 6, 7, 6);
        assertThat(floats(batch, batch.nextState())).containsExactly(0, 1, 4, 1, 4, 6, 7, 6, 10, 6);
    }

    @ParameterizedTest
    @EnumSource
    void singleMacroStateIsThatOfTheAgentThatEnded(Recording recording) {
        Batch batch = Squeeze.joint(DEFAULTS, GAMMA, MixerState.SINGLE, SHAPE).apply(sample(recording));
        assertThat(floats(batch, batch.state())).containsExactly(0, 0, 1, 4, 7);
        assertThat(floats(batch, batch.nextState())).containsExactly(1, 4, 6, 7, 10);
    }

    @ParameterizedTest
    @EnumSource
    void realStateIsThatOfTheLastTickAndNeedsTicks(Recording recording) {
        Squeeze squeeze = Squeeze.joint(DEFAULTS, GAMMA, MixerState.REAL, SHAPE);
        WindowSample sample = sample(recording);
        if (recording == Recording.PER_EVENT) {
            assertThatThrownBy(() -> squeeze.apply(sample))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mixer.state: REAL")
                    .hasMessageContaining("tick by tick");
            return;
        }
        Batch batch = squeeze.apply(sample);
        assertThat(floats(batch, batch.state())).containsExactly(0, 3, 5, 6, 9);
        assertThat(floats(batch, batch.nextState())).containsExactly(1, 4, 6, 7, 10);
    }

    @ParameterizedTest
    @EnumSource
    void holdAdvancesAnAgentsHistoryAtItsOwnDecisionsOnly(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        // One window: positions are steps.
        assertThat(ints(batch, batch.agent(0).current())).containsExactly(0, 0, 1, 1, 2);
        assertThat(ints(batch, batch.agent(0).next())).containsExactly(0, 1, 1, 2, 3);
        assertThat(ints(batch, batch.agent(1).current())).containsExactly(0, 1, 1, 2, 2);
        assertThat(ints(batch, batch.agent(1).next())).containsExactly(1, 1, 2, 2, 2);
        assertThat(seen(batch.agent(0))).containsExactly(0, 4, 7, 10);
        assertThat(seen(batch.agent(1))).containsExactly(0, 1, 6);
    }

    @ParameterizedTest
    @EnumSource
    void repeatFeedsEveryRow(Recording recording) {
        Batch batch = whole(
                recording,
                new SqueezeSettings(
                        Rewards.JOINT,
                        Discounting.GAMMA_TAU,
                        Recurrence.REPEAT,
                        SqueezeSettings.BurnIn.NONE,
                        true,
                        false));
        for (int i = 0; i < 2; i++) {
            assertThat(ints(batch, batch.agent(i).current())).containsExactly(0, 1, 2, 3, 4);
            assertThat(ints(batch, batch.agent(i).next())).containsExactly(1, 2, 3, 4, 5);
        }
        assertThat(seen(batch.agent(0))).containsExactly(0, 0, 4, 4, 7, 10);
        assertThat(seen(batch.agent(1))).containsExactly(0, 1, 1, 6, 6, 6);
    }

    @ParameterizedTest
    @EnumSource
    void anAgentsOwnViewHasItsOwnRowsRewardsAndDurations(Recording recording) {
        Batch one = Squeeze.own(DEFAULTS, GAMMA, SHAPE, 0).apply(sample(recording));
        assertThat(ints(one, one.tick())).containsExactly(3, 6, 9);
        assertThat(ints(one, one.tau())).containsExactly(4, 3, 3);
        assertThat(doubles(one, one.reward())).containsExactly(new double[] {2.3545, 4.44, 9}, EXACT);
        assertThat(doubles(one, one.discount())).containsExactly(new double[] {.6561, .729, .729}, EXACT);
        assertThat(ints(one, one.agent(0).action())).containsExactly(0, 4, 7);
        assertThat(flags(one, one.agent(0).free())).containsOnly(true);
        assertThat(seen(one.agent(0))).containsExactly(0, 4, 7, 10);

        Batch other = Squeeze.own(DEFAULTS, GAMMA, SHAPE, 1).apply(sample(recording));
        assertThat(ints(other, other.tick())).containsExactly(0, 5);
        assertThat(ints(other, other.tau())).containsExactly(1, 5);
        assertThat(doubles(other, other.reward())).containsExactly(new double[] {1, 2.3798}, EXACT);
        assertThat(doubles(other, other.discount())).containsExactly(new double[] {.9, .59049}, EXACT);
        assertThat(ints(other, other.agent(0).action())).containsExactly(0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void aTrueTerminalEndsEverybodysMacroAction(Recording recording) {
        WindowSample sample = sample(recording.episode(Ending.TERMINATED), -3, 20);
        Batch batch =
                Squeeze.joint(DEFAULTS, GAMMA, MixerState.JOINT_MACRO, SHAPE).apply(sample);
        assertThat(ints(batch, batch.tick())).containsExactly(0, 3, 5, 6, 9);
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {1, 1.505, 1.2, 4, 9}, EXACT);
        assertThat(flags(batch, batch.terminal())).containsExactly(false, false, false, false, true);
        assertThat(flags(batch, batch.agent(0).done())).containsExactly(false, true, false, true, true);
        assertThat(flags(batch, batch.agent(1).done())).containsExactly(true, false, true, false, true);

        Batch other = Squeeze.own(DEFAULTS, GAMMA, SHAPE, 1).apply(sample);
        assertThat(ints(other, other.tick())).containsExactly(0, 5, 9);
        assertThat(ints(other, other.tau())).containsExactly(1, 5, 4);
        assertThat(doubles(other, other.reward())).containsExactly(new double[] {1, 2.3798, 12.1}, EXACT);
        assertThat(flags(other, other.terminal())).containsExactly(false, false, true);
    }

    @ParameterizedTest
    @EnumSource
    void withoutClosingAMacroActionThatStillRunsAtTheTerminalIsDropped(Recording recording) {
        SqueezeSettings open = new SqueezeSettings(
                Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, false, false);
        WindowSample sample = sample(recording.episode(Ending.TERMINATED), 0, 10);
        Batch batch = Squeeze.joint(open, GAMMA, MixerState.NONE, SHAPE).apply(sample);
        assertThat(flags(batch, batch.agent(1).done())).containsExactly(true, false, true, false, false);
        assertThat(flags(batch, batch.terminal())).containsExactly(false, false, false, false, true);
        Batch other = Squeeze.own(open, GAMMA, SHAPE, 1).apply(sample);
        assertThat(ints(other, other.tick())).containsExactly(0, 5);
        assertThat(flags(other, other.terminal())).containsOnly(false);
    }

    @ParameterizedTest
    @EnumSource
    void theHorizonIsTerminalOnlyOnRequestAndClosesNothing(Recording recording) {
        SqueezeSettings asked = new SqueezeSettings(
                Rewards.JOINT, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, true);
        Batch batch = Squeeze.joint(asked, GAMMA, MixerState.NONE, SHAPE).apply(sample(recording));
        assertThat(flags(batch, batch.terminal())).containsExactly(false, false, false, false, true);
        assertThat(flags(batch, batch.agent(1).done())).containsExactly(true, false, true, false, false);
    }

    @ParameterizedTest
    @EnumSource
    void aWindowCutsOffRowsButNoPartOfTheirRewards(Recording recording) {
        WindowSample sample = sample(recording.episode(Ending.TRUNCATED), 4, 4);
        Batch batch =
                Squeeze.joint(DEFAULTS, GAMMA, MixerState.JOINT_MACRO, SHAPE).apply(sample);
        assertThat(ints(batch, batch.tick())).containsExactly(5, 6);
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {1.2, 4}, EXACT);
        assertThat(flags(batch, batch.agent(1).free())).containsExactly(false, true);
        assertThat(seen(batch.agent(0))).containsExactly(4, 7);
        assertThat(seen(batch.agent(1))).containsExactly(1, 6);

        SqueezeSettings macroStart = new SqueezeSettings(
                Rewards.MACRO_START, Discounting.GAMMA_TAU, Recurrence.HOLD, SqueezeSettings.BurnIn.NONE, true, false);
        batch = Squeeze.joint(macroStart, GAMMA, MixerState.NONE, SHAPE).apply(sample);
        assertThat(doubles(batch, batch.reward())).containsExactly(new double[] {2.3798, 4.44}, EXACT);
    }

    /** A decision inside a window knows the macro-action before it, even if that one began before the window. */
    @ParameterizedTest
    @EnumSource
    void everyDecisionKnowsTheMacroActionBeforeIt(Recording recording) {
        Batch batch = whole(recording, DEFAULTS);
        assertThat(batch.agent(0).previousMacroActions()).startsWith(-1, 0, 4, 7);
        assertThat(batch.agent(1).previousMacroActions()).startsWith(-1, 0, 1);
        assertThat(batch.agent(1).seats()).startsWith(1, 1, 1);

        WindowSample sample = sample(recording.episode(Ending.TRUNCATED), 4, 4);
        batch = Squeeze.joint(DEFAULTS, GAMMA, MixerState.NONE, SHAPE).apply(sample);
        assertThat(batch.agent(0).previousMacroActions()).startsWith(0, 4);
        assertThat(batch.agent(1).previousMacroActions()).startsWith(0, 1);
    }

    @ParameterizedTest
    @EnumSource
    void ownsTicksPlusLengthMinusOneWindows(Recording recording) {
        EpisodeBuffer buffer = new EpisodeBuffer(SHAPE, 3);
        buffer.add(recording.episode(Ending.TRUNCATED));
        assertThat(buffer.windows(4)).isEqualTo(13);
        assertThat(buffer.windows(1)).isEqualTo(10);
    }

    private static Batch whole(Recording recording, SqueezeSettings settings) {
        return Squeeze.joint(settings, GAMMA, MixerState.JOINT_MACRO, SHAPE).apply(sample(recording));
    }

    private static WindowSample sample(Recording recording) {
        return sample(recording.episode(Ending.TRUNCATED), 0, 10);
    }

    private static WindowSample sample(Episode episode, int start, int length) {
        WindowSample sample = new WindowSample();
        sample.add(new Window(episode, start, length));
        return sample;
    }

    private static double placedAtJointTimes(Batch batch) {
        double sum = 0;
        int start = 0;
        for (int k = 0; k < batch.rows(); k++) {
            sum += Math.pow(GAMMA, start) * batch.reward()[k];
            start = batch.tick()[k] + 1;
        }
        return sum;
    }

    private static int[] ints(Batch batch, int[] values) {
        return Arrays.copyOf(values, batch.rows());
    }

    private static double[] doubles(Batch batch, double[] values) {
        return Arrays.copyOf(values, batch.rows());
    }

    private static boolean[] flags(Batch batch, boolean[] values) {
        return Arrays.copyOf(values, batch.rows());
    }

    private static float[] floats(Batch batch, float[] values) {
        return Arrays.copyOf(values, batch.rows() * batch.stateSize());
    }

    /** The ticks at which an agent's packed macro-observations were seen. */
    private static List<Integer> seen(AgentBatch agent) {
        return IntStream.range(0, agent.positions())
                .mapToObj(p -> (int) agent.observations()[p])
                .toList();
    }
}
