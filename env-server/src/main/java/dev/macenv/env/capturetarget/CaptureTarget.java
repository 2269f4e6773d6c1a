package dev.macenv.env.capturetarget;

import dev.macenv.env.DecPomdp;
import dev.macenv.env.JointExecution;
import dev.macenv.env.Label;
import dev.macenv.env.SnapshotReader;
import dev.macenv.env.SnapshotWriter;
import dev.macenv.env.VectorSpec;
import dev.macenv.env.scene.Facing;
import dev.macenv.env.scene.Ground;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The world of Capture Target, tick by tick: where the agents and the target are, how they move, who sees the target, what is paid (&sect;3).
 *
 * <p>The primitive actions are the five of {@link Move}, whose direction a noise may turn, and {@link #REST}. Agents do not meet or see each other, so their order within a tick shows in the random draws
 * alone. These come in a fixed order: in {@code act} the noise of the agent, in {@code endTick} the move of the target, then for each agent whether it sees the target.
 */
final class CaptureTarget implements DecPomdp {

    /** No move, and nothing drawn: what macro-actions do when they do nothing, while {@link Move#STAY} is a move that goes nowhere and draws its noise in vain. */
    static final int REST = Move.COUNT;

    static final int OBSERVATION_SIZE = 4;

    private static final int NO_GOAL = -1;
    private static final double HIDDEN = -1;

    private final CaptureRules rules;
    private final boolean primitive;
    private final VectorSpec observation;
    private final VectorSpec state;

    private final int[] agentX;
    private final int[] agentY;
    private final int[] goalX; // where the agent believes the target to be, -1 if it has no belief
    private final int[] goalY;
    private final boolean[] sees;
    private int targetX;
    private int targetY;
    private boolean captured;

    /** @param primitive whether this is the primitive version: it keeps no goals, and its reset draws in another order */
    CaptureTarget(CaptureRules rules, boolean primitive) {
        this.rules = rules;
        this.primitive = primitive;
        this.agentX = new int[rules.agents()];
        this.agentY = new int[rules.agents()];
        this.goalX = new int[rules.agents()];
        this.goalY = new int[rules.agents()];
        this.sees = new boolean[rules.agents()];
        this.observation = VectorSpec.of(
                new Label("own.xy", "own cell / grid", 2, 0, 1),
                new Label("target.xy", "cell of the target / grid; -1, -1 while it is hidden", 2, HIDDEN, 1));
        this.state = stateSpec(rules.agents());
    }

    private static VectorSpec stateSpec(int agents) {
        List<Label> labels = new ArrayList<>();
        for (int agent = 0; agent < agents; agent++) {
            labels.add(new Label("agent" + agent + ".xy", "cell / grid", 2, 0, 1));
        }
        labels.add(new Label("target.xy", "cell / grid, seen or not", 2, 0, 1));
        return new VectorSpec(labels);
    }

    @Override
    public int agents() {
        return agentX.length;
    }

    @Override
    public boolean deterministic() {
        return false;
    }

    /** &sect;3.1. Cells may coincide. The primitive version places the target before the agents, the other after them (quirk Q2, &sect;3.9). */
    @Override
    public void reset(RandomGenerator random) {
        if (primitive) {
            placeTarget(random);
        }
        for (int agent = 0; agent < agentX.length; agent++) {
            agentX[agent] = random.nextInt(rules.grid());
            agentY[agent] = random.nextInt(rules.grid());
        }
        if (!primitive) {
            placeTarget(random);
        }
        Arrays.fill(goalX, NO_GOAL);
        Arrays.fill(goalY, NO_GOAL);
        captured = false;
        look(random);
    }

    private void placeTarget(RandomGenerator random) {
        targetX = random.nextInt(rules.grid());
        targetY = random.nextInt(rules.grid());
    }

    @Override
    public void act(int agent, int primitiveAction, RandomGenerator random) {
        if (primitiveAction == REST) {
            return;
        }
        if (primitiveAction < 0 || primitiveAction > REST) {
            throw new IllegalArgumentException("primitiveAction: " + primitiveAction + " (expected: 0.." + REST + ")");
        }
        int move = turned(primitiveAction, random.nextDouble());
        agentX[agent] = Move.x(agentX[agent], move, rules.grid());
        agentY[agent] = Move.y(agentY[agent], move, rules.grid());
    }

    /** &sect;3.2: the noise turns a direction to the left in the lowest share of the draws, to the right in the highest. */
    private int turned(int move, double draw) {
        double eitherSide = rules.agentNoise() / 2;
        if (draw < eitherSide) {
            return Move.turnedLeft(move);
        }
        return draw < 1 - eitherSide ? move : Move.turnedRight(move);
    }

    /** &sect;3.3: if the agents have come to the target it holds still; if not it moves, and may come to them. */
    @Override
    public void endTick(RandomGenerator random) {
        captured = allOnTarget();
        if (!captured) {
            int move = random.nextInt(Move.COUNT);
            targetX = Move.x(targetX, move, rules.grid());
            targetY = Move.y(targetY, move, rules.grid());
            captured = allOnTarget();
        }
        look(random);
    }

    private boolean allOnTarget() {
        for (int agent = 0; agent < agentX.length; agent++) {
            if (agentX[agent] != targetX || agentY[agent] != targetY) {
                return false;
            }
        }
        return true;
    }

    /** &sect;3.4: drawn for every agent on every tick, whatever it is doing; without that an ongoing macro-action could not follow the target. */
    private void look(RandomGenerator random) {
        for (int agent = 0; agent < sees.length; agent++) {
            sees[agent] = random.nextDouble() > rules.flicker();
        }
    }

    /** Takes what the agent sees of the target as its goal; if it sees nothing it keeps the one it had, even from an earlier macro-action (&sect;3.2). */
    void updateGoal(int agent) {
        if (sees[agent]) {
            goalX[agent] = targetX;
            goalY[agent] = targetY;
        }
    }

    boolean hasGoal(int agent) {
        return goalX[agent] != NO_GOAL;
    }

    boolean atGoal(int agent) {
        return agentX[agent] == goalX[agent] && agentY[agent] == goalY[agent];
    }

    int moveTowardsGoal(int agent, RandomGenerator random) {
        return Move.towards(goalX[agent], goalY[agent], agentX[agent], agentY[agent], rules.grid(), random);
    }

    @Override
    public double reward() {
        return captured ? rules.captureReward() : 0;
    }

    @Override
    public boolean terminated() {
        return captured;
    }

    /** Every agent whose latest look showed the target looks through one window; where an ongoing macro-action leads is what the agent believes, seen now or long ago. */
    @Override
    public Optional<Scene> scene(JointExecution execution) {
        List<SceneItem> items = new ArrayList<>();
        items.add(new SceneItem.Target("target", targetX + 0.5, targetY + 0.5, captured));
        for (int agent = 0; agent < agentX.length; agent++) {
            if (!execution.ended(agent) && hasGoal(agent)) {
                items.add(new SceneItem.Course(agent, goalX[agent] + 0.5, goalY[agent] + 0.5));
            }
            if (sees[agent]) {
                items.add(new SceneItem.Sight(agent, targetX + 0.5, targetY + 0.5, 1, 1));
            }
            items.add(new SceneItem.Agent(agent, agentX[agent] + 0.5, agentY[agent] + 0.5, Facing.AROUND));
        }
        return Optional.of(new Scene(rules.grid(), rules.grid(), 1, Ground.CELLS, items));
    }

    @Override
    public VectorSpec observationSpec(int agent) {
        return observation;
    }

    /** &sect;3.5. */
    @Override
    public void observation(int agent, double[] out, int offset) {
        out[offset] = share(agentX[agent]);
        out[offset + 1] = share(agentY[agent]);
        out[offset + 2] = sees[agent] ? share(targetX) : HIDDEN;
        out[offset + 3] = sees[agent] ? share(targetY) : HIDDEN;
    }

    @Override
    public VectorSpec stateSpec() {
        return state;
    }

    /** &sect;3.7. */
    @Override
    public void state(double[] out, int offset) {
        int next = offset;
        for (int agent = 0; agent < agentX.length; agent++) {
            out[next++] = share(agentX[agent]);
            out[next++] = share(agentY[agent]);
        }
        out[next++] = share(targetX);
        out[next] = share(targetY);
    }

    private double share(int coordinate) {
        return (double) coordinate / rules.grid();
    }

    @Override
    public void save(SnapshotWriter out) {
        out.putInts(agentX);
        out.putInts(agentY);
        out.putInts(goalX);
        out.putInts(goalY);
        for (boolean one : sees) {
            out.putBoolean(one);
        }
        out.putInt(targetX);
        out.putInt(targetY);
        out.putBoolean(captured);
    }

    @Override
    public void load(SnapshotReader in) {
        in.getInts(agentX);
        in.getInts(agentY);
        in.getInts(goalX);
        in.getInts(goalY);
        for (int agent = 0; agent < sees.length; agent++) {
            sees[agent] = in.getBoolean();
        }
        targetX = in.getInt();
        targetY = in.getInt();
        captured = in.getBoolean();
    }

    /** {@code agents}: [x, y]; {@code target}: [x, y]; and with macro-actions {@code last_goal}: [x, y] or [-1, -1], {@code prim_obs}: the newest primitive observations. */
    @Override
    public Map<String, Object> inspect(JointExecution execution) {
        Map<String, Object> situation = new LinkedHashMap<>();
        situation.put("agents", pairs(agentX, agentY));
        situation.put("target", List.of(targetX, targetY));
        if (!primitive) {
            situation.put("last_goal", pairs(goalX, goalY));
            situation.put("prim_obs", observations());
        }
        return situation;
    }

    private static List<List<Integer>> pairs(int[] x, int[] y) {
        List<List<Integer>> pairs = new ArrayList<>();
        for (int i = 0; i < x.length; i++) {
            pairs.add(List.of(x[i], y[i]));
        }
        return pairs;
    }

    private List<List<Double>> observations() {
        List<List<Double>> all = new ArrayList<>();
        double[] one = new double[OBSERVATION_SIZE];
        for (int agent = 0; agent < agentX.length; agent++) {
            observation(agent, one, 0);
            all.add(Arrays.stream(one).boxed().toList());
        }
        return all;
    }
}
