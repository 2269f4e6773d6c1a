package dev.macenv.env.scene;

import java.util.List;
import java.util.OptionalInt;

/** Something in a {@link Scene}, placed by its centre. Agents are meant by their index in the team. */
public sealed interface SceneItem {

    double x();

    double y();

    /**
     * A part of the floor that means something.
     *
     * @param goal whether the task is done there
     */
    record Area(String name, double x, double y, double width, double height, boolean goal) implements SceneItem {}

    /** A place that macro-actions know. */
    record Spot(String name, double x, double y) implements SceneItem {}

    /**
     * A thing to be pushed.
     *
     * @param agents how many it takes to move it; at least 1
     */
    record Box(String name, double x, double y, double width, double height, int agents) implements SceneItem {}

    /**
     * A tool that lies somewhere.
     *
     * @param type 0, 1, 2, ...
     */
    record Tool(int type, double x, double y) implements SceneItem {}

    /**
     * A human at work, who is not one of the agents.
     *
     * @param phase the present one, from 0; {@code phases} when all is done
     * @param phases how many there are; at least 1
     * @param progress how much of the phase is done, 0 to 1
     * @param waiting whether the work rests because a tool is missing
     * @param needs the type of the tool that is to be brought, if one is
     */
    record Person(
            String name, double x, double y, int phase, int phases, double progress, boolean waiting, OptionalInt needs)
            implements SceneItem {}

    /** Something to be caught. */
    record Target(String name, double x, double y, boolean captured) implements SceneItem {}

    /**
     * One of the team.
     *
     * @param index in the team, from 0
     * @param fixed whether it is built in, and never moves
     * @param tools the types of the tools that it carries, in the order in which it got them
     */
    record Agent(int index, double x, double y, Facing facing, boolean fixed, List<Integer> tools)
            implements SceneItem {

        public Agent {
            tools = List.copyOf(tools);
        }

        /** One that moves and carries nothing. */
        public Agent(int index, double x, double y, Facing facing) {
            this(index, x, y, facing, false, List.of());
        }
    }

    /** A part of the world that an agent sees at this moment, though it is told of it only when its macro-action ends. */
    record Sight(int agent, double x, double y, double width, double height) implements SceneItem {}

    /** Where an agent's ongoing macro-action takes it. */
    record Course(int agent, double x, double y) implements SceneItem {}
}
