package dev.macenv.env.boxpushing;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * Push: ahead, tick after tick, until a small box is delivered, the boundary is reached, or something does not give way (&sect;1.4); or, begun by both agents at once, the big box up
 * to the goal row (&sect;1.5).
 */
final class Push implements MacroAction<BoxPushing> {

    /** Its index, the same for both agents. */
    static final int INDEX = 4;

    private static final int LEFT_SPOT = 2;
    private static final int RIGHT_SPOT = 3;

    private final MacroActionSpec spec;

    Push(String name, String doc, int maxTicks) {
        this.spec = new MacroActionSpec(name, doc, 1, maxTicks, false);
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    /** Once both heave they go on until the goal; nothing can stop them. */
    @Override
    public int primitiveAction(BoxPushing world, int agent, JointExecution execution, RandomGenerator random) {
        boolean together = execution.ticks(agent) > 0 ? world.jointPush() : beginTogether(world, execution);
        return together ? BoxPushing.HEAVE : BoxPushing.FORWARD;
    }

    /**
     * Both begin to push on this tick, look up, and ended their latest Go-to at the two spots below the big box. Where they stand now is not tested (quirk Q1, &sect;1.10): two agents that have
     * strayed from the spots still lift the box, from wherever they are. Nothing in this test changes while the agents act, so both come to the same answer.
     */
    private static boolean beginTogether(BoxPushing world, JointExecution execution) {
        for (int agent = 0; agent < BoxPushing.AGENTS; agent++) {
            if (execution.macroAction(agent) != INDEX
                    || execution.ticks(agent) != 0
                    || world.orientation[agent] != BoxPushing.UP) {
                return false;
            }
        }
        int first = world.lastWaypoint[0];
        int second = world.lastWaypoint[1];
        return (first == LEFT_SPOT && second == RIGHT_SPOT) || (first == RIGHT_SPOT && second == LEFT_SPOT);
    }

    /** Coming to the boundary ends the push free of charge; only a Push that begins there is penalised (quirk Q4, &sect;1.10). */
    @Override
    public double terminationProbability(BoxPushing world, int agent, JointExecution execution) {
        boolean ends = world.jointPush()
                ? world.bigBoxDelivered()
                : world.blocked(agent)
                        || world.delivered(agent)
                        || (!world.pushed(agent) && world.facesBoundary(agent));
        return ends ? 1 : 0;
    }
}
