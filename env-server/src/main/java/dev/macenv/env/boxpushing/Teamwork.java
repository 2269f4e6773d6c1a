package dev.macenv.env.boxpushing;

import dev.macenv.env.MacDecPomdp;
import dev.macenv.env.ScriptedPolicy;

/** The optimum of Box Pushing: agent 0 goes below the left half of the big box, agent 1 below the right, and when both are there they push. */
final class Teamwork implements ScriptedPolicy {

    private static final int GO_TO_BIG_BOX = 2; // and 3 for agent 1
    private static final int MACRO_STAY = 7;

    private static final int RIGHT = 1;
    private static final int LEFT = 3;

    private final Layout layout;
    private final boolean primitive;
    private double[] state = new double[0];

    // In half-cells.
    private final int[] x = new int[BoxPushing.AGENTS];
    private final int[] y = new int[BoxPushing.AGENTS];
    private final int[] orientation = new int[BoxPushing.AGENTS];
    private int bigX;
    private int bigY;

    private Teamwork(Layout layout, boolean primitive) {
        this.layout = layout;
        this.primitive = primitive;
    }

    static Teamwork macro(Layout layout) {
        return new Teamwork(layout, false);
    }

    static Teamwork primitive(Layout layout) {
        return new Teamwork(layout, true);
    }

    @Override
    public void choose(MacDecPomdp environment, int[] macroActions) {
        look(environment);
        boolean together = inPlace(0) && inPlace(1) && environment.ended(0) && environment.ended(1);
        for (int agent = 0; agent < BoxPushing.AGENTS; agent++) {
            if (environment.ended(agent)) {
                macroActions[agent] = primitive ? primitiveAction(agent, together) : macroAction(agent, together);
            }
        }
    }

    private void look(MacDecPomdp environment) {
        if (state.length == 0) {
            state = new double[environment.spec().stateSize()];
        }
        environment.state(state, 0);
        for (int agent = 0; agent < BoxPushing.AGENTS; agent++) {
            int first = 6 * agent;
            x[agent] = halfCells(first);
            y[agent] = halfCells(first + 1);
            for (int direction = 0; direction < 4; direction++) {
                if (state[first + 2 + direction] == 1) {
                    orientation[agent] = direction;
                }
            }
        }
        bigX = halfCells(16);
        bigY = halfCells(17);
    }

    private int halfCells(int index) {
        return (int) Math.round(state[index] * 2 * layout.n());
    }

    private int spotX(int agent) {
        return agent == 0 ? bigX - 1 : bigX + 1;
    }

    private int spotY() {
        return bigY - Layout.CELL;
    }

    private boolean inPlace(int agent) {
        return x[agent] == spotX(agent) && y[agent] == spotY() && orientation[agent] == BoxPushing.UP;
    }

    private int macroAction(int agent, boolean together) {
        if (together) {
            return Push.INDEX;
        }
        return inPlace(agent) ? MACRO_STAY : GO_TO_BIG_BOX + agent;
    }

    /** Along the lowest rows first, where no box stands, then up. */
    private int primitiveAction(int agent, boolean together) {
        if (together) {
            return BoxPushing.FORWARD;
        }
        if (inPlace(agent)) {
            return BoxPushing.STAY;
        }
        int way = BoxPushing.UP;
        if (x[agent] != spotX(agent)) {
            way = x[agent] < spotX(agent) ? RIGHT : LEFT;
        }
        return switch ((way - orientation[agent]) & 3) {
            case 0 -> y[agent] == spotY() && way == BoxPushing.UP ? BoxPushing.STAY : BoxPushing.FORWARD;
            case 3 -> BoxPushing.TURN_LEFT;
            default -> BoxPushing.TURN_RIGHT;
        };
    }
}
