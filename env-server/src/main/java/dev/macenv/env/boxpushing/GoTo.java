package dev.macenv.env.boxpushing;

import dev.macenv.env.JointExecution;
import dev.macenv.env.MacroAction;
import dev.macenv.env.MacroActionSpec;
import java.util.random.RandomGenerator;

/**
 * Go-to-Small-Box(i) and Go-to-Big-Box: walks to a waypoint and ends there, looking up (&sect;1.3).
 *
 * <p>Each tick it either steps ahead or makes a quarter turn. It heads for the neighbouring cell with the least estimate of what is left: the L1 distance to the waypoint, plus a tenth of a cell for each quarter turn
 * needed first.
 */
final class GoTo implements MacroAction<BoxPushing> {

    /** Estimates are in tenths of a cell. */
    private static final int TENTHS_PER_HALF_CELL = 5;

    private static final int BLOCKED = Integer.MAX_VALUE;

    private final MacroActionSpec spec;
    private final int waypoint;

    GoTo(String name, String doc, int waypoint, int maxTicks) {
        this.spec = new MacroActionSpec(name, doc, 1, maxTicks, false);
        this.waypoint = waypoint;
    }

    @Override
    public MacroActionSpec spec() {
        return spec;
    }

    @Override
    public int primitiveAction(BoxPushing world, int agent, JointExecution execution, RandomGenerator random) {
        if (world.at(agent, waypoint)) {
            return BoxPushing.FACE_UP;
        }
        return switch ((heading(world, agent) - world.orientation[agent]) & 3) {
            case 0 -> BoxPushing.WALK;
            case 3 -> BoxPushing.TURN_LEFT;
            // A quarter turn to the right; or half a turn, whose first quarter is clockwise.
            default -> BoxPushing.TURN_RIGHT;
        };
    }

    /** The first orientation with the least estimate. No cell is outside for it: the grid's boundary is not tested (quirk Q3, &sect;1.10), nor is the other agent. */
    private int heading(BoxPushing world, int agent) {
        int best = 0;
        int least = BLOCKED;
        for (int direction = 0; direction < 4; direction++) {
            int x = world.agentX[agent] + BoxPushing.DX[direction];
            int y = world.agentY[agent] + BoxPushing.DY[direction];
            int estimate = obstructed(world, x, y)
                    ? BLOCKED
                    : distance(world, x, y) + quarterTurns(world.orientation[agent], direction);
            if (estimate < least) {
                least = estimate;
                best = direction;
            }
        }
        return best;
    }

    /**
     * Obstacles are looked for in the present row of small box 0 alone, at the columns of all boxes. Once that box has been pushed up, agents walk through the other boxes, and evade
     * boxes that are not there (quirk Q2, &sect;1.10).
     */
    private static boolean obstructed(BoxPushing world, int x, int y) {
        int big = world.boxX[BoxPushing.BIG];
        return y == world.boxY[0] && (x == world.boxX[0] || x == world.boxX[1] || x == big - 1 || x == big + 1);
    }

    private int distance(BoxPushing world, int x, int y) {
        int dx = Math.abs(world.layout().waypointX(waypoint) - x);
        int dy = Math.abs(world.layout().waypointY() - y);
        return TENTHS_PER_HALF_CELL * (dx + dy);
    }

    private static int quarterTurns(int from, int to) {
        int clockwise = (to - from) & 3;
        return clockwise == 3 ? 1 : clockwise;
    }

    @Override
    public double terminationProbability(BoxPushing world, int agent, JointExecution execution) {
        return world.at(agent, waypoint) && world.orientation[agent] == BoxPushing.UP ? 1 : 0;
    }

    /** Remembered until the next Go-to ends, however far the agent strays meanwhile (quirk Q1, &sect;1.10). */
    @Override
    public void ended(BoxPushing world, int agent) {
        world.lastWaypoint[agent] = waypoint;
    }
}
