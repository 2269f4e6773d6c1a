package dev.macenv.env.boxpushing;

import dev.macenv.env.JointExecution;
import dev.macenv.env.scene.Facing;
import dev.macenv.env.scene.Ground;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.util.ArrayList;
import java.util.List;

/** Box Pushing as something to look at, in cells. */
final class BoxPushingScene {

    private static final String[] WAYPOINTS = {
        "below small box 0", "below small box 1", "below the big box, left", "below the big box, right"
    };

    private static final Facing[] FACING = {Facing.UP, Facing.RIGHT, Facing.DOWN, Facing.LEFT}; // [orientation]

    private BoxPushingScene() {}

    /** @param waypoints whether there are Go-to macro-actions, which have the indices of their waypoints */
    static Scene of(BoxPushing world, JointExecution execution, boolean waypoints) {
        Layout layout = world.layout();
        int n = layout.n();
        List<SceneItem> items = new ArrayList<>();
        items.add(new SceneItem.Area("goal", n / 2.0, n - 0.5, n, 1, true));
        if (waypoints) {
            for (int waypoint = 0; waypoint < WAYPOINTS.length; waypoint++) {
                items.add(spot(layout, waypoint));
            }
        }
        for (int box = 0; box < BoxPushing.BOXES; box++) {
            boolean big = box == BoxPushing.BIG;
            double x = BoxPushing.cells(world.boxX[box]);
            double y = BoxPushing.cells(world.boxY[box]);
            items.add(new SceneItem.Box(big ? "big" : "small" + box, x, y, big ? 2 : 1, 1, big ? 2 : 1));
        }
        for (int agent = 0; agent < BoxPushing.AGENTS; agent++) {
            Facing facing = FACING[world.orientation[agent]];
            double x = BoxPushing.cells(world.agentX[agent]);
            double y = BoxPushing.cells(world.agentY[agent]);
            int macroAction = execution.macroAction(agent);
            if (waypoints && !execution.ended(agent) && macroAction < WAYPOINTS.length) {
                SceneItem.Spot goal = spot(layout, macroAction);
                items.add(new SceneItem.Course(agent, goal.x(), goal.y()));
            }
            items.add(new SceneItem.Sight(agent, x + facing.dx(), y + facing.dy(), 1, 1));
            items.add(new SceneItem.Agent(agent, x, y, facing));
        }
        return new Scene(n, n, 1, Ground.CELLS, items);
    }

    private static SceneItem.Spot spot(Layout layout, int waypoint) {
        return new SceneItem.Spot(
                WAYPOINTS[waypoint],
                BoxPushing.cells(layout.waypointX(waypoint)),
                BoxPushing.cells(layout.waypointY()));
    }
}
