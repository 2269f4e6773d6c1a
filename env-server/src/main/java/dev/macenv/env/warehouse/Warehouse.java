package dev.macenv.env.warehouse;

import dev.macenv.env.DecPomdp;
import dev.macenv.env.JointExecution;
import dev.macenv.env.Label;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.VectorSpec;
import dev.macenv.env.scene.Scene;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The world of Warehouse Tool Delivery, tick by tick: where robots are, what tools they and the staging area hold, how far the humans are, what is seen and paid (&sect;2).
 *
 * <p>Primitive actions are numbered like macro-actions, and each is one tick of the macro-action. For a mobile robot 0 .. H-1 goes towards the workshop of a human, H towards the tool room, H+1 towards
 * the table and waits there; for the manipulator 0 waits, 1 .. R passes a tool to a robot, R+1 .. R+3 searches for one.
 * The manipulator is the last agent to act, so it finds the robots where this tick has brought them (&sect;2.6).
 *
 * <p>Deterministic. Positions are in metres, and computed in the order of operations of the reference programs, so that they agree to the last bit.
 */
final class Warehouse implements DecPomdp {

    static final int TOOLS = 3;

    /** Where a robot is that has reached no waypoint yet. */
    static final int NOWHERE = -1;

    static final int PHASES = 4;

    /** The phase in which a human needs no tool any more. */
    private static final int LAST_PHASE = PHASES - 1;

    private static final int STAGING_ROOM = 2;
    private static final int WAIT = 0;
    private static final int NO_TASK = -1;
    private static final int NO_ACTION = -1;

    final Layout layout;
    private final Rules rules;
    private final Rewards rewards;
    private final int humans;
    private final int robots;
    private final Place[][] waypoints; // [robot][waypoint]
    final int[][] duration; // [human][phase] ticks
    private final VectorSpec robotObservation;
    private final VectorSpec manipulatorObservation;
    private final VectorSpec state;

    // Mobile robots.
    final double[] x; // [robot]
    final double[] y; // [robot]
    final int[] at; // [robot] the waypoint reached last
    private final double[]
            timer; // [robot] metres to go after the last tick of travelling; at the table, minus the ticks waited
    final int[] basket; // [robot * TOOLS + tool] how many

    // The manipulator.
    private int task; // the action going on, or the last one
    private int ticksLeft; // until it takes effect
    private boolean failed; // whether the robot was not ready when this pass began
    final int[] staging = new int[STAGING_ROOM]; // tools, the oldest first
    int staged;
    private final int[] found = new int[TOOLS]; // how many of each were ever found

    // Humans.
    final int[] phase; // [human]
    final int[] workLeft; // [human] ticks of the phase; zero and below while idle
    final boolean[] received; // [human] whether the tool that ends this phase has come
    final boolean[] finished; // [human] whether the last phase is over

    // What the robots did on the last tick. Passing and the endings of macro-actions look at it.
    private final int[] action; // [robot]
    private final boolean[] arrived; // [robot]
    private final boolean[] gaveUp; // [robot]
    private final boolean[] served; // [robot]

    private double earned;
    private double reward;
    private boolean terminated;

