package dev.macenv.env.warehouse;

import dev.macenv.env.JointExecution;
import dev.macenv.env.scene.Facing;
import dev.macenv.env.scene.Ground;
import dev.macenv.env.scene.Scene;
import dev.macenv.env.scene.SceneItem;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** The warehouse as something to look at, in metres. */
final class WarehouseScene {

    private static final double CELL = 0.5;
    private static final double TOOL_GAP = 0.36;

    private final Warehouse world;
    private final JointExecution execution;
    private final Layout layout;
    private final List<SceneItem> items = new ArrayList<>();

    private WarehouseScene(Warehouse world, JointExecution execution) {
        this.world = world;
        this.execution = execution;
        this.layout = world.layout;
    }

    static Scene of(Warehouse world, JointExecution execution) {
        return new WarehouseScene(world, execution).scene();
    }

    private Scene scene() {
        double width =
                1.5 + layout.workshops().stream().mapToDouble(Place::x).max().orElse(0);
        items.add(new SceneItem.Area(
                "tool room",
                Layout.TOOL_ROOM_EDGE / 2,
                Layout.ROOM_HEIGHT / 2,
                Layout.TOOL_ROOM_EDGE,
                Layout.ROOM_HEIGHT,
                false));
        items.add(spot("tool room", layout.toolRoom()));
        for (int human = 0; human < layout.humans(); human++) {
            items.add(spot("workshop " + human, layout.workshops().get(human)));
            items.add(person(human));
        }
        for (int robot = 0; robot < layout.robots(); robot++) {
            items.add(spot("table " + robot, layout.tables().get(robot)));
        }
        for (int i = 0; i < world.staged; i++) {
            items.add(new SceneItem.Tool(world.staging[i], stagingX() + i * TOOL_GAP, stagingY()));
        }
        for (int robot = 0; robot < layout.robots(); robot++) {
            course(robot);
            sight(robot);
            items.add(new SceneItem.Agent(robot, world.x[robot], world.y[robot], Facing.AROUND, false, basket(robot)));
        }
        Place manipulator = layout.manipulator();
        items.add(
                new SceneItem.Agent(layout.robots(), manipulator.x(), manipulator.y(), Facing.AROUND, true, List.of()));
        return new Scene(width, Layout.ROOM_HEIGHT, CELL, Ground.OPEN, items);
    }

    private static SceneItem.Spot spot(String name, Place place) {
        return new SceneItem.Spot(name, place.x(), place.y());
    }

    private SceneItem.Person person(int human) {
        Place place = layout.workshops().get(human);
        boolean wants = !world.received[human] && !world.finished[human];
        double total = world.duration[human][world.phase[human]];
        return new SceneItem.Person(
                "human " + human,
                place.x(),
                place.y(),
                world.finished[human] ? Warehouse.PHASES : world.phase[human],
                Warehouse.PHASES,
                Math.max(0, Math.min(1, 1 - world.workLeft[human] / total)),
                wants && world.workLeft[human] <= 0,
                wants ? OptionalInt.of(world.phase[human]) : OptionalInt.empty());
    }

    private double stagingX() {
        return layout.manipulator().x() + CELL;
    }

    private double stagingY() {
        return layout.manipulator().y();
    }

    private void course(int robot) {
        int goal = execution.macroAction(robot);
        if (goal >= 0 && !execution.ended(robot)) {
            Place place = layout.waypoint(robot, goal);
            items.add(new SceneItem.Course(robot, place.x(), place.y()));
        }
    }

    /** The human whose workshop it was in last, and, in the tool room, the tools that are staged (&sect;2.7). */
    private void sight(int robot) {
        int at = world.at[robot];
        if (at != Warehouse.NOWHERE && at < layout.humans()) {
            Place place = layout.workshops().get(at);
            items.add(new SceneItem.Sight(robot, place.x() + 0.4, place.y(), 1.5, 0.86));
        }
        if (world.seesStaging(robot)) {
            items.add(new SceneItem.Sight(robot, stagingX() + TOOL_GAP / 2, stagingY(), 2 * TOOL_GAP, CELL));
        }
    }

    private List<Integer> basket(int robot) {
        List<Integer> tools = new ArrayList<>();
        for (int tool = 0; tool < Warehouse.TOOLS; tool++) {
            for (int i = 0; i < world.basket[robot * Warehouse.TOOLS + tool]; i++) {
                tools.add(tool);
            }
        }
        return tools;
    }
}
