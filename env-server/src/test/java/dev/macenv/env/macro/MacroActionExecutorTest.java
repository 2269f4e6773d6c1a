package dev.macenv.env.macro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.macenv.env.DecPomdp;
import dev.macenv.env.EnvironmentDescription;
import dev.macenv.env.JointExecution;
import dev.macenv.env.Label;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.PrimitiveMacroAction;
import dev.macenv.env.Settings;
import dev.macenv.env.SnapshotException;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.VectorSpec;
import dev.macenv.env.contract.MacDecPomdpContract;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class MacroActionExecutorTest {

    private static final int WAIT = 0;
    private static final int COUNT = 1;
    private static final int WANDER = 2;

    /** Two agents that count; {@link #log} tells in which order everything happened. */
    private static final class Counters implements DecPomdp {

        final int[] count = new int[2];
        final List<String> log = new ArrayList<>();
        boolean logging;
        double reward;
        int goal = Integer.MAX_VALUE;

        @Override
        public int agents() {
            return 2;
        }

        @Override
        public boolean deterministic() {
            return false;
        }

        @Override
        public void reset(RandomGenerator random) {
            count[0] = 0;
            count[1] = 0;
            reward = 0;
        }

        @Override
        public void beginTick(RandomGenerator random) {
            note("begin");
        }

        @Override
        public void act(int agent, int primitiveAction, RandomGenerator random) {
            note("act", agent);
            count[agent] += primitiveAction;
        }

        @Override
        public void endTick(RandomGenerator random) {
            note("end");
            if (!Double.isNaN(reward)) {
                reward = count[0] + count[1];
            }
        }

        @Override
        public double reward() {
            return reward;
        }

        @Override
        public boolean terminated() {
            return count[0] >= goal;
        }

        @Override
        public VectorSpec observationSpec(int agent) {
            return VectorSpec.of(new Label("counts", "own, other", 2, 0, 1000));
        }

        @Override
        public void observation(int agent, double[] out, int offset) {
            out[offset] = count[agent];
            out[offset + 1] = count[1 - agent];
        }

        @Override
        public VectorSpec stateSpec() {
            return VectorSpec.of(new Label("counts", "of both", 2, 0, 1000));
        }

        @Override
        public void state(double[] out, int offset) {
            observation(0, out, offset);
        }

        @Override
        public void save(SnapshotWriter out) {
            out.putInts(count);
            out.putDouble(reward);
        }

        @Override
        public void load(SnapshotReader in) {
            in.getInts(count);
            reward = in.getDouble();
        }

        void note(String what) {
            if (logging) {
                log.add(what);
            }
        }

        void note(String what, int agent) {
            if (logging) {
                log.add(what + " " + agent);
            }
        }
    }

    /** Counts until a multiple of 3; only even counts may start it. */
    private record CountToThree(MacroActionSpec spec) implements MacroAction<Counters> {

        CountToThree() {
            this(new MacroActionSpec("Count", "to the next multiple of 3", 1, 3, false));
        }

        @Override
        public boolean canStart(Counters domain, int agent) {
            return domain.count[agent] < 30;
        }

        @Override
        public int primitiveAction(Counters domain, int agent, JointExecution execution, RandomGenerator random) {
            domain.note("pi", agent);
            return 1;
        }

        @Override
        public double terminationProbability(Counters domain, int agent, JointExecution execution) {
            domain.note("beta", agent);
            return domain.count[agent] % 3 == 0 ? 1 : 0;
        }

        @Override
        public void ended(Counters domain, int agent) {
            domain.note("ended", agent);
        }
    }

    /** Ends with a given probability on each tick. */
    private record Wander(MacroActionSpec spec, double probability) implements MacroAction<Counters> {

        Wander(double probability) {
            this(new MacroActionSpec("Wander", "for a while", 1, 40, false), probability);
        }

        @Override
        public int primitiveAction(Counters domain, int agent, JointExecution execution, RandomGenerator random) {
            return random.nextInt(2);
        }

        @Override
        public double terminationProbability(Counters domain, int agent, JointExecution execution) {
            return probability;
        }
    }

    private static MacroActionExecutor<Counters> executor(Counters domain, double wanderEnds, int horizon) {
        List<MacroAction<? super Counters>> choices =
                List.of(new PrimitiveMacroAction<>("Wait", "one tick", 0), new CountToThree(), new Wander(wanderEnds));
        return new MacroActionExecutor<>(
                new EnvironmentDescription("counters", "1", "Two agents that count", List.of()),
                Settings.none(),
                domain,
                List.of(new AgentMacroActions<>("one", choices), new AgentMacroActions<>("two", choices)),
                horizon);
    }

    private static double[] observation(MacDecPomdp environment, int agent) {
        double[] observation = new double[2];
        environment.macroObservation(agent, observation, 0);
        return observation;
    }

    @Nested
    class Contract extends MacDecPomdpContract {

        @Override
        protected MacDecPomdp newEnvironment() {
            return executor(new Counters(), 0.2, 40);
        }
    }

    @Nested
    class ContractWithoutHorizon extends MacDecPomdpContract {

        @Override
        protected MacDecPomdp newEnvironment() {
            return executor(new Counters(), 0.5, 0);
        }
    }

    @Test
    void aTickHasFiveParts() {
        Counters domain = new Counters();
        MacroActionExecutor<Counters> environment = executor(domain, 1, 40);
        environment.reset(0);
        domain.count[1] = 2;
        domain.logging = true;

        environment.step(new int[] {COUNT, COUNT});

        assertThat(domain.log)
                .containsExactly("begin", "pi 0", "act 0", "pi 1", "act 1", "end", "beta 0", "beta 1", "ended 1");
        assertThat(environment.ended(0)).isFalse();
        assertThat(environment.ended(1)).isTrue();
        assertThat(observation(environment, 0)).containsExactly(0, 0);
        assertThat(observation(environment, 1)).containsExactly(3, 1);
    }

    @Test
    void aRequestIsReadOnlyWhenPending() {
        Counters domain = new Counters();
        MacroActionExecutor<Counters> environment = executor(domain, 1, 40);
        environment.reset(0);
        int[] requests = {COUNT, WAIT};

        environment.step(requests);
        requests[0] = -7;
        environment.step(requests);
        requests[0] = WAIT;
        environment.step(requests);

        assertThat(environment.macroAction(0)).isEqualTo(COUNT);
        assertThat(environment.ticks(0)).isEqualTo(2);
        assertThat(environment.ended(0)).isTrue();
        assertThat(observation(environment, 0)).containsExactly(3, 0);
        assertThat(environment.reward()).isEqualTo(3);
    }

    @Test
    void certainEndingsDrawNothing() {
        for (double certain : new double[] {0, 1}) {
            CountingRandom random = new CountingRandom();
            MacroActionExecutor<Counters> environment = executor(new Counters(), certain, 40);
            environment.drawFrom(random);
            environment.reset(0);
            environment.step(new int[] {WANDER, WAIT});
            // One draw by the low-level policy of Wander, none for the endings.
            assertThat(random.draws).isEqualTo(1);
            assertThat(environment.ended(0)).isEqualTo(certain == 1);
        }
        CountingRandom random = new CountingRandom();
        MacroActionExecutor<Counters> environment = executor(new Counters(), 0.5, 40);
        environment.drawFrom(random);
        environment.reset(0);
        environment.step(new int[] {WANDER, WAIT});
        assertThat(random.draws).isEqualTo(2);
    }

    private static final class CountingRandom implements RandomGenerator {

        private final SplitMix64 random = new SplitMix64(5);
        private int draws;

        @Override
        public long nextLong() {
            draws++;
            return random.nextLong();
        }

        @Override
        public int nextInt(int bound) {
            draws++;
            return random.nextInt(bound);
        }

        @Override
        public double nextDouble() {
            draws++;
            return random.nextDouble();
        }
    }

    @Test
    void endingsHappenAsOftenAsTheirProbabilitySays() {
        MacroActionExecutor<Counters> environment = executor(new Counters(), 0.25, 0);
        environment.reset(3);
        int ends = 0;
        int ticks = 20_000;
        for (int i = 0; i < ticks; i++) {
            environment.step(new int[] {WANDER, WAIT});
            ends += environment.ended(0) ? 1 : 0;
        }

        // Standard deviation 61.
        assertThat(ends).isBetween(5000 - 4 * 61, 5000 + 4 * 61);
    }

    @Test
    void aTerminationOnTheLastTickIsNoTruncation() {
        Counters domain = new Counters();
        domain.goal = 2;
        MacroActionExecutor<Counters> environment = executor(domain, 1, 2);
        environment.reset(0);
        environment.step(new int[] {COUNT, WAIT});
        environment.step(new int[] {COUNT, WAIT});

        assertThat(environment.terminated()).isTrue();
        assertThat(environment.truncated()).isFalse();
        assertThat(environment.ended(0)).isFalse();
        assertThatThrownBy(() -> environment.step(new int[] {COUNT, WAIT}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("step: the episode is over (expected: reset first)");
    }

    @Test
    void initiationSetsAreKeptAtTheStartOnly() {
        Counters domain = new Counters();
        MacroActionExecutor<Counters> environment = executor(domain, 1, 40);
        environment.reset(0);
        domain.count[0] = 29;
        environment.step(new int[] {COUNT, WAIT});
        assertThat(environment.ended(0)).isTrue();
        assertThat(environment.legal(0, COUNT)).isFalse();
        assertThat(environment.legal(1, COUNT)).isTrue();

        assertThatThrownBy(() -> environment.step(new int[] {COUNT, COUNT}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("macroActions[0]: 1, Count, cannot start here (expected: a legal macro-action)");
        assertThatThrownBy(() -> environment.step(new int[] {WAIT, 3}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("macroActions[1]: 3 (expected: 0..2)");
        assertThatThrownBy(() -> environment.step(new int[] {WAIT})).isInstanceOf(IllegalArgumentException.class);
        assertThat(environment.tick()).isEqualTo(1);

        // Going on beyond the initiation set is fine.
        domain.count[1] = 28;
        environment.step(new int[] {WAIT, COUNT});
        environment.step(new int[] {WAIT, WAIT});
        assertThat(domain.count[1]).isEqualTo(30);
    }

    @Test
    void faultsOfTheEnvironmentAreReported() {
        MacroActionExecutor<Counters> endless = executor(new Counters(), 0, 0);
        endless.reset(0);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        endless.step(new int[] {WANDER, WAIT});
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("agent 0: Wander has lasted 10000 ticks (expected: an end within 10000)");

        Counters notANumber = new Counters();
        MacroActionExecutor<Counters> broken = executor(notANumber, 0, 40);
        broken.reset(0);
        notANumber.reward = Double.NaN;
        assertThatThrownBy(() -> broken.step(new int[] {WAIT, WAIT}))
                .hasMessage("reward: NaN (expected: a finite number)");

        MacroActionExecutor<Counters> nonsense = executor(new Counters(), 1.5, 40);
        nonsense.reset(0);
        assertThatThrownBy(() -> nonsense.step(new int[] {WANDER, WAIT}))
                .hasMessage("termination probability: 1.5 (expected: 0..1)");

        assertThatThrownBy(() -> executor(new Counters(), 1, 40).step(new int[] {WAIT, WAIT}))
                .hasMessage("step: the episode was never begun (expected: reset first)");
    }

    @Test
    void aSnapshotOfAnotherEnvironmentIsRefused() {
        MacroActionExecutor<Counters> environment = executor(new Counters(), 1, 40);
        MacroActionExecutor<Counters> other = executor(new Counters(), 1, 41);
        environment.reset(0);
        other.reset(0);

        assertThatThrownBy(() -> other.restore(environment.snapshot()))
                .isInstanceOfSatisfying(
                        SnapshotException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(SnapshotException.Reason.MISMATCH));
    }

    @Test
    void theTeamFitsTheDomain() {
        assertThatThrownBy(() -> new MacroActionExecutor<>(
                        new EnvironmentDescription("counters", "1", "", List.of()),
                        Settings.none(),
                        new Counters(),
                        List.of(),
                        9))
                .hasMessage("team: 0 agents (expected: 2, as the domain has)");
    }
}
