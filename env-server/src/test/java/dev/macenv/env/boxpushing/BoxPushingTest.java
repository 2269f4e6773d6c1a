package dev.macenv.env.boxpushing;

import static dev.macenv.env.boxpushing.Episodes.BIG_LEFT;
import static dev.macenv.env.boxpushing.Episodes.BIG_RIGHT;
import static dev.macenv.env.boxpushing.Episodes.FORWARD;
import static dev.macenv.env.boxpushing.Episodes.PRIMITIVE_TURN_LEFT;
import static dev.macenv.env.boxpushing.Episodes.PRIMITIVE_TURN_RIGHT;
import static dev.macenv.env.boxpushing.Episodes.PUSH;
import static dev.macenv.env.boxpushing.Episodes.SMALL_LEFT;
import static dev.macenv.env.boxpushing.Episodes.SMALL_RIGHT;
import static dev.macenv.env.boxpushing.Episodes.STAY;
import static dev.macenv.env.boxpushing.Episodes.TURN_LEFT;
import static dev.macenv.env.boxpushing.Episodes.TURN_RIGHT;
import static dev.macenv.env.boxpushing.Episodes.agent;
import static dev.macenv.env.boxpushing.Episodes.begin;
import static dev.macenv.env.boxpushing.Episodes.box;
import static dev.macenv.env.boxpushing.Episodes.concat;
import static dev.macenv.env.boxpushing.Episodes.play;
import static dev.macenv.env.boxpushing.Episodes.repeat;
import static dev.macenv.env.boxpushing.Episodes.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoxPushingTest {

    @ParameterizedTest
    @CsvSource({
        "bp-6, 99.4, 6",
        "bp-8, 99.2, 8",
        "bp-10, 98.9, 11",
        "bp-20, 97.4, 26",
        "bp-30, 95.9, 41",
    })
    void theBigBoxTogetherIsTheOptimum(String id, double best, int ticks) {
        MacDecPomdp environment = begin(id);

        double sum = play(environment, script(BIG_LEFT, PUSH), script(BIG_RIGHT, PUSH));

        assertThat(sum).isCloseTo(best, within(1e-9));
        assertThat(environment.tick()).isEqualTo(ticks);
        assertThat(environment.terminated()).isTrue();
        assertThat(environment.ended(0)).isTrue();
        assertThat(environment.ended(1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"bp-6, 19.6, 4", "bp-8, 19.4, 6", "bp-10, 19.2, 8", "bp-20, 18.2, 18", "bp-30, 17.2, 28"})
    void bothSmallBoxesAtOnceIsTheTrap(String id, double sum, int ticks) {
        MacDecPomdp environment = begin(id);

        assertThat(play(environment, script(SMALL_LEFT, PUSH), script(SMALL_RIGHT, PUSH)))
                .isCloseTo(sum, within(1e-9));
        assertThat(environment.tick()).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({"bp-10-prim, 10, 98.9, 11", "bp-20-prim, 20, 97.4, 26", "bp-30-prim, 30, 95.9, 41"})
    void primitiveActionsReachTheSameOptimum(String id, int n, double best, int ticks) {
        MacDecPomdp environment = begin(id);
        int[] walk = repeat(n / 2 - 2, FORWARD);
        int[] pushes = repeat(n, FORWARD);

        double sum = play(
                environment,
                concat(walk, script(PRIMITIVE_TURN_LEFT), pushes),
                concat(walk, script(PRIMITIVE_TURN_RIGHT), pushes));

        assertThat(sum).isCloseTo(best, within(1e-9));
        assertThat(environment.tick()).isEqualTo(ticks);
    }

    @ParameterizedTest
    @CsvSource({
        "rewards, paper, 98.9, 19.2",
        "rewards, macromarl, 298.9, 39.2",
    })
    void presetsScaleTheRewards(String setting, String preset, double big, double small) {
        Map<String, ?> settings = Map.of(setting, preset);

        assertThat(play(begin("bp-10", settings), script(BIG_LEFT, PUSH), script(BIG_RIGHT, PUSH)))
                .isCloseTo(big, within(1e-9));
        assertThat(play(begin("bp-10", settings), script(SMALL_LEFT, PUSH), script(SMALL_RIGHT, PUSH)))
                .isCloseTo(small, within(1e-9));
    }

    @Test
    void explicitRewardsWinOverThePreset() {
        Map<String, ?> settings = Map.of("rewards", "macromarl", "smallReward", 7, "penalty", -3, "stepReward", -1);

        assertThat(play(begin("bp-10", settings), script(BIG_LEFT, PUSH), script(BIG_RIGHT, PUSH)))
                .isCloseTo(300 - 11, within(1e-9));
        assertThat(play(begin("bp-10", settings), script(SMALL_LEFT, PUSH), script(SMALL_RIGHT, PUSH)))
                .isCloseTo(14 - 8, within(1e-9));
        MacDecPomdp alone = begin("bp-10", settings);
        assertThat(play(alone, script(BIG_LEFT, PUSH), script(STAY))).isCloseTo(-3 - alone.tick(), within(1e-9));
    }

    @Test
    void pushingTheBigBoxAloneOrNotAtOnceIsPenalised() {
        MacDecPomdp alone = begin("bp-10");
        assertThat(play(alone, script(BIG_LEFT, PUSH), script())).isCloseTo(-10 - 0.1 * alone.tick(), within(1e-9));
        assertThat(agent(alone, 0)).first().isEqualTo(4.5);
        assertThat(box(alone, 2)).last().isEqualTo(5.5);

        MacDecPomdp late = begin("bp-10");
        assertThat(play(late, script(BIG_LEFT, PUSH), script(BIG_RIGHT, STAY, PUSH)))
                .isCloseTo(-20 - 0.1 * late.tick(), within(1e-9));
    }

    /** The other must begin its Push on this very tick: one that has long been pushing, elsewhere, does not count. */
    @Test
    void joiningAPushThatIsGoingOnLiftsNothing() {
        MacDecPomdp environment = begin("bp-10");
        play(environment, script(BIG_LEFT, TURN_LEFT, PUSH, TURN_RIGHT), script(BIG_RIGHT));
        environment.step(new int[] {PUSH, STAY});
        assertThat(environment.ended(0)).isFalse();

        environment.step(new int[] {PUSH, PUSH});

        assertThat(environment.reward()).isCloseTo(-10.1, within(1e-9));
        assertThat(box(environment, 2)).containsExactly(5.0, 5.5);
    }

    @Test
    void primitiveAgentsLiftOnlyFromBelowDifferentHalves() {
        MacDecPomdp environment = begin("bp-10-prim");
        int stay = 3;
        int[] up = repeat(3, FORWARD);
        play(
                environment,
                concat(repeat(3, FORWARD), script(PRIMITIVE_TURN_LEFT), up, script(stay)),
                concat(repeat(4, FORWARD), script(PRIMITIVE_TURN_RIGHT), up));
        assertThat(agent(environment, 0)).containsExactly(4.5, 4.5, 0).isEqualTo(agent(environment, 1));

        environment.step(new int[] {FORWARD, FORWARD});

        assertThat(environment.reward()).isCloseTo(-20.1, within(1e-9));
        assertThat(box(environment, 2)).containsExactly(5.0, 5.5);
    }

    /** Q1: the spots where a Go-to last ended count, not where the agents are. */
    @Test
    void agentsThatStrayedStillLiftTheBigBox() {
        MacDecPomdp environment = begin("bp-10");
        // Agent 0 leaves the left spot downwards to the boundary, and looks up again.
        play(environment, script(BIG_LEFT, TURN_LEFT, TURN_LEFT, PUSH, TURN_LEFT, TURN_LEFT), script(BIG_RIGHT));
        assertThat(agent(environment, 0)).startsWith(4.5, 0.5, 0, 2);

        play(environment, script(PUSH), script(PUSH));

        assertThat(environment.terminated()).isTrue();
        assertThat(environment.reward()).isCloseTo(99.9, within(1e-9));
        assertThat(agent(environment, 0)).startsWith(4.5, 4.5, 0, 2);
        assertThat(box(environment, 2)).containsExactly(5.0, 9.5);
    }

    /** Q1 and Q3: from the top row the joint push takes the agents out of the grid. */
    @Test
    void aJointPushFromTheTopRowLeavesTheGrid() {
        MacDecPomdp environment = begin("bp-10");
        play(environment, script(BIG_LEFT, TURN_LEFT, PUSH, TURN_RIGHT, PUSH), script(BIG_RIGHT));
        assertThat(agent(environment, 0)).startsWith(0.5, 9.5, 0, 2);

        play(environment, script(PUSH), script(PUSH));

        assertThat(environment.terminated()).isTrue();
        assertThat(agent(environment, 0)).startsWith(0.5, 13.5, 0, 2);
        assertThat(agent(environment, 1)).startsWith(5.5, 8.5, 0, 3);
    }

    /** Q2: obstacles are looked for in the row of small box 0, at the columns of all boxes. */
    @Test
    void agentsWalkThroughBoxesOnceSmallBox0WasPushedUp() {
        BoxPushing world = new BoxPushing(new Layout(10), new Rewards(100, 10, -10, -0.1), true);
        GoTo belowBigBox = new GoTo("Go-to-Big-Box(left)", "", BIG_LEFT, 100);
        SplitMix64 random = new SplitMix64(0);
        world.reset(random);
        JointExecution execution = new Nothing();
        int down = 2;

        // Right above the left half of the big box, looking down: the box is in the way.
        world.agentX[0] = 9;
        world.agentY[0] = 13;
        world.orientation[0] = down;
        assertThat(belowBigBox.primitiveAction(world, 0, execution, random)).isNotEqualTo(BoxPushing.WALK);

        // Small box 0 is pushed up: now it is not.
        world.boxY[0] += 2 * Layout.CELL;
        assertThat(belowBigBox.primitiveAction(world, 0, execution, random)).isEqualTo(BoxPushing.WALK);

        // But the empty cell in the row of small box 0 is.
        world.agentY[0] = 17;
        assertThat(belowBigBox.primitiveAction(world, 0, execution, random)).isNotEqualTo(BoxPushing.WALK);
    }

    /** Q3: the path planner knows no boundary. */
    @Test
    void agentsEvadeObstaclesBeyondTheGrid() {
        BoxPushing world = new BoxPushing(new Layout(6), new Rewards(100, 10, -10, -0.1), true);
        GoTo belowSmallBox = new GoTo("Go-to-Small-Box(0)", "", SMALL_LEFT, 100);
        SplitMix64 random = new SplitMix64(0);
        world.reset(random);
        // In the first column, above the box, looking left: out of the grid is as good a way round as any, and needs no
        // turn.
        world.agentX[0] = 1;
        world.agentY[0] = 9;
        world.orientation[0] = 3;

        world.act(0, belowSmallBox.primitiveAction(world, 0, new Nothing(), random), random);

        assertThat(world.agentX[0]).isEqualTo(-1);
    }

    /** No macro-action in effect. */
    private record Nothing() implements JointExecution {

        @Override
        public int macroAction(int agent) {
            return -1;
        }

        @Override
        public int ticks(int agent) {
            return 0;
        }

        @Override
        public boolean ended(int agent) {
            return true;
        }
    }

    /** Q4: coming to the boundary is free, pushing on is not. */
    @Test
    void onlyAPushThatBeginsAtTheBoundaryIsPenalised() {
        MacDecPomdp environment = begin("bp-10");

        double coming = play(environment, script(PUSH), script(TURN_LEFT));
        assertThat(environment.ended(0)).isTrue();
        assertThat(agent(environment, 0)).startsWith(9.5, 1.5, 1);
        assertThat(coming).isCloseTo(-0.1 * environment.tick(), within(1e-9));

        environment.step(new int[] {PUSH, STAY});
        assertThat(environment.reward()).isCloseTo(-10.1, within(1e-9));
        assertThat(environment.ended(0)).isTrue();
    }

    /** 1.8, and that agents may share a cell. */
    @Test
    void agentsSeeTheCellAheadAndWalkThroughEachOther() {
        MacDecPomdp environment = begin("bp-10");
        assertThat(observation(environment, 0)).containsExactly(0, 0, 1, 0, 0);

        play(environment, script(SMALL_LEFT), script(BIG_RIGHT));
        assertThat(observation(environment, 0)).containsExactly(1, 0, 0, 0, 0);
        assertThat(observation(environment, 1)).containsExactly(0, 1, 0, 0, 0);

        play(environment, script(TURN_LEFT, PUSH), script(BIG_LEFT));
        assertThat(observation(environment, 0)).containsExactly(0, 0, 0, 1, 0);

        play(environment, script(BIG_LEFT), script());
        assertThat(agent(environment, 0)).startsWith(4.5, 4.5, 0);
        assertThat(agent(environment, 1)).startsWith(4.5, 4.5, 0);

        play(environment, script(TURN_RIGHT), script(BIG_RIGHT, TURN_LEFT));
        play(environment, script(STAY), script(STAY));
        assertThat(observation(environment, 0)).containsExactly(0, 0, 0, 0, 1);
        assertThat(observation(environment, 1)).containsExactly(0, 0, 0, 0, 1);
    }

    private static double[] observation(MacDecPomdp environment, int agent) {
        double[] observation = new double[5];
        environment.macroObservation(agent, observation, 0);
        return observation;
    }

    /** Wherever turning and staying are all that happens, the two versions are one environment. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void oneTickMacroActionsAreThePrimitiveVersion(long seed) {
        MacDecPomdp macro = begin("bp-10");
        MacDecPomdp primitive = begin("bp-10-prim");
        SplitMix64 random = new SplitMix64(seed);
        double[] expected = new double[18];
        double[] got = new double[18];
        int[] requests = new int[2];
        int[] primitiveRequests = new int[2];
        while (!macro.truncated()) {
            for (int agent = 0; agent < 2; agent++) {
                int choice = random.nextInt(3);
                requests[agent] = TURN_LEFT + choice;
                primitiveRequests[agent] = PRIMITIVE_TURN_LEFT + choice;
            }
            macro.step(requests);
            primitive.step(primitiveRequests);

            macro.state(expected, 0);
            primitive.state(got, 0);
            assertThat(got).isEqualTo(expected);
            assertThat(primitive.reward()).isEqualTo(macro.reward());
            for (int agent = 0; agent < 2; agent++) {
                assertThat(primitive.ended(agent)).isTrue();
                assertThat(macro.ended(agent)).isTrue();
                macro.macroObservation(agent, expected, 0);
                primitive.macroObservation(agent, got, 0);
                assertThat(got).isEqualTo(expected);
            }
        }
        assertThat(primitive.truncated()).isTrue();
    }

    /** Random play seldom lifts the big box, so this moves house on every tick of an episode that does. */
    @Test
    void aJointPushSurvivesASnapshotOnEveryTick() {
        MacDecPomdp environment = begin("bp-10");
        int[] requests = {BIG_LEFT, BIG_RIGHT};
        while (!environment.terminated()) {
            environment.step(requests);
            MacDecPomdp next = begin("bp-10");
            next.restore(environment.snapshot());
            assertThat(next.inspect()).isEqualTo(environment.inspect());
            environment = next;
            Arrays.fill(requests, PUSH);
        }

        assertThat(environment.tick()).isEqualTo(11);
        assertThat(environment.reward()).isCloseTo(99.9, within(1e-9));
    }

    @Test
    void theHorizonTruncates() {
        MacDecPomdp environment = begin("bp-10", Map.of("horizon", 3));

        play(environment, script(SMALL_LEFT, STAY, STAY, STAY, STAY), script(STAY, STAY, STAY, STAY));

        assertThat(environment.tick()).isEqualTo(3);
        assertThat(environment.truncated()).isTrue();
        assertThat(environment.terminated()).isFalse();
        assertThat(environment.ended(0)).isFalse();
        assertThat(environment.ended(1)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0.5, 0.5, 3.5, 2.5, 1.5, 1.5",
        "6, 0.5, 1.5, 5.5, 3.5, 2.5, 2.5",
        "8, 1.5, 1.5, 6.5, 4.5, 3.5, 3.5",
        "10, 1.5, 1.5, 8.5, 5.5, 4.5, 4.5",
        "30, 1.5, 1.5, 28.5, 15.5, 14.5, 14.5",
    })
    void theLayoutFollowsTheGrid(
            int n, double left, double bottom, double right, double boxRow, double spotX, double spotY) {
        MacDecPomdp environment = begin("box-pushing", Map.of("grid", n));

        assertThat(agent(environment, 0)).startsWith(left, bottom, 1);
        assertThat(agent(environment, 1)).startsWith(right, bottom, 3);
        assertThat(box(environment, 0)).containsExactly(left, boxRow);
        assertThat(box(environment, 1)).containsExactly(right, boxRow);
        assertThat(box(environment, 2)).containsExactly(n / 2.0, boxRow);
        play(environment, script(BIG_LEFT), script(BIG_RIGHT));
        assertThat(agent(environment, 0)).startsWith(spotX, spotY, 0, 2);
        assertThat(agent(environment, 1)).startsWith(spotX + 1, spotY, 0, 3);
    }
}
