package dev.macenv.conform;

import java.util.ArrayList;
import java.util.List;

/** What happened in each lane, as texts of rows, up to a moment that depends on nothing but what happened. */
final class Trajectory {
    /** Rows of this episode and later ones do not count. */
    static final int EPISODES = 2;

    /** Nor do rows of this tick and later ones; for environments whose episodes are long. */
    static final int TICKS = 120;

    private final List<List<String>> lanes = new ArrayList<>();
    private final boolean[] past;

    Trajectory(int lanes) {
        for (int lane = 0; lane < lanes; lane++) {
            this.lanes.add(new ArrayList<>());
        }
        past = new boolean[lanes];
    }

    /** Notes a row unless it is past the end. Rows of a lane come in order; one past the end settles the lane. */
    void add(Rows rows, int row, String text) {
        int lane = rows.lane(row);
        if (past[lane] || rows.episode(row) >= EPISODES || rows.tick(row) >= TICKS) {
            past[lane] = true;
            return;
        }
        lanes.get(lane).add(text);
    }

    /** Whether all lanes have come past the end. */
    boolean complete() {
        for (boolean one : past) {
            if (!one) {
                return false;
            }
        }
        return true;
    }

    List<String> lane(int lane) {
        return lanes.get(lane);
    }

    int lanes() {
        return lanes.size();
    }

    /** Throws at the first row in which the two differ. */
    static void unlessSame(String rule, String how, Trajectory expected, Trajectory got) {
        for (int lane = 0; lane < expected.lanes(); lane++) {
            unlessSame(rule, how + ", lane " + lane, expected.lane(lane), got.lane(lane));
        }
    }

    /** Throws at the first row in which the two differ. */
    static void unlessSame(String rule, String how, List<String> expected, List<String> got) {
        for (int row = 0; row < Math.max(expected.size(), got.size()); row++) {
            String wanted = row < expected.size() ? expected.get(row) : "no further row";
            String found = row < got.size() ? got.get(row) : "no further row";
            if (!wanted.equals(found)) {
                int from = Math.max(0, difference(wanted, found) - 60);
                throw new Violation(rule, how + ", row " + row, excerpt(wanted, from), excerpt(found, from));
            }
        }
    }

    private static int difference(String one, String other) {
        int i = 0;
        while (i < one.length() && i < other.length() && one.charAt(i) == other.charAt(i)) {
            i++;
        }
        return i;
    }

    private static String excerpt(String text, int from) {
        int start = Math.min(from, text.length());
        String head = start == 0 ? "" : text.substring(0, Math.min(30, start)) + " ... ";
        String rest = text.substring(start);
        return head + (rest.length() > 160 ? rest.substring(0, 160) + " ..." : rest);
    }
}
