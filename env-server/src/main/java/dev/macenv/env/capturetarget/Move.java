package dev.macenv.env.capturetarget;

import java.util.random.RandomGenerator;

/**
 * The five moves, of agents and of the target, by number; x grows to the right, y upwards (&sect;3.1).
 *
 * <p>Numbers and not an enum, since they are the primitive actions of the domain and the indices of its primitive version.
 */
final class Move {

    static final int UP = 0;
    static final int DOWN = 1;
    static final int LEFT = 2;
    static final int RIGHT = 3;
    static final int STAY = 4;

    static final int COUNT = 5;

    private static final int[] DX = {0, 0, -1, 1, 0};
    private static final int[] DY = {1, -1, 0, 0, 0};

    /** Where a turn to the left or to the right leads from each move; staying has no direction that could turn (&sect;3.2). */
    private static final int[] TURNED_LEFT = {LEFT, RIGHT, DOWN, UP, STAY};

    private static final int[] TURNED_RIGHT = {RIGHT, LEFT, UP, DOWN, STAY};

    private Move() {}

    static int turnedLeft(int move) {
        return TURNED_LEFT[move];
    }

    static int turnedRight(int move) {
        return TURNED_RIGHT[move];
    }

    /** The column that the move leads to; the columns of a torus close to a ring. */
    static int x(int x, int move, int grid) {
        return wrapped(x + DX[move], grid);
    }

    /** The row that the move leads to. */
    static int y(int y, int move, int grid) {
        return wrapped(y + DY[move], grid);
    }

    /**
     * Any of the moves from (x, y) after which (goalX, goalY) is nearest, with equal probability.
     *
     * <p>The distance is Euclidean on the flat grid, though the grid wraps: only an agent in a border cell, whose neighbour is on the other side, ever takes the short way round (quirk Q1, &sect;3.9). Its square
     * orders the moves alike and is exact.
     */
    static int towards(int goalX, int goalY, int x, int y, int grid, RandomGenerator random) {
        int least = Integer.MAX_VALUE;
        int best = 0; // bit set of moves
        int count = 0;
        for (int move = 0; move < COUNT; move++) {
            int dx = x(x, move, grid) - goalX;
            int dy = y(y, move, grid) - goalY;
            int distance = dx * dx + dy * dy;
            if (distance < least) {
                least = distance;
                best = 0;
                count = 0;
            }
            if (distance == least) {
                best |= 1 << move;
                count++;
            }
        }
        // Drawn even if there is one alone, as the reference does.
        for (int skipped = random.nextInt(count); skipped > 0; skipped--) {
            best &= best - 1;
        }
        return Integer.numberOfTrailingZeros(best);
    }

    private static int wrapped(int coordinate, int grid) {
        if (coordinate < 0) {
            return grid - 1;
        }
        return coordinate == grid ? 0 : coordinate;
    }
}
