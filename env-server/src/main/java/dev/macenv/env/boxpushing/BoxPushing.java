package dev.macenv.env.boxpushing;

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
 * The world of Box Pushing, tick by tick: where agents and boxes are, what moving and pushing do, what is seen and paid (&sect;1).
 *
 * <p>The alphabet of primitive actions has the four of the primitive version and three that only macro-actions use: {@link #WALK}, {@link #FACE_UP} and {@link #HEAVE}. Agents
 * act in seat order, so agent 1 meets the boxes where agent 0 has just pushed them (&sect;1.6); heaving is carried out when both have acted.
 *
 * <p>Deterministic. Positions are in half-cells, see {@link Layout}; the doubles that leave this class are cells.
 */
final class BoxPushing implements DecPomdp {

    /** One cell ahead, pushing what stands there; against a wall or a box that does not give way, no move and a penalty. */
    static final int FORWARD = 0;

    static final int TURN_LEFT = 1;
    static final int TURN_RIGHT = 2;
    static final int STAY = 3;

    /** One cell ahead, whatever is there: the path planner of Go-to has looked before, as far as it ever looks (quirks Q2 and Q3, &sect;1.10). */
    static final int WALK = 4;

    /** Turns upwards from any orientation in one tick (&sect;1.3 rule 1). */
    static final int FACE_UP = 5;

    /** Pushes the big box together: if both agents heave on one tick, they and the big box move up one cell. Alone it does nothing. */
    static final int HEAVE = 6;

    static final int AGENTS = 2;
    static final int BOXES = 3;
    static final int BIG = 2;
    static final int NO_WAYPOINT = -1;

    static final int UP = 0;

    /** Unit vectors of the orientations up, right, down, left, in half-cells. */
    static final int[] DX = {0, Layout.CELL, 0, -Layout.CELL};

    static final int[] DY = {Layout.CELL, 0, -Layout.CELL, 0};

    private static final int OBSERVATION_SIZE = 5;
    private static final VectorSpec OBSERVATION = VectorSpec.of(
            new Label("front.smallBox", "1 if a small box is in the cell ahead", 1, 0, 1),
            new Label("front.bigBox", "1 if the big box covers the cell ahead", 1, 0, 1),
            new Label("front.empty", "1 if nothing is in the cell ahead", 1, 0, 1),
            new Label("front.boundary", "1 if the cell ahead is outside the grid", 1, 0, 1),
            new Label("front.teammate", "1 if the other agent is in the cell ahead", 1, 0, 1));

    private final Layout layout;
    private final Rewards rewards;
    private final boolean remembersWaypoints;

    final int[] agentX = new int[AGENTS];
    final int[] agentY = new int[AGENTS];
    final int[] orientation = new int[AGENTS];
    final int[] lastWaypoint = new int[AGENTS]; // where the agent's latest Go-to ended
    final int[] boxX = new int[BOXES];
    final int[] boxY = new int[BOXES];

    // What the agents did on the last tick. The low-level policies and endings of macro-actions look at it.
    private final boolean[] blocked = new boolean[AGENTS];
    private final boolean[] pushed = new boolean[AGENTS];
    private final boolean[] delivered = new boolean[AGENTS];
    private boolean jointPush;
    private int heaving;
    private int penalties;

    private double reward;
    private boolean terminated;

    /** @param remembersWaypoints whether there are Go-to macro-actions at all; only {@link #inspect} and {@link #scene} differ */
    BoxPushing(Layout layout, Rewards rewards, boolean remembersWaypoints) {
        this.layout = layout;
        this.rewards = rewards;
        this.remembersWaypoints = remembersWaypoints;
    }

    Layout layout() {
        return layout;
    }

    @Override
    public int agents() {
        return AGENTS;
    }

    @Override
    public boolean deterministic() {
        return true;
    }

    @Override
    public void reset(RandomGenerator random) {
        for (int agent = 0; agent < AGENTS; agent++) {
            agentX[agent] = layout.agentX(agent);
            agentY[agent] = layout.agentY();
            orientation[agent] = layout.agentOrientation(agent);
            lastWaypoint[agent] = NO_WAYPOINT;
        }
        for (int box = 0; box < BOXES; box++) {
            boxX[box] = layout.boxX(box);
            boxY[box] = layout.boxY();
        }
        forgetTick();
        jointPush = false;
        reward = 0;
        terminated = false;
    }

    @Override
    public void beginTick(RandomGenerator random) {
        forgetTick();
    }

    private void forgetTick() {
        Arrays.fill(blocked, false);
        Arrays.fill(pushed, false);
        Arrays.fill(delivered, false);
        heaving = 0;
        penalties = 0;
    }

    @Override
    public void act(int agent, int primitiveAction, RandomGenerator random) {
        switch (primitiveAction) {
            case FORWARD -> forward(agent);
            case TURN_LEFT -> orientation[agent] = (orientation[agent] + 3) & 3;
            case TURN_RIGHT -> orientation[agent] = (orientation[agent] + 1) & 3;
            case STAY -> {}
            case WALK -> move(agent, 1);
            case FACE_UP -> orientation[agent] = UP;
            case HEAVE -> heaving++;
            default -> throw new IllegalArgumentException("primitiveAction: " + primitiveAction + " (expected: 0..6)");
        }
    }

    /** &sect;1.4 for Push, &sect;1.11 for the primitive action: inside the grid the two have the same effect. */
    private void forward(int agent) {
        if (facesBoundary(agent)) {
            resist(agent);
            return;
        }
        move(agent, 1);
        for (int box = 0; box < BOXES; box++) {
            // The position is read anew for each box: one box may have sent the agent back, and then the next is met
            // there.
            if (boxY[box] != agentY[agent] || Math.abs(boxX[box] - agentX[agent]) > 1) {
                continue;
            }
            if (box != BIG && orientation[agent] == UP) {
                boxY[box] += Layout.CELL;
                pushed[agent] = true;
                delivered[agent] |= boxY[box] == layout.last();
            } else {
                move(agent, -1);
                resist(agent);
            }
        }
    }

    private void move(int agent, int cells) {
        agentX[agent] += cells * DX[orientation[agent]];
        agentY[agent] += cells * DY[orientation[agent]];
    }

    private void resist(int agent) {
        blocked[agent] = true;
        penalties++;
    }

    @Override
    public void endTick(RandomGenerator random) {
        jointPush = heaving == AGENTS;
        if (jointPush) {
            // No boundary test: agents that began at the top row leave the grid upwards (quirks Q1 and Q3, section
            // 1.10).
            agentY[0] += Layout.CELL;
            agentY[1] += Layout.CELL;
            boxY[BIG] += Layout.CELL;
        }
        reward = rewards.tick() + penalties * rewards.penalty();
        for (int box = 0; box < BOXES; box++) {
            if (boxY[box] == layout.last()) {
                reward += box == BIG ? rewards.bigBox() : rewards.smallBox();
                terminated = true;
            }
        }
    }

    /** Whether the agent is in the last cell in the direction in which it looks. */
    boolean facesBoundary(int agent) {
        return switch (orientation[agent]) {
            case UP -> agentY[agent] == layout.last();
            case 1 -> agentX[agent] == layout.last();
            case 2 -> agentY[agent] == 1;
            default -> agentX[agent] == 1;
        };
    }

    /** Whether both agents heaved on the last tick. */
    boolean jointPush() {
        return jointPush;
    }

    /** Whether the agent pushed against something that did not give way on the last tick. */
    boolean blocked(int agent) {
        return blocked[agent];
    }

    /** Whether the agent moved a small box on the last tick. */
    boolean pushed(int agent) {
        return pushed[agent];
    }

    /** Whether the agent pushed a small box into the goal row on the last tick. */
    boolean delivered(int agent) {
        return delivered[agent];
    }

    boolean bigBoxDelivered() {
        return boxY[BIG] == layout.last();
    }

    boolean at(int agent, int waypoint) {
        return agentX[agent] == layout.waypointX(waypoint) && agentY[agent] == layout.waypointY();
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
    public VectorSpec observationSpec(int agent) {
        return OBSERVATION;
    }

    /** &sect;1.8: five binaries about the cell ahead; all but "empty" may be set together. */
    @Override
    public void observation(int agent, double[] out, int offset) {
        int x = agentX[agent] + DX[orientation[agent]];
        int y = agentY[agent] + DY[orientation[agent]];
        int mate = 1 - agent;
        boolean small = (boxX[0] == x && boxY[0] == y) || (boxX[1] == x && boxY[1] == y);
        boolean big = boxY[BIG] == y && Math.abs(boxX[BIG] - x) == 1;
        boolean boundary = x < 0 || x > layout.last() || y < 0 || y > layout.last();
        boolean teammate = agentX[mate] == x && agentY[mate] == y;
        out[offset] = small ? 1 : 0;
        out[offset + 1] = big ? 1 : 0;
        out[offset + 2] = small || big || boundary || teammate ? 0 : 1;
        out[offset + 3] = boundary ? 1 : 0;
        out[offset + OBSERVATION_SIZE - 1] = teammate ? 1 : 0;
    }

    @Override
    public VectorSpec stateSpec() {
        List<Label> labels = new ArrayList<>();
        for (int agent = 0; agent < AGENTS; agent++) {
            String name = "agent" + agent;
            labels.add(new Label(
                    name + ".xy",
                    "position / grid; outside [0, 1] only after it left the grid by a quirk of the rules",
                    2,
                    -1,
                    2));
            labels.add(new Label(name + ".orientation", "one-hot: up, right, down, left", 4, 0, 1));
        }
        labels.add(new Label("smallBox0.xy", "centre / grid", 2, 0, 2));
        labels.add(new Label("smallBox1.xy", "centre / grid", 2, 0, 2));
        labels.add(new Label("bigBox.xy", "centre / grid", 2, 0, 2));
        return new VectorSpec(labels);
    }

    /** &sect;1.9. */
    @Override
    public void state(double[] out, int offset) {
        int next = offset;
        for (int agent = 0; agent < AGENTS; agent++) {
            out[next++] = share(agentX[agent]);
            out[next++] = share(agentY[agent]);
            for (int direction = 0; direction < 4; direction++) {
                out[next++] = orientation[agent] == direction ? 1 : 0;
            }
        }
        for (int box = 0; box < BOXES; box++) {
            out[next++] = share(boxX[box]);
            out[next++] = share(boxY[box]);
        }
    }

    private double share(int halfCells) {
        return cells(halfCells) / layout.n();
    }

    static double cells(int halfCells) {
        return halfCells / 2.0;
    }

    @Override
    public void save(SnapshotWriter out) {
        out.putInts(agentX);
        out.putInts(agentY);
        out.putInts(orientation);
        out.putInts(lastWaypoint);
        out.putInts(boxX);
        out.putInts(boxY);
        out.putBoolean(jointPush);
        out.putBoolean(terminated);
        out.putDouble(reward);
    }

    @Override
    public void load(SnapshotReader in) {
        in.getInts(agentX);
        in.getInts(agentY);
        in.getInts(orientation);
        in.getInts(lastWaypoint);
        in.getInts(boxX);
        in.getInts(boxY);
        jointPush = in.getBoolean();
        terminated = in.getBoolean();
        reward = in.getDouble();
        forgetTick();
    }

    @Override
    public Optional<Scene> scene(JointExecution execution) {
        return Optional.of(BoxPushingScene.of(this, execution, remembersWaypoints));
    }

    /** {@code agents}: [x, y, orientation] and, with Go-to macro-actions, [.., last waypoint or -1, ended]; {@code boxes}: [x, y] of small 0, small 1, big; {@code joint_push}. */
    @Override
    public Map<String, Object> inspect(JointExecution execution) {
        List<List<Number>> agents = new ArrayList<>();
        for (int agent = 0; agent < AGENTS; agent++) {
            List<Number> values =
                    new ArrayList<>(List.of(cells(agentX[agent]), cells(agentY[agent]), orientation[agent]));
            if (remembersWaypoints) {
                values.add(lastWaypoint[agent]);
                values.add(execution.ended(agent) ? 1 : 0);
            }
            agents.add(values);
        }
        List<List<Number>> boxes = new ArrayList<>();
        for (int box = 0; box < BOXES; box++) {
            boxes.add(List.of(cells(boxX[box]), cells(boxY[box])));
        }
        Map<String, Object> situation = new LinkedHashMap<>();
        situation.put("agents", agents);
        situation.put("boxes", boxes);
        situation.put("joint_push", jointPush ? 1 : 0);
        return situation;
    }
}
