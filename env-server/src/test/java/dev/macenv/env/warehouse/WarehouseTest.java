package dev.macenv.env.warehouse;

import static dev.macenv.env.warehouse.Deliveries.CATALOG;
import static dev.macenv.env.warehouse.Deliveries.GET_TOOL;
import static dev.macenv.env.warehouse.Deliveries.GO_TR;
import static dev.macenv.env.warehouse.Deliveries.GO_W;
import static dev.macenv.env.warehouse.Deliveries.PASS_0;
import static dev.macenv.env.warehouse.Deliveries.PASS_1;
import static dev.macenv.env.warehouse.Deliveries.SEARCH_0;
import static dev.macenv.env.warehouse.Deliveries.SEARCH_1;
import static dev.macenv.env.warehouse.Deliveries.SEARCH_2;
import static dev.macenv.env.warehouse.Deliveries.WAIT_M;
import static dev.macenv.env.warehouse.Deliveries.begin;
import static dev.macenv.env.warehouse.Deliveries.human;
import static dev.macenv.env.warehouse.Deliveries.manipulator;
import static dev.macenv.env.warehouse.Deliveries.observation;
import static dev.macenv.env.warehouse.Deliveries.part;
import static dev.macenv.env.warehouse.Deliveries.play;
import static dev.macenv.env.warehouse.Deliveries.robot;
import static dev.macenv.env.warehouse.Deliveries.state;
import static dev.macenv.env.warehouse.Deliveries.ticks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.macenv.env.AgentSpec;
import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.MacroActionSpec;
import dev.macenv.env.ScriptedPolicy;
import dev.macenv.env.SplitMix64;
import dev.macenv.server.catalog.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WarehouseTest {

    /** With macro-actions and with one-tick actions alike: a team that knows everything interrupts nothing. */
    @ParameterizedTest
    @CsvSource({
        "wtd-s, 259, 41",
        "wtd-d, 533, 67",
        "wtd-t, 803, 97",
        "wtd-t1, 803, 97",
        "wtd-b, 533, 67",
        "wtd-e, 1053, 127",
        "wtd-f, 1053, 127",
    })
    void thePlannedDeliveriesAreTheOptimum(String id, double best, int ticks) {
        for (String version : List.of(id, id + "-prim")) {
            MacDecPomdp environment = begin(version);

            assertThat(play(environment, script(version, Map.of()))).as(version).isEqualTo(best);
            assertThat(environment.tick()).as(version).isEqualTo(ticks);
            assertThat(environment.terminated()).as(version).isTrue();
        }
    }

    private static ScriptedPolicy script(String id, Map<String, ?> settings) {
        return CATALOG.scriptedPolicy(id, CATALOG.complete(id, settings)).orElseThrow();
    }

    @Test
    void slowerRobotsServeOneHumanAsWell() {
        assertThat(play(begin("wtd-s", Map.of("speed", 0.6)), script("wtd-s", Map.of())))
                .isEqualTo(259);
    }

    @Test
    void rewardsAreSettings() {
        Map<String, ?> settings = Map.of("deliveryReward", 7, "stepReward", -0.5, "passPenalty", -3);

        assertThat(play(begin("wtd-s", settings), script("wtd-s", settings))).isEqualTo(21 - 41 * 0.5);
        assertThat(ticks(begin("wtd-s", settings), 4, GO_TR, GO_TR, PASS_0)).isEqualTo(-2 - 3);
    }

    /** The first tool comes on tick 17, when 16 ticks of work are over. With one human, just then is on time (quirk Q3). */
    @ParameterizedTest
    @CsvSource({"17, false, 99", "16, false, 99", "15, false, 79", "17, true, 99", "16, true, 79"})
    void aDeliveryIsLateOnceTheHumanIsIdle(int phaseTicks, boolean lateAtZero, double reward) {
        Map<String, ?> settings = Map.of("human0Phase0", phaseTicks, "lateAtZero", lateAtZero);
        MacDecPomdp environment = begin("wtd-s", settings);

        playUntil(environment, script("wtd-s", settings), 17);

        assertThat(environment.reward()).isEqualTo(reward);
    }

    private static void playUntil(MacDecPomdp environment, ScriptedPolicy policy, int tick) {
        int[] requests = new int[environment.spec().agents().size()];
        while (environment.tick() < tick) {
            policy.choose(environment, requests);
            environment.step(requests);
        }
    }

    @ParameterizedTest
    @CsvSource({"wtd-s, false", "wtd-d, true", "wtd-t, true", "wtd-t1, true", "wtd-b, true", "wtd-f, true"})
    void onlyWithOneHumanTheMomentOfRunningOutIsOnTime(String id, boolean lateAtZero) {
        assertThat(begin(id).spec().settings().flag("lateAtZero")).isEqualTo(lateAtZero);
    }

    @Test
    void whatAPhaseTookTooLongIsNotMadeGoodInTheNext() {
        Map<String, ?> settings = Map.of("human0Phase0", 10);
        MacDecPomdp environment = begin("wtd-s", settings);
        ScriptedPolicy policy = script("wtd-s", settings);

        playUntil(environment, policy, 16);
        assertThat(human(environment, 0)).containsExactly(0, -6, 0, 0);
        assertThat(part(state(environment), 19, 5)).containsExactly(1, 0, 0, 0, -1);

        playUntil(environment, policy, 17);
        assertThat(human(environment, 0)).containsExactly(1, 20, 0, 0);
        assertThat(part(state(environment), 19, 5)).containsExactly(0, 1, 0, 0, 0);
    }

    @Test
    void aToolIsAcceptedOnlyInThePhaseBeforeTheOneThatUsesIt() {
        MacDecPomdp environment = begin("wtd-s");
        Dispatch wrongOrder = new Dispatch(Layout.ONE_HUMAN, Errand.plan("100 001 201"));

        playUntil(environment, wrongOrder, 25);
        assertThat(robot(environment, 0)).startsWith(6.0, 3.0, GO_W).contains(List.of(0, 1, 0));
        assertThat(human(environment, 0)).containsExactly(0, -5, 0, 0);

        playUntil(environment, wrongOrder, 27);
        assertThat(human(environment, 0)).containsExactly(1, 19, 1, 0);
        assertThat(robot(environment, 0)).contains(List.of(0, 0, 0));
        assertThat(robot(environment, 1)).contains(List.of(0, 0, 0));
    }

    /** Humans who have all their tools work on, but the episode does not wait for them. */
    @Test
    void theLastDeliveryEndsTheEpisode() {
        MacDecPomdp environment = begin("wtd-d");

        play(environment, script("wtd-d", Map.of()));

        assertThat(environment.reward()).isEqualTo(99);
        assertThat(human(environment, 0)).containsExactly(3, 20, 1, 0).isEqualTo(human(environment, 1));
    }

    @Test
    void aHumanWhoFinishedStaysSo() {
        Map<String, ?> settings = Map.of("human1Phase0", 200);
        MacDecPomdp environment = begin("wtd-d", settings);

        play(environment, script("wtd-d", settings));

        assertThat(environment.truncated()).isTrue();
        assertThat(human(environment, 0)).containsExactly(3, 0, 1, 1);
    }

    /** Robot 1 comes to the table on tick 3 and waits from then on; quirks Q2 and Q3. */
    @ParameterizedTest
    @CsvSource({"wtd-s, 1, 11, 10", "wtd-d, 1, 10, 9", "wtd-t, 1, 10, 9", "wtd-t1, 1, 10, 9", "wtd-f, 1, 9, 9"})
    void aRobotGivesUpWaitingAndWhoComesBackAtOnceWaitsLess(String id, int robot, int ticks, int again) {
        MacDecPomdp environment = begin(id);
        int[] requests = new int[environment.spec().agents().size()];
        requests[robot] = environment.spec().agents().get(robot).macroActions().size() - 1;

        assertThat(ticksUntilEnded(environment, robot, requests)).isEqualTo(3 + ticks);
        assertThat(ticksUntilEnded(environment, robot, requests)).isEqualTo(again);
        assertThat(ticksUntilEnded(environment, robot, requests)).isEqualTo(again);
    }

    private static int ticksUntilEnded(MacDecPomdp environment, int agent, int... requests) {
        int ticks = 0;
        do {
            environment.step(requests);
            ticks++;
        } while (!environment.ended(agent));
        return ticks;
    }

    @Test
    void whoWasServedWaitsAsLongAsEver() {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, 4, GO_TR, GET_TOOL, WAIT_M);
        ticks(environment, 4, GO_TR, GET_TOOL, PASS_1);
        assertThat(environment.ended(1)).isTrue();

        assertThat(ticksUntilEnded(environment, 1, GO_TR, GET_TOOL, WAIT_M)).isEqualTo(11);
    }

    @Test
    void aPassToARobotThatIsNotReadyFails() {
        MacDecPomdp environment = begin("wtd-s");

        // Robot 0 comes to the table while the pass goes on, robot 1 never.
        assertThat(ticks(environment, 4, GET_TOOL, GO_TR, PASS_0)).isEqualTo(-14);
        assertThat(manipulator(environment, "failed")).isEqualTo(0);
        assertThat(ticks(environment, 4, GET_TOOL, GO_TR, PASS_1)).isEqualTo(-14);
    }

    /** Robot 1 comes on tick 3; a pass that begins on tick 4 finds it waiting, on tick 3 does not. */
    @ParameterizedTest
    @CsvSource({"2, -10", "3, 0"})
    void aRobotIsReadyOnceItHasWaitedATick(int ticksBefore, double penalty) {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, ticksBefore, GO_TR, GET_TOOL, WAIT_M);

        assertThat(ticks(environment, 4, GO_TR, GET_TOOL, PASS_1)).isEqualTo(-4 + penalty);
    }

    /** Robots so fast that they are everywhere in one tick: having waited at the table a moment ago is not enough. */
    @Test
    void aRobotThatHasWaitedIsNotReadyElsewhere() {
        MacDecPomdp environment = begin("wtd-s", Map.of("speed", 10, "waitTicks", 1));
        ticks(environment, 1, GO_TR, GET_TOOL, WAIT_M);
        assertThat(environment.ended(1)).isTrue();

        assertThat(ticks(environment, 1, GO_TR, GO_TR, PASS_1)).isEqualTo(-1);
        assertThat(ticks(environment, 3, GO_TR, GET_TOOL, PASS_1)).isEqualTo(-13);
    }

    @Test
    void aRobotThatGoesElsewhereOnTheLastTickOfAPassMakesItFail() {
        MacDecPomdp environment = begin("wtd-s-prim", Map.of("speed", 10));
        ticks(environment, 1, GO_TR, GET_TOOL, WAIT_M);
        ticks(environment, 3, GO_TR, GET_TOOL, PASS_1);

        assertThat(ticks(environment, 1, GO_TR, GO_TR, PASS_1)).isEqualTo(-11);
    }

    /** Robot 1 gives up on tick 14, two ticks before the pass ends. */
    @ParameterizedTest
    @CsvSource({GET_TOOL + ", 0", GO_TR + ", -10"})
    void aRobotThatLeavesDuringAPassMakesItFail(int afterGivingUp, double penalty) {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, 12, GO_TR, GET_TOOL, WAIT_M);
        ticks(environment, 2, GO_TR, GET_TOOL, PASS_1);
        assertThat(environment.ended(1)).isTrue();

        assertThat(ticks(environment, 2, GO_TR, afterGivingUp, PASS_1)).isEqualTo(-2 + penalty);
    }

    @Test
    void aPassOfNothingSendsTheRobotAwayForFree() {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, 4, GO_TR, GET_TOOL, WAIT_M);

        assertThat(ticks(environment, 4, GO_TR, GET_TOOL, PASS_1)).isEqualTo(-4);
        assertThat(environment.ended(1)).isTrue();
        assertThat(robot(environment, 1)).containsExactly(1.2, 3.0, GET_TOOL, 0.0, List.of(0, 0, 0), 1);
    }

    @Test
    void theOldestToolIsPassedFirst() {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, 6, GET_TOOL, GO_TR, SEARCH_2);
        ticks(environment, 6, GET_TOOL, GO_TR, SEARCH_1);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(2, 1));
        assertThat(observation(environment, 2)).containsExactly(0, 1, 1, 1, 0);

        ticks(environment, 3, GET_TOOL, GO_TR, PASS_0);
        assertThat(part(state(environment), 12, 7)).containsExactly(0, 1, 1, 0, 0, 1, 0.25);
        ticks(environment, 1, GET_TOOL, GO_TR, PASS_0);

        assertThat(robot(environment, 0)).contains(List.of(0, 0, 1));
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(1));
        assertThat(part(state(environment), 12, 7)).containsExactly(0, 1, 0, 0, 0, 0, 0);
        assertThat(observation(environment, 2)).containsExactly(0, 1, 0, 1, 0);
    }

    @Test
    void aSearchIsInVainIfTheStagingAreaIsFullOrNoToolIsLeft() {
        MacDecPomdp environment = begin("wtd-s");
        ticks(environment, 6, GO_TR, GO_TR, SEARCH_0);
        assertThat(ticks(environment, 6, GO_TR, GO_TR, SEARCH_0)).isEqualTo(-6);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(0));

        ticks(environment, 6, GO_TR, GO_TR, SEARCH_1);
        assertThat(ticksUntilEnded(environment, 2, GO_TR, GO_TR, SEARCH_2)).isEqualTo(6);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(0, 1));
        assertThat(manipulator(environment, "found")).isEqualTo(List.of(1, 1, 0));
    }

    @Test
    void stockIsASetting() {
        MacDecPomdp environment = begin("wtd-s", Map.of("stock", 2));

        ticks(environment, 12, GO_TR, GO_TR, SEARCH_0);

        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(0, 0));
    }

    /** Quirk Q1: the robot comes on tick 3, long after the pass began. */
    @ParameterizedTest
    @CsvSource({"0, false, -10", "1, false, -10", "2, false, 0", "2, true, -10"})
    void nobodyLooksAtTheThirdRobotWhenAPassBegins(int robot, boolean symmetric, double penalty) {
        MacDecPomdp environment = begin("wtd-t1", Map.of("symmetricPassCheck", symmetric));
        int[] requests = {4, 4, 4, 1 + robot};

        assertThat(ticks(environment, 4, requests)).isEqualTo(-4 + penalty);
    }

    @Test
    void theThirdRobotMustStillBeThereWhenThePassEnds() {
        MacDecPomdp environment = begin("wtd-t1");

        assertThat(ticks(environment, 4, 4, 4, 3, 3)).isEqualTo(-14);
        assertThat(ticks(begin("wtd-t1", Map.of("speed", 0.3)), 4, 4, 4, 4, 3)).isEqualTo(-14);
    }

    /** Quirk Q4: robot 0 travels two ticks to the tool room. */
    @ParameterizedTest
    @CsvSource({"wtd-t1, 3, 2", "wtd-f, 4, 3", "wtd-e, 4, 3"})
    void withFourHumansComingToTheToolRoomTakesATickMore(String id, int goToolRoom, int ticks) {
        MacDecPomdp environment = begin(id);

        assertThat(ticksUntilEnded(environment, 0, goToolRoom, 0, 0, 0)).isEqualTo(ticks);
        assertThat(ticksUntilEnded(environment, 0, goToolRoom, 0, 0, 0)).isEqualTo(1);
    }

    @Test
    void robotsSeeWhereTheyAreAndWhatIsThere() {
        MacDecPomdp environment = begin("wtd-s");
        assertThat(observation(environment, 0)).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(observation(environment, 2)).containsExactly(0, 0, 0, 0, 0);

        ticks(environment, 6, GO_W, GO_TR, SEARCH_1);
        assertThat(observation(environment, 0)).containsExactly(1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0);
        assertThat(observation(environment, 1)).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0);

        ticks(environment, 12, GO_W, GO_TR, SEARCH_2);
        assertThat(observation(environment, 1)).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    }

    /** The tick on which the phase changes is over when robots look. */
    @Test
    void thePhaseThatARobotSeesIsTheOneThatBegins() {
        Map<String, ?> settings = Map.of("human0Phase0", 17);
        MacDecPomdp environment = begin("wtd-s", settings);

        playUntil(environment, script("wtd-s", settings), 17);

        assertThat(part(observation(environment, 0), 0, 8)).containsExactly(1, 0, 0, 0, 0, 1, 0, 0);
    }

    @Test
    void theSizesFollowTheNumbersOfHumansAndRobots() {
        assertThat(sizes("wtd-s")).isEqualTo("13x3 13x3 5x6 | 24, 150");
        assertThat(sizes("wtd-d")).isEqualTo("18x4 18x4 5x6 | 29, 150").isEqualTo(sizes("wtd-b"));
        assertThat(sizes("wtd-t")).isEqualTo("23x5 23x5 5x6 | 34, 150");
        assertThat(sizes("wtd-t1")).isEqualTo("23x5 23x5 23x5 6x7 | 39, 150");
        assertThat(sizes("wtd-f")).isEqualTo("28x6 28x6 28x6 6x7 | 44, 300").isEqualTo(sizes("wtd-e"));
    }

    private static String sizes(String id) {
        MacDecPomdp environment = begin(id);
        String agents = environment.spec().agents().stream()
                .map(agent ->
                        agent.observationSize() + "x" + agent.macroActions().size())
                .collect(Collectors.joining(" "));
        return agents + " | " + environment.spec().stateSize() + ", "
                + environment.spec().horizon();
    }

    /** Agents that choose again on each tick what they are doing anyway notice no difference. */
    @ParameterizedTest
    @ValueSource(strings = {"wtd-s", "wtd-d", "wtd-t", "wtd-t1", "wtd-f"})
    void oneTickActionsAreMacroActionsInSlices(String id) {
        for (String manipulator : List.of("interruptible", "durative")) {
            MacDecPomdp macro = begin(id);
            MacDecPomdp primitive = begin(id + "-prim", Map.of("primitiveManipulator", manipulator));
            SplitMix64 random = new SplitMix64(5);
            List<AgentSpec> agents = macro.spec().agents();
            int[] requests = new int[agents.size()];
            while (!macro.terminated() && !macro.truncated()) {
                for (int agent = 0; agent < requests.length; agent++) {
                    if (macro.ended(agent)) {
                        requests[agent] =
                                random.nextInt(agents.get(agent).macroActions().size());
                    }
                }
                macro.step(requests);
                primitive.step(requests);

                assertThat(state(primitive)).isEqualTo(state(macro));
                assertThat(primitive.reward()).isEqualTo(macro.reward());
                for (int agent = 0; agent < requests.length; agent++) {
                    assertThat(primitive.ended(agent)).isTrue();
                    if (macro.ended(agent)) {
                        assertThat(observation(primitive, agent)).isEqualTo(observation(macro, agent));
                    }
                }
            }
            assertThat(primitive.terminated()).isEqualTo(macro.terminated());
        }
    }

    @Test
    void anotherChoiceBreaksTheManipulatorsEffortOff() {
        MacDecPomdp environment = begin("wtd-s-prim");
        ticks(environment, 5, GO_TR, GO_TR, SEARCH_0);
        ticks(environment, 1, GO_TR, GO_TR, WAIT_M);
        ticks(environment, 5, GO_TR, GO_TR, SEARCH_0);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of());
        ticks(environment, 1, GO_TR, GO_TR, SEARCH_0);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(0));

        assertThat(ticks(environment, 3, GO_TR, GO_TR, PASS_0)).isEqualTo(-3);
        assertThat(manipulator(environment, "failed")).isEqualTo(1);
        assertThat(ticks(environment, 1, GO_TR, GO_TR, SEARCH_0)).isEqualTo(-1);
        assertThat(manipulator(environment, "failed")).isEqualTo(0);
        assertThat(ticks(environment, 4, GO_TR, GO_TR, PASS_0)).isEqualTo(-14);
    }

    @Test
    void aDurativeManipulatorCarriesOnWhateverIsChosen() {
        MacDecPomdp environment = begin("wtd-s-prim", Map.of("primitiveManipulator", "durative"));

        ticks(environment, 1, GO_TR, GO_TR, SEARCH_0);
        assertThat(ticks(environment, 5, GO_TR, GO_TR, PASS_0)).isEqualTo(-5);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(0));

        ticks(environment, 1, GO_TR, GO_TR, PASS_0);
        assertThat(ticks(environment, 3, GO_TR, GO_TR, WAIT_M)).isEqualTo(-13);
    }

    @Test
    void anInstantManipulatorNeedsOneTick() {
        MacDecPomdp environment = begin("wtd-s-prim", Map.of("primitiveManipulator", "instant"));

        assertThat(ticks(environment, 1, GET_TOOL, GET_TOOL, SEARCH_2)).isEqualTo(-1);
        assertThat(manipulator(environment, "staging")).isEqualTo(List.of(2));
        assertThat(ticks(environment, 1, GET_TOOL, GET_TOOL, PASS_1)).isEqualTo(-11);
        ticks(environment, 1, GET_TOOL, GET_TOOL, WAIT_M);
        assertThat(ticks(environment, 1, GET_TOOL, GET_TOOL, PASS_1)).isEqualTo(-1);
        assertThat(robot(environment, 1)).contains(List.of(0, 0, 1));
    }

    @Test
    void withOneTickActionsARobotThatLeavesIsNowhereAndSeesTheStagingAreaAsLongAsItIsInTheToolRoom() {
        MacDecPomdp environment = begin("wtd-s-prim", Map.of("primitiveManipulator", "instant"));
        ticks(environment, 2, GO_TR, GO_TR, SEARCH_0);
        ticks(environment, 1, GO_TR, GO_TR, SEARCH_1);
        assertThat(observation(environment, 1)).containsExactly(0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);

        ticks(environment, 1, GO_TR, GO_W, WAIT_M);
        assertThat(observation(environment, 1)).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1);

        ticks(environment, 1, GO_TR, GO_W, WAIT_M);
        assertThat(observation(environment, 1)).containsExactly(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** WTD-B is WTD-D with other humans, and WTD-E is WTD-F. */
    @Test
    void scenariosThatDifferByTheirHumansAloneDoSo() {
        Map<String, Object> durations = new HashMap<>();
        begin("wtd-b").spec().settings().forEach((name, value) -> {
            if (name.startsWith("human")) {
                durations.put(name, value);
            }
        });

        assertThat(durations)
                .hasSize(8)
                .contains(entry("human0Phase0", 18L), entry("human1Phase0", 48L), entry("human1Phase1", 18L))
                .contains(entry("human1Phase2", 15L), entry("human0Phase3", 15L));
        samePlay(begin("wtd-b"), begin("wtd-d", durations));
        samePlay(begin("wtd-e"), begin("wtd-f"));
    }

    private static void samePlay(MacDecPomdp one, MacDecPomdp other) {
        SplitMix64 random = new SplitMix64(9);
        int[] requests = new int[one.spec().agents().size()];
        while (!one.terminated() && !one.truncated()) {
            for (int agent = 0; agent < requests.length; agent++) {
                if (one.ended(agent)) {
                    requests[agent] = random.nextInt(
                            one.spec().agents().get(agent).macroActions().size());
                }
            }
            one.step(requests);
            other.step(requests);
            assertThat(other.inspect()).isEqualTo(one.inspect());
            assertThat(other.reward()).isEqualTo(one.reward());
        }
    }

    @Test
    void theManipulatorTakesAsLongAsTheSettingsSay() {
        MacDecPomdp environment = begin("wtd-s", Map.of("searchTicks", 3, "passTicks", 2));
        List<MacroActionSpec> choices = environment.spec().agents().get(2).macroActions();

        assertThat(ticksUntilEnded(environment, 2, GO_TR, GO_TR, SEARCH_0)).isEqualTo(3);
        assertThat(ticksUntilEnded(environment, 2, GO_TR, GO_TR, PASS_0)).isEqualTo(2);
        assertThat(choices.get(SEARCH_0).minTicks()).isEqualTo(3);
        assertThat(choices.get(PASS_0).maxTicks()).isEqualTo(2);
    }

    @Test
    void allWrongSettingsAreNamedAtOnce() {
        Map<String, Object> chosen = Map.of(
                "speed",
                0,
                "human1Phase0",
                0,
                "waitTicks",
                2.5,
                "lateAtZero",
                "no",
                "symmetricPassCheck",
                true,
                "primitiveManipulator",
                "lazy",
                "stok",
                1);

        assertThat(CATALOG.check("wtd-d-prim", chosen))
                .extracting(Problem::field)
                .containsExactly(
                        "human1Phase0",
                        "lateAtZero",
                        "primitiveManipulator",
                        "speed",
                        "stok",
                        "symmetricPassCheck",
                        "waitTicks");
        assertThat(CATALOG.check("wtd-d-prim", chosen))
                .extracting(Problem::message)
                .contains(
                        "0 (expected: an integer from 1 to 1000000)",
                        "\"no\" (expected: true or false)",
                        "\"lazy\" (expected: one of interruptible, durative, instant)",
                        "0 (expected: a number from 0.01 to 10)",
                        "wtd-d-prim has no such setting (did you mean stock?)");
        assertThat(CATALOG.check("wtd-d", Map.of("primitiveManipulator", "instant")))
                .hasSize(1);
    }
}