    Warehouse(Layout layout, Rules rules, Rewards rewards) {
        this.layout = layout;
        this.rules = rules;
        this.rewards = rewards;
        this.humans = layout.humans();
        this.robots = layout.robots();
        this.waypoints = new Place[robots][humans + 2];
        for (int robot = 0; robot < robots; robot++) {
            for (int waypoint = 0; waypoint < humans + 2; waypoint++) {
                waypoints[robot][waypoint] = layout.waypoint(robot, waypoint);
            }
        }
        this.duration = rules.phases().stream()
                .map(ticks -> ticks.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
        this.robotObservation = robotObservationSpec();
        this.manipulatorObservation = manipulatorObservationSpec();
        this.state = specOfState();
        this.x = new double[robots];
        this.y = new double[robots];
        this.at = new int[robots];
        this.timer = new double[robots];
        this.basket = new int[robots * TOOLS];
        this.phase = new int[humans];
        this.workLeft = new int[humans];
        this.received = new boolean[humans];
        this.finished = new boolean[humans];
        this.action = new int[robots];
        this.arrived = new boolean[robots];
        this.gaveUp = new boolean[robots];
        this.served = new boolean[robots];
    }

    @Override
    public int agents() {
        return robots + 1;
    }

    @Override
    public boolean deterministic() {
        return true;
    }

    @Override
    public void reset(RandomGenerator random) {
        for (int robot = 0; robot < robots; robot++) {
            x[robot] = layout.starts().get(robot).x();
            y[robot] = layout.starts().get(robot).y();
        }
        Arrays.fill(at, NOWHERE);
        Arrays.fill(timer, 0);
        Arrays.fill(basket, 0);
        task = NO_TASK;
        ticksLeft = 0;
        failed = false;
        Arrays.fill(staging, 0);
        staged = 0;
        Arrays.fill(found, 0);
        Arrays.fill(phase, 0);
        for (int human = 0; human < humans; human++) {
            workLeft[human] = duration[human][0];
        }
        Arrays.fill(received, false);
        Arrays.fill(finished, false);
        forgetTick();
        reward = 0;
        terminated = false;
    }

    @Override
    public void beginTick(RandomGenerator random) {
        forgetTick();
    }

    private void forgetTick() {
        Arrays.fill(action, NO_ACTION);
        Arrays.fill(arrived, false);
        Arrays.fill(gaveUp, false);
        Arrays.fill(served, false);
        earned = 0;
    }

    @Override
    public void act(int agent, int primitiveAction, RandomGenerator random) {
        int actions = agent < robots ? humans + 2 : 1 + robots + TOOLS;
        if (primitiveAction < 0 || primitiveAction >= actions) {
            throw new IllegalArgumentException(
                    "primitiveAction: " + primitiveAction + " (expected: 0.." + (actions - 1) + ")");
        }
        if (agent < robots) {
            go(agent, primitiveAction);
        } else {
            manipulate(primitiveAction);
        }
    }

    /** &sect;2.3: a tick of travelling, or, within a tick's reach of the waypoint, what there is to do there. */
    private void go(int robot, int waypoint) {
        action[robot] = waypoint;
        Place goal = waypoints[robot][waypoint];
        double dx = goal.x() - x[robot];
        double dy = goal.y() - y[robot];
        // In whole centimetres: a robot is there a little early or late for its exact distance.
        double distance = Math.rint(100 * Math.sqrt(dx * dx + dy * dy)) / 100;
        if (distance > rules.speed()) {
            double share = rules.speed() / distance;
            x[robot] += share * dx;
            y[robot] += share * dy;
            timer[robot] = distance - rules.speed();
            if (rules.forgetsPlaces()) {
                at[robot] = NOWHERE;
            }
            return;
        }
        x[robot] = goal.x();
        y[robot] = goal.y();
        at[robot] = waypoint;
        boolean travelled = timer[robot] > 0;
        if (travelled) {
            timer[robot] = 0;
        }
        if (travelled && waypoint == layout.pausing()) {
            return;
        }
        if (waypoint == layout.tableIndex()) {
            await(robot);
            return;
        }
        arrived[robot] = true;
        if (waypoint < humans) {
            deliver(robot, waypoint);
        }
    }

    /** Waits at the table, but not for ever. The count starts at 1, not 0, after giving up: whoever comes back at once waits a tick less (quirk Q2, &sect;2.10). */
    private void await(int robot) {
        timer[robot] -= 1;
        if (timer[robot] <= -rules.waitTicks()) {
            timer[robot] = -1;
            gaveUp[robot] = true;
        }
    }

    /** The tool that a human needs next has the number of its phase. In the last phase the human has all that it will ever accept. */
    private void deliver(int robot, int human) {
        int wanted = robot * TOOLS + phase[human];
        if (received[human] || basket[wanted] == 0) {
            return;
        }
        basket[wanted]--;
        received[human] = true;
        earned += rewards.delivery();
        if (workLeft[human] < 0 || (workLeft[human] == 0 && rules.lateAtZero())) {
            earned += rewards.late();
        }
    }

    /** &sect;2.4: a tick of the task, which takes effect on the last. With macro-actions a task is never broken off, so a new one begins exactly when the last is done. */
    private void manipulate(int choice) {
        boolean goesOn = ticksLeft > 0 && (choice == task || rules.manipulator() == Rules.Manipulator.DURATIVE);
        if (goesOn) {
            ticksLeft--;
        } else {
            begin(choice);
        }
        if (ticksLeft > 0) {
            return;
        }
        if (isPass(task)) {
            pass(task - 1);
        } else if (task != WAIT) {
            search(task - 1 - robots);
        }
    }

    private void begin(int choice) {
        task = choice;
        ticksLeft = cost(choice) - 1;
        failed = isPass(choice) && !ready(choice - 1);
    }

    private int cost(int choice) {
        if (choice == WAIT || rules.manipulator() == Rules.Manipulator.INSTANT) {
            return 1;
        }
        return isPass(choice) ? rules.passTicks() : rules.searchTicks();
    }

    private boolean isPass(int choice) {
        return choice > WAIT && choice <= robots;
    }

    /** Whether the robot has waited at the table for at least a tick. By quirk Q1 (&sect;2.10) nobody looks at a third robot until the pass ends. */
    private boolean ready(int robot) {
        return robot >= rules.checkedPasses() || (at[robot] == layout.tableIndex() && timer[robot] <= -1);
    }

    /** A pass with an empty staging area is no failure: the robot is sent away with nothing. */
    private void pass(int robot) {
        if (failed || timer[robot] >= 0 || action[robot] != layout.tableIndex()) {
            earned += rewards.failedPass();
        } else {
            if (staged > 0) {
                basket[robot * TOOLS + staging[0]]++;
                staging[0] = staging[1];
                staged--;
            }
            timer[robot] = 0;
            served[robot] = true;
        }
        failed = false;
    }

    /** With the staging area full or no such tool left, the effort was in vain. */
    private void search(int tool) {
        if (staged < STAGING_ROOM && found[tool] < rules.stock()) {
            staging[staged++] = tool;
            found[tool]++;
        }
    }

    @Override
    public void endTick(RandomGenerator random) {
        reward = rewards.tick() + earned;
        boolean allEquipped = true;
        for (int human = 0; human < humans; human++) {
            allEquipped &= received[human] && phase[human] >= LAST_PHASE - 1;
            if (!finished[human]) {
                work(human);
            }
        }
        terminated = allEquipped;
    }

    /** &sect;2.5: what a phase took too long is not made good in the next. */
    private void work(int human) {
        workLeft[human]--;
        if (workLeft[human] > 0 || !received[human]) {
            return;
        }
        if (phase[human] == LAST_PHASE) {
            finished[human] = true;
            return;
        }
        phase[human]++;
        workLeft[human] = duration[human][phase[human]];
        received[human] = phase[human] == LAST_PHASE;
    }

    /** Whether the robot is in the tool room, from all of which one sees what is staged. */
    boolean seesStaging(int robot) {
        return x[robot] < Layout.TOOL_ROOM_EDGE;
    }

    /** Whether the robot is at the workshop or tool room to which it was going. */
    boolean arrived(int robot) {
        return arrived[robot];
    }

    /** Whether the robot has waited at the table for so long that it gave up on the last tick. */
    boolean gaveUp(int robot) {
        return gaveUp[robot];
    }

    /** Whether the manipulator passed the robot something, or nothing, on the last tick. */
    boolean served(int robot) {
        return served[robot];
    }

    /** Whether the manipulator is amid a task. */
    boolean manipulatorBusy() {
        return ticksLeft > 0;
    }

    @Override
    public double reward() {
        return reward;
    }

    @Override
    public boolean terminated() {
        return terminated;
    }

    @Override
    public Optional<Scene> scene(JointExecution execution) {
        return Optional.of(WarehouseScene.of(this, execution));
    }

    @Override
    public VectorSpec observationSpec(int agent) {
        return agent < robots ? robotObservation : manipulatorObservation;
    }

    private VectorSpec robotObservationSpec() {
        List<Label> labels = new ArrayList<>();
        labels.add(new Label(
                "own.place", "one-hot: workshop of each human, tool room, table, or nowhere yet", humans + 3, 0, 1));
        for (int human = 0; human < humans; human++) {
            labels.add(new Label("human" + human + ".phase", "one-hot; all zero unless in its workshop", PHASES, 0, 1));
        }
        labels.add(new Label("own.basket", "how many of each type of tool", TOOLS, 0, rules.stock()));
        labels.add(new Label(
                "staging.size", "one-hot: one tool, two tools; all zero unless in the tool room", STAGING_ROOM, 0, 1));
        return new VectorSpec(labels);
    }

    private VectorSpec manipulatorObservationSpec() {
        List<Label> labels = new ArrayList<>();
        labels.add(new Label("staging.tools", "how many of each type of tool", TOOLS, 0, STAGING_ROOM));
        for (int robot = 0; robot < robots; robot++) {
            labels.add(new Label("robot" + robot + ".atTable", "1 if it is at its place at the table", 1, 0, 1));
        }
        return new VectorSpec(labels);
    }

    @Override
    public void observation(int agent, double[] out, int offset) {
        if (agent < robots) {
            observeAsRobot(agent, out, offset);
        } else {
            observeAsManipulator(out, offset);
        }
    }

    /** &sect;2.7. */
    private void observeAsRobot(int robot, double[] out, int offset) {
        Arrays.fill(out, offset, offset + robotObservation.size(), 0);
        int next = offset;
        out[next + (at[robot] == NOWHERE ? humans + 2 : at[robot])] = 1;
        next += humans + 3;
        if (at[robot] != NOWHERE && at[robot] < humans) {
            out[next + at[robot] * PHASES + phase[at[robot]]] = 1;
        }
        next += humans * PHASES;
        for (int tool = 0; tool < TOOLS; tool++) {
            out[next++] = basket[robot * TOOLS + tool];
        }
        if (staged > 0 && seesStaging(robot)) {
            out[next + staged - 1] = 1;
        }
    }

    private void observeAsManipulator(double[] out, int offset) {
        countStaging(out, offset);
        int next = offset + TOOLS;
        for (int robot = 0; robot < robots; robot++) {
            Place table = waypoints[robot][layout.tableIndex()];
            out[next++] = x[robot] == table.x() && y[robot] == table.y() ? 1 : 0;
        }
    }

    private void countStaging(double[] out, int offset) {
        Arrays.fill(out, offset, offset + TOOLS, 0);
        for (int i = 0; i < staged; i++) {
            out[offset + staging[i]]++;
        }
    }

    @Override
    public VectorSpec stateSpec() {
        return state;
    }

    private VectorSpec specOfState() {
        List<Label> labels = new ArrayList<>();
        for (int robot = 0; robot < robots; robot++) {
            labels.add(new Label("robot" + robot + ".xy", "x / 7 m, y / 5 m", 2, 0, 8 / Layout.ROOM_WIDTH));
        }
        labels.add(new Label("manipulator.xy", "x / 7 m, y / 5 m", 2, 0, 1));
        for (int robot = 0; robot < robots; robot++) {
            labels.add(
                    new Label("robot" + robot + ".basket", "how many of each type of tool", TOOLS, 0, rules.stock()));
        }
        labels.add(new Label("staging.tools", "how many of each type of tool", TOOLS, 0, STAGING_ROOM));
        labels.add(new Label("passing.tool", "one-hot: the tool that is being passed", TOOLS, 0, 1));
        labels.add(new Label("manipulator.left", "ticks left of its task / ticks that it takes in all", 1, 0, 1));
        for (int human = 0; human < humans; human++) {
            labels.add(new Label("human" + human + ".phase", "one-hot", PHASES, 0, 1));
            labels.add(new Label("human" + human + ".progress", "share of the phase done; -1 while idle", 1, -1, 1));
        }
        return new VectorSpec(labels);
    }

    /** Where {@link #state} has the first entry of the robot's basket. */
    static int basketIndex(Layout layout, int robot) {
        return 2 * (layout.robots() + 1) + TOOLS * robot;
    }

    /** Where {@link #state} has what is left of the manipulator's task. */
    static int leftIndex(Layout layout) {
        return basketIndex(layout, layout.robots()) + 2 * TOOLS;
    }

    /** &sect;2.8. */
    @Override
    public void state(double[] out, int offset) {
        int next = offset;
        for (int robot = 0; robot < robots; robot++) {
            out[next++] = x[robot] / Layout.ROOM_WIDTH;
            out[next++] = y[robot] / Layout.ROOM_HEIGHT;
        }
        out[next++] = layout.manipulator().x() / Layout.ROOM_WIDTH;
        out[next++] = layout.manipulator().y() / Layout.ROOM_HEIGHT;
        for (int tools : basket) {
            out[next++] = tools;
        }
        countStaging(out, next);
        next += TOOLS;
        Arrays.fill(out, next, next + TOOLS, 0);
        if (isPass(task) && ticksLeft > 0 && staged > 0) {
            out[next + staging[0]] = 1;
        }
        next += TOOLS;
        out[next++] = ticksLeft == 0 ? 0 : (double) ticksLeft / cost(task);
        for (int human = 0; human < humans; human++) {
            Arrays.fill(out, next, next + PHASES, 0);
            out[next + phase[human]] = 1;
            next += PHASES;
            double left = workLeft[human];
            out[next++] = left < 0 ? -1 : 1 - left / duration[human][phase[human]];
        }
    }

    @Override
    public void save(SnapshotWriter out) {
        out.putDoubles(x);
        out.putDoubles(y);
        out.putInts(at);
        out.putDoubles(timer);
        out.putInts(basket);
        out.putInt(task);
        out.putInt(ticksLeft);
        out.putBoolean(failed);
        out.putInts(staging);
        out.putInt(staged);
        out.putInts(found);
        out.putInts(phase);
        out.putInts(workLeft);
        for (int human = 0; human < humans; human++) {
            out.putBoolean(received[human]);
            out.putBoolean(finished[human]);
        }
        out.putBoolean(terminated);
        out.putDouble(reward);
    }

    @Override
    public void load(SnapshotReader in) {
        in.getDoubles(x);
        in.getDoubles(y);
        in.getInts(at);
        in.getDoubles(timer);
        in.getInts(basket);
        task = in.getInt();
        ticksLeft = in.getInt();
        failed = in.getBoolean();
        in.getInts(staging);
        staged = in.getInt();
        in.getInts(found);
        in.getInts(phase);
        in.getInts(workLeft);
        for (int human = 0; human < humans; human++) {
            received[human] = in.getBoolean();
            finished[human] = in.getBoolean();
        }
        terminated = in.getBoolean();
        reward = in.getDouble();
        forgetTick();
    }

    /**
     * {@code robots}: [x, y, waypoint reached last or -1, timer, basket, ended]; {@code manip}: timer, staging with the oldest tool first, found, failed, done; {@code humans}: [phase, timer, received,
     * finished].
     */
    @Override
    public Map<String, Object> inspect(JointExecution execution) {
        List<List<Object>> mobile = new ArrayList<>();
        for (int robot = 0; robot < robots; robot++) {
            List<Integer> tools = listOf(basket, robot * TOOLS, TOOLS);
            mobile.add(List.of(x[robot], y[robot], at[robot], timer[robot], tools, flag(execution.ended(robot))));
        }
        Map<String, Object> manipulator = new LinkedHashMap<>();
        manipulator.put("timer", ticksLeft);
        manipulator.put("staging", listOf(staging, 0, staged));
        manipulator.put("found", listOf(found, 0, TOOLS));
        manipulator.put("failed", flag(failed));
        manipulator.put("done", flag(!manipulatorBusy()));
        List<List<Integer>> people = new ArrayList<>();
        for (int human = 0; human < humans; human++) {
            people.add(List.of(phase[human], workLeft[human], flag(received[human]), flag(finished[human])));
        }
        Map<String, Object> situation = new LinkedHashMap<>();
        situation.put("robots", mobile);
        situation.put("manip", manipulator);
        situation.put("humans", people);
        return situation;
    }

    private static int flag(boolean value) {
        return value ? 1 : 0;
    }

    private static List<Integer> listOf(int[] values, int from, int count) {
        return Arrays.stream(values, from, from + count).boxed().toList();
    }
}
