package dev.macenv.env.capturetarget;

import static dev.macenv.env.capturetarget.Draws.AS_CHOSEN;
import static dev.macenv.env.capturetarget.Draws.HIDDEN;
import static dev.macenv.env.capturetarget.Draws.SEEN;
import static dev.macenv.env.capturetarget.Draws.TURNED_LEFT;
import static dev.macenv.env.capturetarget.Draws.TURNED_RIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.SplitMix64;
import dev.macenv.env.macro.MacroActionExecutor;
import dev.macenv.server.catalog.Catalog;
import dev.macenv.server.catalog.InvalidSettingsException;
import dev.macenv.server.catalog.Problem;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CaptureTargetTest {

    private static final int MOVE_TO_T = 0;
    private static final int STAY = 1;

    private final Draws draws = new Draws();

    /** One agent with macro-actions on a 10 x 10 grid, whose draws are ours: its cell, the target's, and whether it sees that. */
    private MacDecPomdp begin(int x, int y, int targetX, int targetY, double sight) {
        MacroActionExecutor<?> environment = (MacroActionExecutor<?>) create("capture-target", Map.of("agents", 1));
        environment.drawFrom(draws.then(x, y, targetX, targetY, sight));
        environment.reset(0);
        return environment;
    }

    private static MacDecPomdp create(String id, Map<String, ?> settings) {
        return Catalog.of(new CaptureTargetProvider()).create(id, settings);
    }

    private void step(MacDecPomdp environment, int macroAction, double... numbers) {
        draws.then(numbers);
        environment.step(new int[] {macroAction});
        assertThat(draws.allTaken()).isTrue();
    }

    private static Object agent(MacDecPomdp environment) {
        return firstAgent(environment.inspect());
    }

    private static Object firstAgent(Map<String, Object> situation) {
        return ((List<?>) Objects.requireNonNull(situation.get("agents"))).get(0);
    }

    private static double[] observation(MacDecPomdp environment) {
        double[] observation = new double[4];
        environment.macroObservation(0, observation, 0);
        return observation;
    }

    // ------------------------------------------------------------------------------------------------ moving

    /** Up, down, left, right, stay; left and right of a direction are those of a walker. */
    @ParameterizedTest
    @CsvSource({
        "0, 5, 6, 4, 5, 6, 5",
        "1, 5, 4, 6, 5, 4, 5",
        "2, 4, 5, 5, 4, 5, 6",
        "3, 6, 5, 5, 6, 5, 4",
        "4, 5, 5, 5, 5, 5, 5",
    })
    void theNoiseTurnsAMoveToEitherSide(
            int move, int x, int y, int xTurnedLeft, int yTurnedLeft, int xTurnedRight, int yTurnedRight) {
        assertThat(moved(5, 5, move, AS_CHOSEN)).isEqualTo(List.of(x, y));
        assertThat(moved(5, 5, move, TURNED_LEFT)).isEqualTo(List.of(xTurnedLeft, yTurnedLeft));
        assertThat(moved(5, 5, move, TURNED_RIGHT)).isEqualTo(List.of(xTurnedRight, yTurnedRight));
    }

    /** Half of the noise of 0.1 is to the left, half to the right, and what is drawn between them leaves the move alone. */
    @ParameterizedTest
    @CsvSource({"0.0499, 4, 5", "0.05, 5, 6", "0.9499, 5, 6", "0.95, 6, 5"})
    void eachSideHasHalfOfTheNoise(double draw, int x, int y) {
        assertThat(moved(5, 5, Move.UP, draw)).isEqualTo(List.of(x, y));
    }

    @ParameterizedTest
    @CsvSource({"0, 9, 0, 0, 0", "0, 0, 1, 0, 9", "0, 0, 2, 9, 0", "9, 0, 3, 0, 0"})
    void theGridWraps(int x, int y, int move, int newX, int newY) {
        assertThat(moved(x, y, move, AS_CHOSEN)).isEqualTo(List.of(newX, newY));
    }

    private static Object moved(int x, int y, int move, double noise) {
        CaptureTarget world = new CaptureTarget(new CaptureRules(1, 10, 0.1, 0.3, 1), false);
        world.reset(new Draws(x, y, 0, 0, SEEN));
        world.act(0, move, new Draws(noise));
        return firstAgent(world.inspect(new Nothing()));
    }

    @Test
    void restingDrawsNothing() {
        CaptureTarget world = new CaptureTarget(new CaptureRules(1, 10, 0.1, 0.3, 1), false);
        world.reset(new Draws(5, 5, 0, 0, SEEN));

        world.act(0, CaptureTarget.REST, new Draws());

        assertThat(world.inspect(new Nothing())).containsEntry("agents", List.of(List.of(5, 5)));
        assertThatThrownBy(() -> world.act(0, 6, new Draws()))
                .hasMessageContaining("primitiveAction: 6 (expected: 0..5)");
    }

    // ------------------------------------------------------------------------------------------------ Move-to-T

    @Test
    void moveToTGoesWhereTheTargetWasSeenAndEndsThereThoughTheTargetHasLeft() {
        MacDecPomdp environment = begin(5, 5, 7, 5, SEEN);

        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.UP, HIDDEN);
        assertThat(environment.ended(0)).isFalse();
        assertThat(observation(environment)).containsExactly(0.5, 0.5, 0.7, 0.5);
        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.UP, HIDDEN);

        assertThat(environment.ended(0)).isTrue();
        assertThat(agent(environment)).isEqualTo(List.of(7, 5));
        assertThat(observation(environment)).containsExactly(0.7, 0.5, -1, -1);
        assertThat(environment.inspect()).containsEntry("target", List.of(7, 7));
    }

    /** Its macro-observation is held, and yet the macro-action looks at the newest primitive one. */
    @Test
    void moveToTFollowsATargetThatItSeesAgain() {
        MacDecPomdp environment = begin(5, 5, 5, 7, SEEN);

        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.RIGHT, SEEN);
        assertThat(agent(environment)).isEqualTo(List.of(5, 6));
        step(environment, MOVE_TO_T, 1, AS_CHOSEN, Move.STAY, SEEN);

        assertThat(agent(environment)).isEqualTo(List.of(6, 6));
        assertThat(environment.ended(0)).isFalse();
        assertThat(observation(environment)).containsExactly(0.5, 0.5, 0.5, 0.7);
    }

    @Test
    void moveToTWithoutAGoalDoesNothingForOneTick() {
        MacDecPomdp environment = begin(5, 5, 7, 5, HIDDEN);

        step(environment, MOVE_TO_T, Move.STAY, SEEN);

        assertThat(environment.ended(0)).isTrue();
        assertThat(agent(environment)).isEqualTo(List.of(5, 5));
        assertThat(observation(environment)).containsExactly(0.5, 0.5, 0.7, 0.5);
    }

    /** An agent that stayed while it saw the target has learnt nothing for its low-level policy; one that was moving has. */
    @Test
    void theGoalOutlivesTheMacroActionThatSawItAndNoOther() {
        MacDecPomdp environment = begin(5, 5, 6, 5, SEEN);
        step(environment, STAY, Move.STAY, HIDDEN);
        step(environment, MOVE_TO_T, Move.STAY, SEEN);
        assertThat(agent(environment)).isEqualTo(List.of(5, 5));

        step(environment, MOVE_TO_T, 0, TURNED_LEFT, Move.RIGHT, HIDDEN);
        assertThat(agent(environment)).isEqualTo(List.of(5, 6));
        step(environment, MOVE_TO_T, 1, AS_CHOSEN, Move.RIGHT, HIDDEN);
        assertThat(agent(environment)).isEqualTo(List.of(6, 6));
        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.RIGHT, HIDDEN);
        assertThat(environment.inspect()).containsEntry("last_goal", List.of(List.of(6, 5)));
        assertThat(environment.ended(0)).isTrue();
        step(environment, STAY, Move.RIGHT, HIDDEN);

        // At the goal already: one tick, in which it draws as for a move.
        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.RIGHT, HIDDEN);
        assertThat(environment.ended(0)).isTrue();
        assertThat(agent(environment)).isEqualTo(List.of(6, 5));
    }

    /** Q1: distances are those of the flat grid, so that only from a border cell the short way round is taken. */
    @ParameterizedTest
    @CsvSource({"0, 8, 9", "1, 9, 2", "9, 1, 0", "8, 0, 7"})
    void theShortWayRoundIsTakenFromTheBorderOnly(int x, int targetX, int newX) {
        MacDecPomdp environment = begin(x, 5, targetX, 5, SEEN);

        step(environment, MOVE_TO_T, 0, AS_CHOSEN, Move.STAY, SEEN);

        assertThat(agent(environment)).isEqualTo(List.of(newX, 5));
    }

    /** Up, down, left, right, stay are the order of equals, each as likely as the others. */
    @ParameterizedTest
    @CsvSource({"7, 7, 0, 5, 6", "7, 7, 1, 6, 5", "3, 3, 0, 5, 4", "3, 3, 1, 4, 5"})
    void equallyGoodMovesAreDrawnFrom(int targetX, int targetY, int drawn, int x, int y) {
        MacDecPomdp environment = begin(5, 5, targetX, targetY, SEEN);

        step(environment, MOVE_TO_T, drawn, AS_CHOSEN, Move.STAY, SEEN);

        assertThat(agent(environment)).isEqualTo(List.of(x, y));
    }

    // ------------------------------------------------------------------------------------------------ target and
    // capture

    /** The target holds still: no move of it is drawn. */
    @Test
    void agentsThatComeToTheTargetCaptureIt() {
        MacDecPomdp environment = begin(5, 5, 6, 5, SEEN);

        step(environment, MOVE_TO_T, 0, AS_CHOSEN, SEEN);

        assertThat(environment.terminated()).isTrue();
        assertThat(environment.reward()).isEqualTo(1);
        assertThat(environment.inspect()).containsEntry("target", List.of(6, 5));
    }

    @Test
    void aTargetThatComesToTheAgentsIsCaptured() {
        MacDecPomdp environment = begin(5, 5, 6, 5, HIDDEN);

        step(environment, STAY, Move.LEFT, HIDDEN);

        assertThat(environment.terminated()).isTrue();
        assertThat(environment.reward()).isEqualTo(1);
    }

    @Test
    void allMustBeThereAtOnce() {
        MacroActionExecutor<?> environment =
                (MacroActionExecutor<?>) create("capture-target", Map.of("agents", 3, "captureReward", 7));
        environment.drawFrom(draws.then(5, 5, 6, 6, 6, 6, 6, 6).then(SEEN, SEEN, SEEN));
        environment.reset(0);

        draws.then(0, AS_CHOSEN).then(0, AS_CHOSEN).then(Move.STAY, SEEN, SEEN, SEEN);
        environment.step(new int[] {MOVE_TO_T, MOVE_TO_T, STAY});
        assertThat(environment.terminated()).isFalse();
        assertThat(environment.reward()).isZero();

        draws.then(0, AS_CHOSEN, SEEN, SEEN, SEEN);
        environment.step(new int[] {MOVE_TO_T, STAY, STAY});
        assertThat(environment.terminated()).isTrue();
        assertThat(environment.reward()).isEqualTo(7);
        assertThat(draws.allTaken()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 6, 7", "1, 6, 5", "2, 5, 6", "3, 7, 6", "4, 6, 6"})
    void theTargetTakesOneOfTheFiveMoves(int drawn, int x, int y) {
        MacDecPomdp environment = begin(0, 0, 6, 6, SEEN);

        step(environment, STAY, drawn, SEEN);

        assertThat(environment.inspect()).containsEntry("target", List.of(x, y));
    }

    @Test
    void theHorizonTruncates() {
        MacDecPomdp environment = create("ct-2", Map.of("horizon", 3, "flicker", 1));
        environment.reset(1);
        for (int tick = 0; tick < 3; tick++) {
            assertThat(environment.truncated()).isFalse();
            environment.step(new int[] {MOVE_TO_T, STAY});
        }

        assertThat(environment.truncated()).isTrue();
        assertThat(environment.terminated()).isFalse();
        assertThat(environment.reward()).isZero();
        assertThat(create("ct-10", Map.of()).spec().horizon()).isEqualTo(60);
    }

    // ------------------------------------------------------------------------------------------------ seeing

    /** Seen if the draw is above the flicker: 0.3 is not. */
    @ParameterizedTest
    @CsvSource({"0.3, -1, -1", "0.3001, 0.7, 0.2"})
    void theTargetFlickers(double draw, double x, double y) {
        assertThat(observation(begin(5, 5, 7, 2, draw))).containsExactly(0.5, 0.5, x, y);
    }

    @Test
    void theStateHoldsTheTargetThoughNobodySeesIt() {
        MacDecPomdp environment = begin(5, 4, 7, 2, HIDDEN);
        double[] state = new double[4];

        environment.state(state, 0);

        assertThat(state).containsExactly(0.5, 0.4, 0.7, 0.2);
        assertThat(create("ct-10", Map.of()).spec().stateSize()).isEqualTo(22);
    }

    // ------------------------------------------------------------------------------------------------ the first
    // situation

    /** Q2: with macro-actions the agents are placed first, with primitive actions the target. */
    @Test
    void theOrderOfPlacingDiffersBetweenTheVersions() {
        MacroActionExecutor<?> primitive =
                (MacroActionExecutor<?>) create("capture-target-primitive", Map.of("agents", 1));
        primitive.drawFrom(new Draws(1, 2, 3, 4, SEEN));
        primitive.reset(0);
        MacDecPomdp macro = begin(1, 2, 3, 4, SEEN);

        assertThat(primitive.inspect())
                .containsEntry("target", List.of(1, 2))
                .containsEntry("agents", List.of(List.of(3, 4)));
        assertThat(macro.inspect())
                .containsEntry("target", List.of(3, 4))
                .containsEntry("agents", List.of(List.of(1, 2)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ct-10", "ct-10-prim"})
    void everyCellIsAsLikelyAsAnyOther(String id) {
        MacDecPomdp environment = create(id, Map.of());
        int[] agent = new int[100];
        int[] target = new int[100];
        double[] state = new double[22];
        int seen = 0;
        int episodes = 20_000;
        double[] observation = new double[4];
        for (int seed = 0; seed < episodes; seed++) {
            environment.reset(seed);
            environment.state(state, 0);
            agent[cell(state, 6)]++;
            target[cell(state, 20)]++;
            environment.macroObservation(9, observation, 0);
            seen += observation[2] >= 0 ? 1 : 0;
        }

        // 5 standard deviations of a count with expectation 200, and of a share of 0.7.
        assertThat(Arrays.stream(agent).boxed())
                .allSatisfy(count -> assertThat(count).isCloseTo(200, within(71)));
        assertThat(Arrays.stream(target).boxed())
                .allSatisfy(count -> assertThat(count).isCloseTo(200, within(71)));
        assertThat((double) seen / episodes).isCloseTo(0.7, within(0.017));
    }

    private static int cell(double[] state, int at) {
        return (int) Math.rint(10 * state[at]) * 10 + (int) Math.rint(10 * state[at + 1]);
    }

    @Test
    void aSeedGivesOneEpisodeAndAnotherSeedAnother() {
        assertThat(episode(7)).isEqualTo(episode(7)).isNotEqualTo(episode(8));
    }

    private static List<Object> episode(long seed) {
        MacDecPomdp environment = create("ct-10", Map.of());
        SplitMix64 choices = new SplitMix64(1);
        List<Object> situations = new ArrayList<>();
        int[] requests = new int[10];
        environment.reset(seed);
        while (!environment.terminated() && !environment.truncated()) {
            for (int agent = 0; agent < 10; agent++) {
                requests[agent] = choices.nextInt(2);
            }
            environment.step(requests);
            situations.add(environment.inspect());
            situations.add(
                    List.of(environment.reward(), new String(environment.snapshot(), StandardCharsets.ISO_8859_1)));
        }
        return situations;
    }

    // ------------------------------------------------------------------------------------------------ settings

    @Test
    void everyBadSettingIsNamedWithWhatIsAllowed() {
        assertThatThrownBy(() -> create(
                        "capture-target",
                        Map.of(
                                "agents",
                                0,
                                "grid",
                                1,
                                "horizon",
                                0,
                                "agentNoise",
                                1.1,
                                "flicker",
                                -0.1,
                                "flickr",
                                0.3)))
                .isInstanceOfSatisfying(
                        InvalidSettingsException.class,
                        e -> assertThat(e.problems())
                                .extracting(Problem::toString)
                                .containsExactly(
                                        "agentNoise: 1.1 (expected: a number from 0 to 1)",
                                        "agents: 0 (expected: an integer from 1 to 100)",
                                        "flicker: -0.1 (expected: a number from 0 to 1)",
                                        "flickr: capture-target has no such setting (did you mean flicker?)",
                                        "grid: 1 (expected: an integer from 2 to 1000)",
                                        "horizon: 0 (expected: an integer from 1 to 1000000)"));
    }

    @Test
    void scenariosHaveTheTeamInTheirName() {
        assertThat(create("ct-10", Map.of()).spec().agents()).hasSize(10);
        assertThat(create("ct-2-prim", Map.of()).spec().agents()).hasSize(2);
        assertThat(create("capture-target", Map.of("agents", 100)).spec().agents())
                .hasSize(100);
        assertThatThrownBy(() -> create("ct-10", Map.of("agents", 3)))
                .hasMessageContaining("ct-10 has no such setting");
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
}
