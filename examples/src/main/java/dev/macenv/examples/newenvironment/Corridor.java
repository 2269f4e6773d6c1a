package dev.macenv.examples.newenvironment;

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
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Two agents in a corridor who see only themselves, and are paid for meeting at one of its ends. The floor is slippery. */
final class Corridor implements DecPomdp {

    /** Primitive actions: the cells that an agent tries to move by. */
    static final int LEFT = -1;

    static final int STAY = 0;
    static final int RIGHT = 1;

    private final int length;
    private final double slip;
    private final int[] cell = new int[2];

    Corridor(int length, double slip) {
        this.length = length;
        this.slip = slip;
    }

    @Override
    public int agents() {
        return cell.length;
    }

    @Override
    public void reset(RandomGenerator random) {
        cell[0] = 1 + random.nextInt(length - 2);
        cell[1] = 1 + random.nextInt(length - 2);
    }

    @Override
    public void act(int agent, int primitiveAction, RandomGenerator random) {
        boolean slips = random.nextDouble() < slip;
        int target = cell[agent] + (slips ? STAY : primitiveAction);
        cell[agent] = Math.max(0, Math.min(length - 1, target));
    }

    @Override
    public void endTick(RandomGenerator random) {
        // Nothing happens here by itself.
    }

    boolean atEnd(int agent, int direction) {
        return cell[agent] == (direction == LEFT ? 0 : length - 1);
    }

    @Override
    public double reward() {
        return terminated() ? 1 : -0.01;
    }

    @Override
    public boolean terminated() {
        return cell[0] == cell[1] && (atEnd(0, LEFT) || atEnd(0, RIGHT));
    }

    @Override
    public boolean deterministic() {
        return false;
    }

    @Override
    public VectorSpec observationSpec(int agent) {
        return VectorSpec.of(new Label("own.cell", "own cell / (length - 1)", 1, 0, 1));
    }

    @Override
    public void observation(int agent, double[] out, int offset) {
        out[offset] = cell[agent] / (length - 1.0);
    }

    @Override
    public VectorSpec stateSpec() {
        return VectorSpec.of(new Label("cells", "cell of each agent / (length - 1)", 2, 0, 1));
    }

    @Override
    public void state(double[] out, int offset) {
        observation(0, out, offset);
        observation(1, out, offset + 1);
    }

    @Override
    public Optional<Scene> scene(JointExecution execution) {
        return Optional.of(new Scene(
                length,
                1,
                1,
                Ground.CELLS,
                List.of(
                        new SceneItem.Area("", 0.5, 0.5, 1, 1, true),
                        new SceneItem.Area("", length - 0.5, 0.5, 1, 1, true),
                        new SceneItem.Agent(0, cell[0] + 0.5, 0.5, Facing.AROUND),
                        new SceneItem.Agent(1, cell[1] + 0.5, 0.5, Facing.AROUND))));
    }

    @Override
    public void save(SnapshotWriter out) {
        out.putInts(cell);
    }

    @Override
    public void load(SnapshotReader in) {
        in.getInts(cell);
    }
}
