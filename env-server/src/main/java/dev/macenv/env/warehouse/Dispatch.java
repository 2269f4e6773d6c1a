package dev.macenv.env.warehouse;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;
import java.util.Arrays;
import java.util.List;

/**
 * Carries out a plan of errands: the manipulator searches and passes one tool after the other, and the robots bring them where they are wanted.
 *
 * <p>The plan says who does what, not when: everybody waits for whom it takes, so it also works at other speeds, only less well.
 */
final class Dispatch implements ScriptedPolicy {

    private static final int WAIT = 0;

    private final Layout layout;
    private final List<Errand> plan;
    private final int[] passed; // [robot] how many tools it was passed so far
    private int steps; // of the manipulator: searches and passes, in turn, that are done
    private int task; // what the manipulator chose last
    private double[] state = new double[0];

    Dispatch(Layout layout, List<Errand> plan) {
        this.layout = layout;
        this.plan = List.copyOf(plan);
        this.passed = new int[layout.robots()];
    }

    @Override
    public void choose(MacDecPomdp environment, int[] macroActions) {
        look(environment);
        int manipulator = layout.robots();
        boolean busy = state[Warehouse.leftIndex(layout)] > 0;
        if (!busy) {
            completeStep();
        }
        for (int robot = 0; robot < layout.robots(); robot++) {
            macroActions[robot] = go(robot);
        }
        if (!busy) {
            task = nextStep(macroActions);
        }
        macroActions[manipulator] = task; // with one-tick actions, a task must be chosen again until it is done
    }

    private void look(MacDecPomdp environment) {
        if (environment.tick() == 0) {
            state = new double[environment.spec().stateSize()];
            Arrays.fill(passed, 0);
            steps = 0;
            task = WAIT;
        }
        environment.state(state, 0);
    }

    private void completeStep() {
        if (task == WAIT) {
            return;
        }
        if (steps % 2 == 1) {
            passed[plan.get(steps / 2).robot()]++;
        }
        steps++;
    }

    /** To the table until all tools of the trip are there, then to those who want them. */
    private int go(int robot) {
        int delivered = passed[robot] - inBasket(robot);
        int errand = -1;
        int first = -1;
        for (Errand next : plan) {
            if (next.robot() != robot || ++errand < delivered) {
                continue;
            }
            if (errand == delivered) {
                first = next.human();
            }
            if (errand >= passed[robot]) {
                return layout.tableIndex();
            }
            if (next.leave()) {
                return first;
            }
        }
        return first >= 0 ? first : layout.toolRoomIndex();
    }

    private int inBasket(int robot) {
        int tools = 0;
        for (int tool = 0; tool < Warehouse.TOOLS; tool++) {
            tools += (int) state[Warehouse.basketIndex(layout, robot) + tool];
        }
        return tools;
    }

    /** A pass begins when its robot is at the table and stays there. */
    private int nextStep(int[] robots) {
        if (steps / 2 >= plan.size()) {
            return WAIT;
        }
        Errand errand = plan.get(steps / 2);
        if (steps % 2 == 0) {
            return 1 + layout.robots() + errand.tool();
        }
        int robot = errand.robot();
        Place table = layout.tables().get(robot);
        boolean there = robots[robot] == layout.tableIndex()
                && state[2 * robot] == table.x() / Layout.ROOM_WIDTH
                && state[2 * robot + 1] == table.y() / Layout.ROOM_HEIGHT;
        return there ? 1 + robot : WAIT;
    }
}
