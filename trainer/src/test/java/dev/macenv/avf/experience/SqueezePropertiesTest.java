package dev.macenv.avf.experience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What holds for squeezing any episode; each property has a control that must break it. */
class SqueezePropertiesTest {
    private static final double GAMMA = 0.93;
    private static final SqueezeSettings DEFAULTS = settings(Rewards.JOINT, Recurrence.HOLD);

    @Seeds(200)
    void preservesTheDiscountedReturnOfATerminatedEpisode(long seed) {
        Random random = new Random(seed);
        Script script = script(random, Ending.TERMINATED);
        Episode episode = script.perEvent();
        Batch batch = joint(DEFAULTS, script).apply(whole(episode));
        assertThat(telescoped(batch)).isCloseTo(episode.discountedReturn(GAMMA), within(1e-9));
    }

    @Seeds(200)
    void jointDurationsSumToTheEpisode(long seed) {
        Random random = new Random(seed);
        Script script = script(random, Ending.TERMINATED);
        Batch batch = joint(DEFAULTS, script).apply(whole(script.perEvent()));
        assertThat(Arrays.stream(batch.tau(), 0, batch.rows()).sum()).isEqualTo(script.ticks());
    }

    /** Control: macro-start rewards overlap, so that over the same seeds neither property holds throughout. */
    @Test
    void macroStartPreservesNeither() {
        int broken = 0;
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            Script script = script(random, Ending.TERMINATED);
            Batch batch = joint(settings(Rewards.MACRO_START, Recurrence.HOLD), script)
                    .apply(whole(script.perEvent()));
            int sum = Arrays.stream(batch.tau(), 0, batch.rows()).sum();
            boolean same = Math.abs(telescoped(batch) - script.perEvent().discountedReturn(GAMMA)) < 1e-9;
            broken += sum != script.ticks() && !same ? 1 : 0;
        }
        assertThat(broken).isGreaterThan(10);
    }

    @Seeds(200)
    void aTruncatedEpisodeLosesOnlyItsLastInterval(long seed) {
        Random random = new Random(seed);
        Script script = script(random, Ending.TRUNCATED);
        Batch batch = joint(DEFAULTS, script).apply(whole(script.perTick()));
        int lastEnd = script.ticks();
        while (lastEnd > 0 && !script.anyEnded(lastEnd - 1)) {
            lastEnd--;
        }
        assertThat(Arrays.stream(batch.tau(), 0, batch.rows()).sum()).isEqualTo(lastEnd);
        for (int k = 0; k < batch.rows(); k++) {
            assertThat(batch.terminal()[k]).isFalse();
        }
    }

    @Seeds(200)
    void recordingPerTickPerEventOrWithLooksIsAlike(long seed) {
        Random random = new Random(seed);
        Script script = script(random, random.nextBoolean() ? Ending.TERMINATED : Ending.TRUNCATED);
        int length = random.nextInt(1, script.ticks() + 3);
        int start = random.nextInt(1 - length, script.ticks());
        SqueezeSettings settings = new SqueezeSettings(
                pick(random, Rewards.values()),
                pick(random, Discounting.values()),
                pick(random, Recurrence.values()),
                SqueezeSettings.BurnIn.NONE,
                random.nextBoolean(),
                random.nextBoolean());
        MixerState state = random.nextBoolean() ? MixerState.JOINT_MACRO : MixerState.SINGLE;
        String reference = "";
        for (Episode episode : new Episode[] {script.perTick(), script.perEvent(), script.withLooks(random)}) {
            WindowSample sample = new WindowSample();
            sample.add(new Window(episode, start, length));
            String text = describe(
                    Squeeze.joint(settings, GAMMA, state, script.shape()).apply(sample));
            for (int i = 0; i < script.shape().agents(); i++) {
                text += describe(Squeeze.own(settings, GAMMA, script.shape(), i).apply(sample));
            }
            reference = reference.isEmpty() ? text : reference;
            assertThat(text).isEqualTo(reference);
        }
    }

    @Seeds(60)
    void whatARowLeadsToIsWhatTheNextRowStartsFrom(long seed) {
        Random random = new Random(seed);
        Script script = script(random, Ending.TRUNCATED);
        for (Recurrence recurrence : Recurrence.values()) {
            Batch batch = joint(settings(Rewards.JOINT, recurrence), script).apply(whole(script.perEvent()));
            int size = batch.stateSize();
            for (int k = 0; k + 1 < batch.rows(); k++) {
                for (int i = 0; i < batch.agents(); i++) {
                    AgentBatch agent = batch.agent(i);
                    assertThat(agent.next()[k]).isEqualTo(agent.current()[k + 1]);
                    assertThat(agent.done()[k]).isEqualTo(agent.free()[k + 1]);
                }
                assertThat(Arrays.copyOfRange(batch.nextState(), k * size, (k + 1) * size))
                        .containsExactly(Arrays.copyOfRange(batch.state(), (k + 1) * size, (k + 2) * size));
            }
        }
    }

    /** Rows, maps, free sets and macro-states against a direct reading of the definitions, many windows in one batch. */
    @Seeds(60)
    void everyRowIsWhatTheDefinitionsSay(long seed) {
        Random random = new Random(seed);
        TeamShape shape = Script.randomShape(random);
        int windows = random.nextInt(1, 8);
        Script[] scripts = new Script[windows];
        int[] starts = new int[windows];
        int[] lengths = new int[windows];
        WindowSample sample = new WindowSample();
        for (int b = 0; b < windows; b++) {
            Ending ending = random.nextBoolean() ? Ending.TERMINATED : Ending.TRUNCATED;
            scripts[b] = Script.random(random, shape, random.nextInt(1, 25), ending, 1);
            lengths[b] = random.nextInt(1, 10);
            starts[b] = random.nextInt(1 - lengths[b], scripts[b].ticks());
            sample.add(new Window(scripts[b].perEvent(), starts[b], lengths[b]));
        }
        Batch batch =
                Squeeze.joint(DEFAULTS, GAMMA, MixerState.JOINT_MACRO, shape).apply(sample);
        int row = 0;
        for (int b = 0; b < windows; b++) {
            Script script = scripts[b];
            int last = script.ticks() - 1;
            for (int t = Math.max(0, starts[b]); t < Math.min(script.ticks(), starts[b] + lengths[b]); t++) {
                boolean closes = t == last && script.ending() == Ending.TERMINATED;
                if (!script.anyEnded(t) && !closes) {
                    continue;
                }
                int jointStart = t;
                while (jointStart > 0 && !script.anyEnded(jointStart - 1)) {
                    jointStart--;
                }
                double reward = 0;
                for (int u = jointStart; u <= t; u++) {
                    reward += Math.pow(GAMMA, u - jointStart) * script.reward(u);
                }
                assertThat(batch.window()[row]).isEqualTo(b);
                assertThat(batch.tick()[row]).isEqualTo(t);
                assertThat(batch.reward()[row]).isCloseTo(reward, within(1e-9));
                assertThat(batch.discount()[row]).isCloseTo(Math.pow(GAMMA, t - jointStart + 1), within(1e-12));
                assertThat(batch.terminal()[row]).isEqualTo(closes);
                for (int i = 0; i < shape.agents(); i++) {
                    boolean done = script.ended(t, i) || closes;
                    int start = start(script, t, i);
                    AgentBatch agent = batch.agent(i);
                    assertThat(agent.action()[row]).isEqualTo(script.macroAction(t, i));
                    assertThat(agent.done()[row]).isEqualTo(done);
                    assertThat(agent.free()[row]).isEqualTo(start == jointStart);
                    assertSeen(script, agent, agent.current()[row], i, start);
                    if (!closes) {
                        assertSeen(script, agent, agent.next()[row], i, done ? t + 1 : start);
                    }
                    int offset = row * batch.stateSize() + i * shape.stateSize();
                    for (int j = 0; j < shape.stateSize(); j++) {
                        assertThat(batch.state()[offset + j]).isEqualTo(script.state(start, j));
                        assertThat(batch.nextState()[offset + j]).isEqualTo(script.state(done ? t + 1 : start, j));
                    }
                }
                row++;
            }
        }
        assertThat(batch.rows()).isEqualTo(row);
    }

    /** HOLD holds an agent's own decisions of the window, each once, in order; nothing else is evaluated. */
    @Seeds(50)
    void holdEvaluatesEachOwnDecisionOnce(long seed) {
        Random random = new Random(seed);
        Script script = script(random, Ending.TRUNCATED);
        Batch batch = joint(DEFAULTS, script).apply(whole(script.perEvent()));
        if (batch.rows() == 0) {
            return;
        }
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            int decisions = 1;
            for (int k = 0; k < batch.rows(); k++) {
                decisions += agent.done()[k] ? 1 : 0;
            }
            assertThat(agent.positions()).isEqualTo(decisions);
        }
    }

    @Seeds(50)
    void packingRanksSequencesLongestFirst(long seed) {
        Random random = new Random(seed);
        int sequences = random.nextInt(1, 12);
        int[] lengths = random.ints(sequences, 1, 9).toArray();
        AgentBatch agent = new AgentBatch(false, 1, 1);
        agent.layOut(lengths, sequences);
        boolean[] taken = new boolean[Arrays.stream(lengths).sum()];
        assertThat(agent.positions()).isEqualTo(taken.length);
        assertThat(agent.steps()).isEqualTo(Arrays.stream(lengths).max().orElseThrow());
        for (int s = 0; s < agent.steps(); s++) {
            int step = s;
            long active = Arrays.stream(lengths).filter(length -> length > step).count();
            assertThat(agent.stepCounts()[s]).isEqualTo((int) active);
        }
        for (int b = 0; b < sequences; b++) {
            for (int s = 0; s < lengths[b]; s++) {
                int position = agent.position(b, s);
                assertThat(taken[position]).isFalse();
                taken[position] = true;
                int before = Arrays.stream(agent.stepCounts(), 0, s).sum();
                assertThat(position - before).isEqualTo(agent.position(b, 0)).isLessThan(agent.stepCounts()[s]);
            }
        }
    }

    /** Agents alike: the rows of {@code eachOwn} are those of every agent's own view, window by window. */
    @Seeds(60)
    void eachOwnIsEveryAgentsOwnViewOneBelowTheOther(long seed) {
        Random random = new Random(seed);
        TeamShape shape = new TeamShape(new int[] {2, 2, 2}, new int[] {3, 3, 3}, 1);
        Squeeze each = Squeeze.eachOwn(DEFAULTS, GAMMA, shape);
        WindowSample sample = new WindowSample();
        for (int b = 0; b < 4; b++) {
            Ending ending = random.nextBoolean() ? Ending.TERMINATED : Ending.TRUNCATED;
            Episode episode = Script.random(random, shape, random.nextInt(1, 20), ending, 1)
                    .perEvent();
            sample.add(new Window(episode, random.nextInt(-5, episode.ticks()), 6));
        }
        Batch all = each.apply(sample);
        int row = 0;
        for (int b = 0; b < sample.size(); b++) {
            for (int i = 0; i < 3; i++) {
                Batch own = Squeeze.own(DEFAULTS, GAMMA, shape, i).apply(sample);
                for (int k = 0; k < own.rows(); k++) {
                    if (own.window()[k] == b) {
                        assertThat(row(all, row, i)).isEqualTo(row(own, k, i));
                        row++;
                    }
                }
            }
        }
        assertThat(all.rows()).isEqualTo(row);
    }

    private static String row(Batch batch, int k, int seat) {
        AgentBatch agent = batch.agent(0);
        StringBuilder text = new StringBuilder();
        for (int position : new int[] {agent.current()[k], agent.next()[k]}) {
            assertThat(agent.seats()[position]).isEqualTo(seat);
            text.append(Arrays.toString(Arrays.copyOfRange(agent.observations(), 2 * position, 2 * position + 2)))
                    .append(Arrays.toString(Arrays.copyOfRange(agent.legal(), 3 * position, 3 * position + 3)))
                    .append(agent.previousMacroActions()[position]);
        }
        return text
                + " %s %s %s %s %s %s %s %s"
                        .formatted(
                                batch.reward()[k],
                                batch.discount()[k],
                                batch.tau()[k],
                                batch.tick()[k],
                                batch.terminal()[k],
                                agent.action()[k],
                                agent.done()[k],
                                agent.free()[k]);
    }

    private static void assertSeen(Script script, AgentBatch agent, int position, int i, int tick) {
        for (int j = 0; j < agent.observationSize(); j++) {
            assertThat(agent.observations()[position * agent.observationSize() + j])
                    .isEqualTo(script.seen(i, tick, j));
        }
        for (int a = 0; a < agent.actionCount(); a++) {
            assertThat(agent.legal()[position * agent.actionCount() + a]).isEqualTo(script.legal(i, tick, a));
        }
    }

    private static int start(Script script, int tick, int agent) {
        int start = tick;
        while (start > 0 && !script.ended(start - 1, agent)) {
            start--;
        }
        return start;
    }

    private static <T> T pick(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private static Script script(Random random, Ending ending) {
        return Script.random(random, Script.randomShape(random), random.nextInt(1, 40), ending, 1);
    }

    private static SqueezeSettings settings(Rewards rewards, Recurrence recurrence) {
        return new SqueezeSettings(
                rewards, Discounting.GAMMA_TAU, recurrence, SqueezeSettings.BurnIn.NONE, true, false);
    }

    private static Squeeze joint(SqueezeSettings settings, Script script) {
        return Squeeze.joint(settings, GAMMA, MixerState.JOINT_MACRO, script.shape());
    }

    private static WindowSample whole(Episode episode) {
        WindowSample sample = new WindowSample();
        sample.add(Window.whole(episode));
        return sample;
    }

    private static double telescoped(Batch batch) {
        double sum = 0;
        int start = 0;
        for (int k = 0; k < batch.rows(); k++) {
            sum += Math.pow(GAMMA, start) * batch.reward()[k];
            start = batch.tick()[k] + 1;
        }
        return sum;
    }

    private static String describe(Batch batch) {
        StringBuilder text = new StringBuilder();
        int rows = batch.rows();
        text.append(Arrays.toString(Arrays.copyOf(batch.reward(), rows)))
                .append(Arrays.toString(Arrays.copyOf(batch.discount(), rows)))
                .append(Arrays.toString(Arrays.copyOf(batch.tau(), rows)))
                .append(Arrays.toString(Arrays.copyOf(batch.terminal(), rows)))
                .append(Arrays.toString(Arrays.copyOf(batch.state(), rows * batch.stateSize())))
                .append(Arrays.toString(Arrays.copyOf(batch.nextState(), rows * batch.stateSize())));
        for (int i = 0; i < batch.agents(); i++) {
            AgentBatch agent = batch.agent(i);
            text.append(Arrays.toString(Arrays.copyOf(agent.action(), rows)))
                    .append(Arrays.toString(Arrays.copyOf(agent.done(), rows)))
                    .append(Arrays.toString(Arrays.copyOf(agent.free(), rows)))
                    .append(Arrays.toString(Arrays.copyOf(agent.current(), rows)))
                    .append(Arrays.toString(Arrays.copyOf(agent.next(), rows)));
            if (rows > 0) {
                int positions = agent.positions();
                text.append(Arrays.toString(Arrays.copyOf(agent.observations(), positions * agent.observationSize())))
                        .append(Arrays.toString(Arrays.copyOf(agent.legal(), positions * agent.actionCount())));
            }
        }
        return text.toString();
    }
}
