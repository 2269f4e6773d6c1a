package dev.macenv.env.warehouse;

import java.util.List;

/**
 * Where everything is (&sect;2.1). Waypoints of a mobile robot are numbered like its macro-actions: the workshops, the tool room, and last the robot's own place at the table.
 *
 * @param workshops one per human
 * @param toolRoom where robots wait, out of the manipulator's reach
 * @param tables for each mobile robot, where the manipulator hands it tools
 * @param starts of the mobile robots; a robot that starts on a waypoint has not reached it
 * @param manipulator where it stands
 * @param pausing the macro-action of mobile robots that takes one tick to settle after travelling
 */
record Layout(
        List<Place> workshops, Place toolRoom, List<Place> tables, List<Place> starts, Place manipulator, int pausing) {

    /** The tool room and the table lie to the left of this x, the workshops to the right. */
    static final double TOOL_ROOM_EDGE = 3.5;

    /** What the state divides positions by. With three and four humans x reaches 8 all the same. */
    static final double ROOM_WIDTH = 7;

    static final double ROOM_HEIGHT = 5;

    static final Layout ONE_HUMAN = new Layout(
            List.of(new Place(6, 3)),
            new Place(2.5, 3.5),
            List.of(new Place(0.8, 3), new Place(1.2, 3)),
            List.of(new Place(3, 1.5), new Place(3, 2.5)),
            new Place(0.9, 1.8),
            2);

    static final Layout TWO_HUMANS = new Layout(
            List.of(new Place(6, 3), new Place(6, 2)),
            new Place(3, 2.5),
            List.of(new Place(1.2, 3.7), new Place(1.2, 1.3)),
            List.of(new Place(3, 3.5), new Place(3, 1.5)),
            new Place(0.9, 2.5),
            3);

    static final Layout THREE_HUMANS = new Layout(
            List.of(new Place(6, 3), new Place(8, 3), new Place(8, 2)),
            new Place(3, 2.5),
            List.of(new Place(1.2, 3.7), new Place(1.2, 1.3)),
            List.of(new Place(3, 3.5), new Place(3, 1.5)),
            new Place(0.9, 2.5),
            4);

    static final Layout THREE_HUMANS_THREE_ROBOTS = new Layout(
            List.of(new Place(6, 3), new Place(8, 3), new Place(8, 2)),
            new Place(3, 2.5),
            List.of(new Place(0.8, 3.7), new Place(1.2, 3.7), new Place(1.2, 1.3)),
            List.of(new Place(3, 4), new Place(3, 2.5), new Place(3, 1)),
            new Place(0.9, 2.5),
            4);

    /**
     * Quirk Q4 (&sect;2.10): the reference program left the index of the pausing macro-action at 4, its value with three humans. With four that is Go-TR, so Go-TR settles for a tick after travelling,
     * and the tick on which a robot comes to the table already counts as waited.
     */
    static final Layout FOUR_HUMANS = new Layout(
            List.of(new Place(6, 3), new Place(8, 3), new Place(6, 2), new Place(8, 2)),
            new Place(3, 2.5),
            List.of(new Place(0.8, 3.7), new Place(1.2, 3.7), new Place(1.2, 1.3)),
            List.of(new Place(3, 4), new Place(3, 2.5), new Place(3, 1)),
            new Place(0.9, 2.5),
            4);

    Layout {
        workshops = List.copyOf(workshops);
        tables = List.copyOf(tables);
        starts = List.copyOf(starts);
    }

    int humans() {
        return workshops.size();
    }

    /** Mobile robots; the manipulator is not counted. */
    int robots() {
        return starts.size();
    }

    /** Index of the tool room among waypoints, and of Go-TR among macro-actions. */
    int toolRoomIndex() {
        return humans();
    }

    /** Index of the table among waypoints, and of Get-Tool among macro-actions. */
    int tableIndex() {
        return humans() + 1;
    }

    Place waypoint(int robot, int index) {
        if (index < humans()) {
            return workshops.get(index);
        }
        return index == toolRoomIndex() ? toolRoom : tables.get(robot);
    }
}
