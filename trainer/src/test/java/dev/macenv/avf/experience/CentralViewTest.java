package dev.macenv.avf.experience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.avf.experience.SqueezeSettings.Discounting;
import dev.macenv.avf.experience.SqueezeSettings.Recurrence;
import dev.macenv.avf.experience.SqueezeSettings.Rewards;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The whole team seen as one agent: the rows of the joint view, with everything side by side. */
class CentralViewTest {
    private static final double GAMMA = 0.93;

    @Seeds(100)
    void hasTheRowsOfTheJointView(long seed) {
        Random random = new Random(seed);
        Case with = new Case(random);
        Batch joint = with.joint();
        Batch central = with.central();
        assertThat(central.rows()).isEqualTo(joint.rows());
        assertThat(central.sequences()).isEqualTo(joint.sequences());
        assertThat(Arrays.copyOf(central.reward(), central.rows()))
                .isEqualTo(Arrays.copyOf(joint.reward(), joint.rows()));
        assertThat(Arrays.copyOf(central.discount(), central.rows()))
                .isEqualTo(Arrays.copyOf(joint.discount(), joint.rows()));
        assertThat(Arrays.copyOf(central.terminal(), central.rows()))
                .isEqualTo(Arrays.copyOf(joint.terminal(), joint.rows()));
    }

    @Seeds(100)
    void numbersJointMacroActionsWithAgentZeroSlowest(long seed) {
        Random random = new Random(seed);
        Case with = new Case(random);
        Batch joint = with.joint();
        AgentBatch team = with.central().agent(0);
        JointActions numbers = new JointActions(team.actionCounts());
        for (int k = 0; k < joint.rows(); k++) {
            int index = 0;
            for (int i = 0; i < joint.agents(); i++) {
                int macroAction = joint.agent(i).action()[k];
                assertThat(numbers.macroAction(team.action()[k], i)).isEqualTo(macroAction);
                index += numbers.stride(i) * macroAction;
            }
            assertThat(team.action()[k]).isEqualTo(index);
        }
    }

    /** Before and after every row: what all hold, and for whom what is admissible. */
    @Seeds(100)
    void putsMacroObservationsAndAdmissibleMacroActionsSideBySide(long seed) {
        Random random = new Random(seed);
        Case with = new Case(random);
        Batch joint = with.joint();
        Batch central = with.central();
        AgentBatch team = central.agent(0);
        for (int k = 0; k < central.rows(); k++) {
            int seen = 0;
            int mask = 0;
            for (int i = 0; i < joint.agents(); i++) {
                AgentBatch agent = joint.agent(i);
                int[] here = {team.current()[k], agent.current()[k]};
                int[] after = {team.next()[k], agent.next()[k]};
                assertSideBySide(team, here[0], seen, mask, agent, here[1], agent.free()[k], agent.action()[k]);
                if (!central.terminal()[k]) {
                    assertSideBySide(team, after[0], seen, mask, agent, after[1], agent.done()[k], agent.action()[k]);
                }
                seen += agent.observationSize();
                mask += agent.actionCount();
            }
        }
    }

    private static void assertSideBySide(
            AgentBatch team, int position, int seen, int mask, AgentBatch agent, int own, boolean free, int ongoing) {
        int size = agent.observationSize();
        int from = position * team.observationSize() + seen;
        assertThat(Arrays.copyOfRange(team.observations(), from, from + size))
                .isEqualTo(Arrays.copyOfRange(agent.observations(), own * size, (own + 1) * size));
        for (int m = 0; m < agent.actionCount(); m++) {
            boolean expected = free ? agent.legal()[own * agent.actionCount() + m] : m == ongoing;
            assertThat(team.legal()[position * team.legalSize() + mask + m]).isEqualTo(expected);
        }
    }

    /** The controller decides at the start of every row, so that its history has a step for each, and one after the last. */
    @Seeds(100)
    void advancesAtEveryRow(long seed) {
        Random random = new Random(seed);
        Batch central = new Case(random).central();
        AgentBatch team = central.agent(0);
        int terminals = 0;
        for (int k = 0; k < central.rows(); k++) {
            terminals += central.terminal()[k] ? 1 : 0;
            boolean followed = k + 1 < central.rows() && central.window()[k + 1] == central.window()[k];
            if (followed) {
                assertThat(team.next()[k]).isEqualTo(team.current()[k + 1]).isNotEqualTo(team.current()[k]);
            }
        }
        assertThat(team.positions()).isEqualTo(central.rows() + central.sequences() - terminals);
    }

    @Test
    void aTableOfTooManyJointMacroActionsIsRefusedWithTheReason() {
        int[] sizes = new int[40];
        int[] counts = new int[40];
        Arrays.fill(sizes, 1);
        Arrays.fill(counts, 1 << 8);
        assertThatThrownBy(() -> new TeamShape(sizes, counts, 0).central())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("joint macro-actions: more than 65536");
        assertThat(new JointActions(1 << 8, 1 << 8).count()).isEqualTo(JointActions.MOST);
    }

    /** Several windows of a random script, in a random way of recording, seen both ways. */
    private static final class Case {
        private final SqueezeSettings settings;
        private final Script script;
        private final WindowSample sample = new WindowSample();

        Case(Random random) {
            settings = new SqueezeSettings(
                    Rewards.JOINT,
                    Discounting.GAMMA_TAU,
                    Recurrence.REPEAT,
                    SqueezeSettings.BurnIn.NONE,
                    random.nextBoolean(),
                    random.nextBoolean());
            TeamShape shape = Script.randomShape(random);
            Ending ending = random.nextBoolean() ? Ending.TERMINATED : Ending.TRUNCATED;
            script = Script.random(random, shape, random.nextInt(1, 25), ending, 0.1);
            Episode episode = random.nextBoolean() ? script.perEvent() : script.withLooks(random);
            for (int b = 0; b < 4; b++) {
                int length = random.nextInt(1, script.ticks() + 3);
                sample.add(new Window(episode, random.nextInt(1 - length, script.ticks()), length));
            }
        }

        Batch joint() {
            return Squeeze.joint(settings, GAMMA, MixerState.NONE, script.shape())
                    .apply(sample);
        }

        Batch central() {
            return Squeeze.central(settings, GAMMA, script.shape()).apply(sample);
        }
    }
}
