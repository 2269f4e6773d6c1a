package dev.macenv.env.warehouse;

import java.util.List;

/**
 * The numbers and switches of the world.
 *
 * @param phases for each human, the ticks of its four phases
 * @param stock how many of each type of tool can be found
 * @param speed of mobile robots, metres per tick
 * @param passTicks how long the manipulator takes to pass a tool
 * @param searchTicks how long it takes to search for one
 * @param waitTicks how long a robot waits at the table before it gives up, counted from its arrival
 * @param lateAtZero whether a delivery is late as soon as the human's phase is over; if not, it is one tick later
 * @param checkedPasses how many of the robots are looked at when a pass to them begins: all, or by a quirk the first two (Q1, &sect;2.10)
 * @param manipulator what becomes of its unfinished efforts
 * @param forgetsPlaces whether a robot that leaves a waypoint is no longer there (&sect;2.11), or only once it reaches another
 */
record Rules(
        List<List<Integer>> phases,
        int stock,
        double speed,
        int passTicks,
        int searchTicks,
        int waitTicks,
        boolean lateAtZero,
        int checkedPasses,
        Manipulator manipulator,
        boolean forgetsPlaces) {

    /** What one tick of passing or searching does (&sect;2.11). */
    enum Manipulator {
        /** Chosen on enough ticks in a row it takes effect; another choice breaks it off. */
        INTERRUPTIBLE,
        /** Once begun it is carried through, whatever is chosen meanwhile. */
        DURATIVE,
        /** It takes effect at once. */
        INSTANT
    }

    Rules {
        phases = phases.stream().map(List::copyOf).toList();
    }
}
