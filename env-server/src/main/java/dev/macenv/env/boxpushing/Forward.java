package dev.macenv.env.boxpushing;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * The primitive action of going one cell ahead; or of heaving, if both agents go ahead from below the two halves of the big box (&sect;1.11).
 *
 * <p>In contrast to {@link Push}, where the agents stand is tested, on every tick. One of the two reference programs goes on lifting after the first joint push whatever the agents choose; that is a slip, and
 * this follows the other.
 */
final class Forward implements MacroAction<BoxPushing> {

    /** Its index, the same for both agents. */
    static final int INDEX = 0;

    private final MacroActionSpec spec;

    Forward(String name, String doc) {
        this.spec = new MacroActionSpec(name, doc, 1, 1, true);
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(BoxPushing world, int agent, JointExecution execution, RandomGenerator random) {
        return together(world, execution) ? BoxPushing.HEAVE : BoxPushing.FORWARD;
    }

    /** A heaving agent moves only when the tick ends, so agent 1 comes to the same answer as agent 0 before it. */
    private static boolean together(BoxPushing world, JointExecution execution) {
        int bigX = world.boxX[BoxPushing.BIG];
        int below = world.boxY[BoxPushing.BIG] - Layout.CELL;
        for (int agent = 0; agent < BoxPushing.AGENTS; agent++) {
            if (execution.macroAction(agent) != INDEX
                    || world.orientation[agent] != BoxPushing.UP
                    || world.agentY[agent] != below
                    || Math.abs(world.agentX[agent] - bigX) != 1) {
                return false;
            }
        }
        return world.agentX[0] != world.agentX[1];
    }

    @Override
    public double terminationProbability(BoxPushing world, int agent, JointExecution execution) {
        return 1;
    }
}
