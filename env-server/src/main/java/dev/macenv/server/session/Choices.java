package dev.macenv.server.session;

/**
 * Decisions as they take effect: which macro-action, of which agent, when. Columns of equal length, which must not change
 * afterwards.
 *
 * @param lane which lane
 * @param episode in which episode
 * @param tick at which tick
 * @param seat which agent
 * @param action the macro-action, never -1
 * @param absent 1 where the server chose
 */
public record Choices(int[] lane, int[] episode, int[] tick, int[] seat, int[] action, byte[] absent) {
    /** Columns that are still zero. */
    static Choices ofLength(int rows) {
        return new Choices(new int[rows], new int[rows], new int[rows], new int[rows], new int[rows], new byte[rows]);
    }

    /** Number of decisions. */
    public int rows() {
        return lane.length;
    }

    void set(int row, Lane of, int ofSeat, int chosen, boolean byServer) {
        lane[row] = of.index();
        episode[row] = of.episode();
        tick[row] = of.tick();
        seat[row] = ofSeat;
        action[row] = chosen;
        absent[row] = (byte) (byServer ? 1 : 0);
    }
}
