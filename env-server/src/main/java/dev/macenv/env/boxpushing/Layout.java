package dev.macenv.env.boxpushing;

/**
 * Where everything stands at the start, on a grid of {@code n} x {@code n} cells (&sect;1.1).
 *
 * <p>All coordinates are in half-cells: the centre of the first cell is at 1, of the last at 2n-1, and an edge between two cells is even. So every position of the domain
 * is a whole number, the centre of the big box, which covers two cells, included. x grows to the right, y upwards.
 *
 * @param n cells per side; even, at least 4
 */
record Layout(int n) {

    /** Distance between neighbouring cells. */
    static final int CELL = 2;

    private static final int RIGHT = 1;
    private static final int LEFT = 3;

    Layout {
        if (n < 4 || n % 2 != 0) {
            throw new IllegalArgumentException("grid: " + n + " (expected: an even integer >= 4)");
        }
    }

    /** The last row and column; boxes are delivered there. */
    int last() {
        return 2 * n - 1;
    }

    int agentX(int agent) {
        return agent == 0 ? sideColumn() : 2 * n - sideColumn();
    }

    /** The second row from below; the lowest where the grid has no room for that. */
    int agentY() {
        return n == 4 ? 1 : 3;
    }

    int agentOrientation(int agent) {
        return agent == 0 ? RIGHT : LEFT;
    }

    int boxX(int box) {
        return switch (box) {
            case 0 -> sideColumn();
            case 1 -> 2 * n - sideColumn();
            default -> n;
        };
    }

    int boxY() {
        return n + 1;
    }

    int waypointX(int waypoint) {
        return switch (waypoint) {
            case 0 -> sideColumn();
            case 1 -> 2 * n - sideColumn();
            case 2 -> n - 1;
            default -> n + 1;
        };
    }

    /** Waypoints lie right below the boxes. */
    int waypointY() {
        return n - 1;
    }

    /** The column of agent 0 and of small box 0: the second from the left, but the first on the two smallest grids. */
    private int sideColumn() {
        return n <= 6 ? 1 : 3;
    }
}
